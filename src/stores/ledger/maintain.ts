import type { DatabaseSync } from 'node:sqlite';
import { firstDecisionIdOf } from '../../core/decisions/decision-id.ts';

/**
 * What keeps a ledger file small, in steps short enough to be taken between two groups of the writer. Every step may be
 * taken by any number of processes at once and at any moment; none changes what a call is answered.
 */

/** Rows deleted in one transaction: about half a millisecond of the write lock. */
export const ROWS_PER_STEP = 100;

/** Frames (pages of 4 KiB) worth copying into the file: one copy, with its two syncs, for each 8 MiB written. */
export const CHECKPOINT_FRAMES = 2_000;

/** From here on the log is wound back even if writers must wait a few milliseconds: it is bounded to about 32 MiB. */
export const REWIND_FRAMES = 8_000;

/**
 * How long rows outlive their use, in milliseconds: calls run out of order by the clock tolerance (10 s by default) and
 * must still find the buckets, labels and tokens of their instant.
 */
export const EXPIRY_SLACK_MS = 60_000;

/**
 * Copies the write-ahead log into the file when it is long enough, without keeping writers waiting; when it is too long,
 * or when the copy caught up with them, winds it back. Gives the frames that the log holds.
 */
export function checkpoint(db: DatabaseSync): number {
  const before = walState(db, 'NOOP');
  if (before.log - before.checkpointed < CHECKPOINT_FRAMES) return before.log;
  let after = walState(db, 'PASSIVE');
  if (after.checkpointed < after.log && after.log >= REWIND_FRAMES) after = walState(db, 'RESTART');
  // The first write after a complete copy begins the log anew and syncs its header; made here, it is nobody's wait.
  if (after.checkpointed === after.log) {
    db.exec(`INSERT INTO state (name, value) VALUES ('checkpoints', 1) ON CONFLICT DO UPDATE SET value = value + 1`);
  }
  return after.log;
}

export interface Retention {
  readonly logDays: number;
  readonly earlyRefusalDays: number;
}

/**
 * Deletes at most `ROWS_PER_STEP` rows of each kind that are past their time, and says whether there may be more.
 * "Now" is the instant of the newest record, so that a clock gone wild deletes nothing that calls have not moved past.
 */
export function deleteExpired(db: DatabaseSync, retention: Retention): { readonly more: boolean } {
  const now = db.prepare(`SELECT value FROM state WHERE name = 'newest_at'`).get()?.['value'];
  if (typeof now !== 'number' || now === 0) return { more: false };
  const expired = now - EXPIRY_SLACK_MS;
  const oldestId = firstDecisionIdOf(Math.max(0, now - retention.logDays * DAY_MS));
  const oldestMinute = now - retention.earlyRefusalDays * DAY_MS;
  const deleted = [
    // The last row stays: positions in the log must never be given out twice.
    db
      .prepare(
        `DELETE FROM log WHERE seq < (SELECT max(seq) FROM log)
           AND seq IN (SELECT seq FROM log WHERE id < ? ORDER BY id LIMIT ?)`,
      )
      .run(oldestId, ROWS_PER_STEP),
    db
      .prepare(
        `DELETE FROM counters WHERE (key, bucket_start, bucket_end) IN
           (SELECT key, bucket_start, bucket_end FROM counters WHERE expires_at < ? LIMIT ?)`,
      )
      .run(expired, ROWS_PER_STEP),
    db
      .prepare(
        `DELETE FROM labels WHERE (lineage, label) IN (SELECT lineage, label FROM labels WHERE expires_at < ? LIMIT ?)`,
      )
      .run(expired, ROWS_PER_STEP),
    db
      .prepare('DELETE FROM consumed WHERE key IN (SELECT key FROM consumed WHERE expires_at < ? LIMIT ?)')
      .run(expired, ROWS_PER_STEP),
    db
      .prepare(
        `DELETE FROM early_refusals WHERE (minute, source, kind) IN
           (SELECT minute, source, kind FROM early_refusals WHERE minute < ? LIMIT ?)`,
      )
      .run(oldestMinute, ROWS_PER_STEP),
  ];
  return { more: deleted.some(({ changes }) => changes === ROWS_PER_STEP) };
}

const DAY_MS = 86_400_000;

function walState(db: DatabaseSync, mode: 'NOOP' | 'PASSIVE' | 'RESTART'): { log: number; checkpointed: number } {
  const row = db.prepare(`PRAGMA wal_checkpoint(${mode})`).get();
  return { log: Number(row?.['log']), checkpointed: Number(row?.['checkpointed']) };
}
