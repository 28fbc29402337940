import { closeSync, existsSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { LedgerUnavailable } from '../../core/decisions/ledger.ts';
import { isBusy } from './trouble.ts';

/** Opens a ledger file for writing, making it where it is missing and `create` is set. Throws what SQLite throws. */
export function openForWriting(path: string, options: { create: boolean; durability: Durability }): DatabaseSync {
  if (options.create) createPrivately(path);
  const db = new DatabaseSync(existingFile(path, 'rw'), { timeout: OPEN_WAIT_MS });
  try {
    retryWhileBusy(OPEN_WAIT_MS, () => db.exec('PRAGMA journal_mode = WAL'));
    // NORMAL writes the log without syncing it: a killed process loses nothing, a power cut may lose the newest commits
    // but never the file. FULL syncs at every commit; without fullfsync that does not reach the platter on macOS.
    db.exec(options.durability === 'power' ? 'PRAGMA synchronous = FULL' : 'PRAGMA synchronous = NORMAL');
    db.exec('PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON');
    // Copying the log back into the file takes milliseconds and syncs: the maintenance thread does it.
    db.exec('PRAGMA wal_autocheckpoint = 0');
    db.exec(`PRAGMA journal_size_limit = ${WAL_BYTES_KEPT}`);
    db.exec('PRAGMA cache_size = -8192; PRAGMA trusted_schema = OFF');
    if (options.create) migrate(db);
    else assertVersion(db, path);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Opens a ledger file for reading. Throws what SQLite throws, and `LedgerUnavailable` where it is no ledger. */
export function openForReading(path: string): DatabaseSync {
  if (!existsSync(path)) throw new LedgerUnavailable('gone', `there is no ledger at ${path}`);
  const db = new DatabaseSync(existingFile(path, 'ro'), { timeout: OPEN_WAIT_MS, readOnly: true });
  try {
    assertVersion(db, path);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** `process`: what is durable survives `kill -9`. `power`: it survives the loss of power, at the price of a sync a group. */
export type Durability = 'process' | 'power';

/** Calls again while another connection is in the way, for at most `waitMs`, sleeping from 50 µs to 2 ms in between. */
export function retryWhileBusy<T>(waitMs: number, action: () => T): T {
  const deadline = performance.now() + waitMs;
  // SQLite's own handler starts at a whole millisecond; a group of another process holds the lock for a tenth of that.
  for (let pauseMs = 0.05; ; pauseMs = Math.min(pauseMs * 1.5, 2)) {
    try {
      return action();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error;
      Atomics.wait(NEVER, 0, 0, pauseMs);
    }
  }
}

const NEVER = new Int32Array(new SharedArrayBuffer(4));

/** For opening only, which happens at start and after trouble: another process may be making the tables. */
export const OPEN_WAIT_MS = 5_000;

/** The log file keeps this size between uses, so that it is not grown anew each time. */
const WAL_BYTES_KEPT = 64 * 1024 * 1024;

/** The rows are private to the operator. SQLite gives its `-wal` and `-shm` files the same mode. */
function createPrivately(path: string): void {
  if (existsSync(path)) return;
  try {
    // Fails where the file is there: opening and closing it would drop the locks this process holds on it.
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

/** Never creates: a ledger that was deleted must not come back empty, with every limit fresh. */
function existingFile(path: string, mode: 'rw' | 'ro'): URL {
  const url = pathToFileURL(path);
  url.searchParams.set('mode', mode);
  return url;
}

function assertVersion(db: DatabaseSync, path: string): void {
  const version = versionOf(db);
  if (version === MIGRATIONS.length) return;
  throw new LedgerUnavailable(
    'corrupt',
    `${path} is not a ledger of this version: it has version ${version}, expected ${MIGRATIONS.length}`,
  );
}

function migrate(db: DatabaseSync): void {
  if (versionOf(db) === MIGRATIONS.length) return;
  retryWhileBusy(OPEN_WAIT_MS, () => db.exec('BEGIN IMMEDIATE'));
  try {
    const from = versionOf(db);
    if (from > MIGRATIONS.length) {
      throw new LedgerUnavailable(
        'corrupt',
        `the ledger was written by a newer version (${from}, this one knows ${MIGRATIONS.length})`,
      );
    }
    for (const statements of MIGRATIONS.slice(from)) db.exec(statements);
    db.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function versionOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
}

/** Append only. What each table is for, who owns it and how it grows: STORAGE.md. */
const MIGRATIONS = [
  `
  CREATE TABLE log (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    kind INTEGER NOT NULL,
    record TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX log_by_id ON log (id, kind);

  CREATE TABLE counters (
    key TEXT NOT NULL,
    bucket_start INTEGER NOT NULL,
    bucket_end INTEGER NOT NULL,
    taken ANY NOT NULL,
    attempts ANY NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (key, bucket_start, bucket_end)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX counters_by_expiry ON counters (expires_at);

  CREATE TABLE labels (
    lineage TEXT NOT NULL,
    label TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (lineage, label)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX labels_by_expiry ON labels (expires_at);

  CREATE TABLE consumed (
    key TEXT PRIMARY KEY,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX consumed_by_expiry ON consumed (expires_at);

  CREATE TABLE early_refusals (
    minute INTEGER NOT NULL,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (minute, source, kind)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE state (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
] as const;
