/**
 * The control database: organisations, servers, policies, grants, pinned definitions. Low write rate, read as a whole
 * into snapshots. This is the only file that knows `node:sqlite` for it; the queries are Kysely's.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { Kysely, type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely';
import { Migrator } from 'kysely/migration';
import { migrations } from './migrations/index.ts';
import type { Tables } from './tables.ts';

export type Database = Kysely<Tables>;

export interface OpenedDatabase {
  readonly db: Database;
  /** A number that changes when any other process has written since it was last asked for. */
  readonly changeCounter: () => number;
  readonly close: () => Promise<void>;
}

/** Opens (and creates and migrates) the database file; `:memory:` for tests. Throws when it cannot be read or written. */
export async function openDatabase(path: string): Promise<OpenedDatabase> {
  const sqlite = new DatabaseSync(path);
  sqlite.exec('PRAGMA journal_mode = WAL');
  sqlite.exec('PRAGMA synchronous = FULL');
  sqlite.exec('PRAGMA foreign_keys = ON');
  sqlite.exec('PRAGMA busy_timeout = 5000');
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: adapt(sqlite) }) });
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) {
    await db.destroy();
    throw error;
  }
  const version = sqlite.prepare('PRAGMA data_version');
  return {
    db,
    changeCounter: () => (version.get() as { data_version: number }).data_version,
    close: () => db.destroy(),
  };
}

function adapt(sqlite: DatabaseSync): SqliteDatabase {
  return {
    close: () => sqlite.close(),
    prepare: (sql) => new Statement(sqlite.prepare(sql)),
  };
}

class Statement implements SqliteStatement {
  readonly #statement: StatementSync;
  readonly reader: boolean;

  constructor(statement: StatementSync) {
    this.#statement = statement;
    this.reader = statement.columns().length > 0;
  }

  all(parameters: readonly unknown[]): unknown[] {
    return this.#statement.all(...(parameters as never[]));
  }

  run(parameters: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint } {
    return this.#statement.run(...(parameters as never[]));
  }

  iterate(parameters: readonly unknown[]): IterableIterator<unknown> {
    return this.#statement.iterate(...(parameters as never[]));
  }
}
