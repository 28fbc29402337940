import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** The two records of a call, in the `kind` column. */
export const DECISION = 0;
export const OUTCOME = 1;
export type RecordKind = typeof DECISION | typeof OUTCOME;

/**
 * Appends records to the log, several in one statement: run one by one, the statements of a group cost a fifth more
 * than the group's pages. Used inside a transaction, which must end with `write`, or with `forget` when rolled back.
 */
export class RecordLog {
  readonly #insertOne: StatementSync;
  readonly #insertMany: StatementSync;
  readonly #select: StatementSync;
  #unwritten: (string | number)[] = [];

  constructor(db: DatabaseSync) {
    const insert = 'INSERT INTO log (id, kind, record) VALUES';
    this.#insertOne = db.prepare(`${insert} (?, ?, ?)`);
    this.#insertMany = db.prepare(`${insert} (?, ?, ?)${', (?, ?, ?)'.repeat(ROWS - 1)}`);
    this.#select = db.prepare('SELECT record FROM log WHERE id = ? AND kind = ?');
  }

  /** A second record of one kind and id is found out by `write`. */
  append(id: string, kind: RecordKind, text: string): void {
    this.#unwritten.push(id, kind, text);
    if (this.#unwritten.length < ROWS * COLUMNS) return;
    this.#insertMany.run(...this.#unwritten);
    this.#unwritten = [];
  }

  /** The text of a record, also of one that was appended just now. */
  get(id: string, kind: RecordKind): string | undefined {
    this.write();
    return this.#select.get(id, kind)?.['record'] as string | undefined;
  }

  /** Throws SQLite's constraint error when a record of that kind and id is there already. */
  write(): void {
    for (let i = 0; i < this.#unwritten.length; i += COLUMNS) {
      this.#insertOne.run(...this.#unwritten.slice(i, i + COLUMNS));
    }
    this.#unwritten = [];
  }

  forget(): void {
    this.#unwritten = [];
  }
}

const ROWS = 8;
const COLUMNS = 3;
