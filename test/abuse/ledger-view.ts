/** The decision log of the gateway under test, read from its file while it writes. */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { DecisionRecord, OutcomeRecord } from '../../src/core/decisions/record.ts';
import { DECISION, OUTCOME } from '../../src/stores/ledger/record-log.ts';

export class LedgerView {
  readonly #db: DatabaseSync;
  readonly #newest: StatementSync;
  readonly #after: StatementSync;
  readonly #early: StatementSync;

  constructor(path: string) {
    this.#db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
    this.#newest = this.#db.prepare('SELECT coalesce(max(seq), 0) AS seq FROM log');
    this.#after = this.#db.prepare('SELECT kind, record FROM log WHERE seq > ? ORDER BY seq');
    this.#early = this.#db.prepare('SELECT coalesce(sum(count), 0) AS count FROM early_refusals');
  }

  /** The place of the newest record; what is written from now on lies behind it. */
  position(): number {
    return this.#newest.get()?.['seq'] as number;
  }

  /** Decisions behind a place, as they are durable at this moment. */
  decisionsAfter(position: number): DecisionRecord[] {
    return this.#recordsAfter(position, DECISION) as DecisionRecord[];
  }

  outcomesAfter(position: number): OutcomeRecord[] {
    return this.#recordsAfter(position, OUTCOME) as OutcomeRecord[];
  }

  /** Refusals before a grant was known, all that are written. */
  earlyRefusals(): number {
    return this.#early.get()?.['count'] as number;
  }

  close(): void {
    this.#db.close();
  }

  #recordsAfter(position: number, kind: number): unknown[] {
    return this.#after
      .all(position)
      .filter((row) => row['kind'] === kind)
      .map((row) => JSON.parse(row['record'] as string) as unknown);
  }
}
