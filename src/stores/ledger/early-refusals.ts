import type { EarlyRefusal } from '../../core/decisions/ledger.ts';
import { EARLY_REFUSALS_PER_MINUTE, OTHER_SOURCES } from './group-writer.ts';
import type { EarlyRefusalOperation } from './operations.ts';

const MINUTE_MS = 60_000;
const SOURCE_LENGTH_MAX = 64;
const KIND_LENGTH_MAX = 32;

/**
 * Refusals before authentication, added up by source and minute until they are drained. A flood costs one map entry
 * for each of the first sources of a minute and a shared one for all the others, in memory as on disk.
 */
export class EarlyRefusals {
  #counts = new Map<string, EarlyRefusalOperation>();

  get isEmpty(): boolean {
    return this.#counts.size === 0;
  }

  note({ at, source, kind }: EarlyRefusal): void {
    const minute = Math.floor(at / MINUTE_MS) * MINUTE_MS;
    const from = source.slice(0, SOURCE_LENGTH_MAX);
    const refusal = kind.slice(0, KIND_LENGTH_MAX);
    const key = `${minute} ${refusal} ${from}`;
    if (this.#counts.has(key) || this.#counts.size < EARLY_REFUSALS_PER_MINUTE) this.#add(key, minute, from, refusal);
    else this.#add(`${minute}`, minute, OTHER_SOURCES, OTHER_SOURCES);
  }

  /** What was added up since the last time. */
  drain(): readonly EarlyRefusalOperation[] {
    const operations = [...this.#counts.values()];
    this.#counts = new Map();
    return operations;
  }

  #add(key: string, minute: number, source: string, refusal: string): void {
    const count = (this.#counts.get(key)?.count ?? 0) + 1;
    this.#counts.set(key, { kind: 'early_refusal', minute, source, refusal, count });
  }
}
