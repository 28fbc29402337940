import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { canonicalText } from '../../core/mcp/json/canonical.ts';
import type { JsonObject, JsonValue } from '../../core/mcp/json/value.ts';
import { type CheckMode, checkArguments, type DeclaredNames, type SchemaVerdict } from '../../core/mcp/schema/check.ts';
import { compileSchema } from '../../core/mcp/schema/compile.ts';
import { SCHEMA_LIMITS, type SchemaLimits } from '../../core/mcp/schema/limits.ts';

/** Checks the arguments of one call. Names in `alsoDeclared` count as declared at the top level in strict mode. */
export type SchemaCheck = (args: JsonObject, mode: CheckMode, alsoDeclared: DeclaredNames) => SchemaVerdict;

/** A check, or the finding `schema_unsupported` with its reason. */
export type SchemaOutcome =
  | { readonly ok: true; readonly check: SchemaCheck }
  | { readonly ok: false; readonly reason: string };

/**
 * The checks of all input schemas the gateway knows, compiled when a definition is taken in and never while a call waits.
 *
 * Schemas with the same meaning share one check. Compiling is bounded by the size of the schema (see compile.ts) and goes
 * on between other work, one schema at a time, so that a list of 400 tools does not hold up calls. The memory is bounded by
 * the length of the schemas that are kept; the one that was asked for longest ago goes first, and is compiled again when
 * it is asked for again. A check that somebody holds stays valid.
 */
export class SchemaChecks {
  readonly #limits: SchemaLimits;
  readonly #charactersMax: number;
  /** In order of use, by the hash of the canonical text. */
  readonly #kept = new Map<string, { readonly outcome: Promise<SchemaOutcome>; readonly characters: number }>();
  #characters = 0;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(limits: SchemaLimits = SCHEMA_LIMITS, charactersMax = defaultCharactersMax) {
    this.#limits = limits;
    this.#charactersMax = charactersMax;
  }

  get keptCharacters(): number {
    return this.#characters;
  }

  /** The check of a schema as it was read from a definition; undefined where the definition has none. Never rejects. */
  async compileSchema(schema: JsonValue | undefined): Promise<SchemaOutcome> {
    if (schema === undefined) return { ok: false, reason: 'the definition has no input schema' };
    const text = canonicalText(schema);
    const key = createHash('sha256').update(text).digest('base64url');
    const known = this.#kept.get(key);
    const entry = known ?? { outcome: this.#enqueue(schema), characters: text.length };
    this.#kept.delete(key);
    this.#kept.set(key, entry);
    if (known === undefined) this.#characters += entry.characters;
    for (const [oldest, { characters }] of this.#kept) {
      if (this.#characters <= this.#charactersMax || oldest === key) break;
      this.#kept.delete(oldest);
      this.#characters -= characters;
    }
    return await entry.outcome;
  }

  #enqueue(schema: JsonValue): Promise<SchemaOutcome> {
    const outcome = this.#queue.then(async (): Promise<SchemaOutcome> => {
      await setImmediate();
      const compiled = compileSchema(schema, this.#limits);
      if (!compiled.ok) return { ok: false, reason: compiled.error };
      return { ok: true, check: (args, mode, also) => checkArguments(compiled.value, args, mode, also) };
    });
    this.#queue = outcome;
    return outcome;
  }
}

// 1,363 real schemas have 1.5 million characters together and take 12 MB compiled.
const defaultCharactersMax = 8 * 1024 * 1024;
