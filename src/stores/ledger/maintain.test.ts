import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { aDecision, anOutcome, aTake } from '../../../test/contracts/ledger-samples.ts';
import type { DecisionRecord } from '../../core/decisions/record.ts';
import type { Take } from '../../core/limits/take.ts';
import { openForReading, openForWriting } from './database.ts';
import { GroupWriter } from './group-writer.ts';
import {
  CHECKPOINT_FRAMES,
  checkpoint,
  deleteExpired,
  EXPIRY_SLACK_MS,
  REWIND_FRAMES,
  ROWS_PER_STEP,
} from './maintain.ts';
import type { Operation } from './operations.ts';

const DAY = 86_400_000;
const retention = { logDays: 30, earlyRefusalDays: 7 };
const now = Date.UTC(2026, 10, 22);

let folder: string;
let path: string;
let writer: GroupWriter;
let db: DatabaseSync;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-'));
  path = join(folder, 'ledger.db');
  const settings = { path, durability: 'process', create: true, busyWaitMs: 1_000, acceptClock: false } as const;
  writer = new GroupWriter({ ...settings, clockToleranceMs: 10_000 });
  db = openForWriting(path, { create: false, durability: 'process' });
});
afterEach(() => {
  db.close();
  writer.close();
  rmSync(folder, { recursive: true });
});

describe('a checkpoint', () => {
  test('waits until it is worth two syncs, then empties the log behind the writer', () => {
    writeFrames(CHECKPOINT_FRAMES / 4);
    expect(checkpoint(db)).toBeGreaterThan(CHECKPOINT_FRAMES / 8);
    writeFrames(CHECKPOINT_FRAMES);
    expect(checkpoint(db)).toBeGreaterThanOrEqual(CHECKPOINT_FRAMES);
    expect(frames()).toBeLessThan(10);
  });

  test('keeps the log bounded, and everything readable', () => {
    const ids: string[] = [];
    for (let i = 0; i < 12; i += 1) {
      ids.push(...writeFrames(CHECKPOINT_FRAMES));
      checkpoint(db);
    }
    expect(statSync(`${path}-wal`).size).toBeLessThan(REWIND_FRAMES * 4_200);
    const rows = openForReading(path).prepare('SELECT count(*) AS rows FROM log').get();
    expect(rows).toEqual({ rows: ids.length });
  });

  test('is taken from the beginning again when a reader has let go', () => {
    const reader = openForReading(path);
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM log').get();
    for (let i = 0; i < 3; i += 1) {
      writeFrames(CHECKPOINT_FRAMES);
      checkpoint(db);
    }
    expect(frames()).toBeGreaterThanOrEqual(3 * CHECKPOINT_FRAMES);
    reader.exec('COMMIT');
    checkpoint(db);
    expect(frames()).toBeLessThan(10);
    reader.close();
  });

  /** Fills pages until the log has grown by about so many; gives the ids written. */
  function writeFrames(count: number): string[] {
    const ids: string[] = [];
    for (const aim = frames() + count; frames() < aim; ) {
      const group = Array.from({ length: 50 }, () => {
        const record = aDecision(now, { reason: randomBytes(6_000).toString('base64') });
        ids.push(record.id);
        return admit(record);
      });
      write(group);
    }
    return ids;
  }

  function frames(): number {
    return Number(db.prepare('PRAGMA wal_checkpoint(NOOP)').get()?.['log']);
  }
});

describe('deleting what is past its time', () => {
  test('takes decisions and outcomes older than the retention, and leaves the others', () => {
    const old = Array.from({ length: 3 }, (_, i) => aDecision(now - 31 * DAY + i));
    const young = [aDecision(now - 29 * DAY), aDecision(now)];
    for (const record of [...old, ...young]) write([admit(record), settle(record)]);
    expect(deleteExpired(db, retention)).toEqual({ more: false });
    expect(ids()).toEqual(young.flatMap(({ id }) => [id, id]));
  });

  test('goes in steps, and says when there may be more', () => {
    const old = Array.from({ length: ROWS_PER_STEP }, () => aDecision(now - 31 * DAY));
    write(old.flatMap((record) => [admit(record), settle(record)]));
    write([admit(aDecision(now))]);
    expect(deleteExpired(db, retention)).toEqual({ more: true });
    expect(ids()).toHaveLength(ROWS_PER_STEP + 1);
    expect(deleteExpired(db, retention)).toEqual({ more: true });
    expect(deleteExpired(db, retention)).toEqual({ more: false });
    expect(ids()).toHaveLength(1);
  });

  test('never gives a position in the log out twice', () => {
    write([admit(aDecision(now - 31 * DAY))]);
    const last = aDecision(now - 31 * DAY);
    write([admit(last)]);
    db.prepare(`UPDATE state SET value = ? WHERE name = 'newest_at'`).run(now);
    deleteExpired(db, retention);
    expect(ids()).toEqual([last.id]);
  });

  test('takes counters whose window is over by more than calls run out of order', () => {
    write([admit(aDecision(now), [aTake(now)])]);
    const end = aTake(now).windowEnd;
    write([admit(aDecision(end + EXPIRY_SLACK_MS))]);
    deleteExpired(db, retention);
    expect(rowsOf('counters')).toBe(1);
    write([admit(aDecision(end + EXPIRY_SLACK_MS + 1_000))]);
    deleteExpired(db, retention);
    expect(rowsOf('counters')).toBe(0);
  });

  test('does not make a counter that the writer remembers come back wrong', () => {
    const takes = [aTake(now, { max: 1 })];
    write([admit(aDecision(now), takes)]);
    write([admit(aDecision(now + 3 * 60_000))]);
    deleteExpired(db, retention);
    const later = now + 3 * 60_000;
    expect(write([admit(aDecision(later), [aTake(later, { max: 1 })])])).toEqual([[1, aTake(later).windowEnd]]);
    expect(rowsOf('counters')).toBe(1);
  });

  test('takes labels and tokens after their end, and counts of early refusals after their days', () => {
    const token = { key: 'token', expiresAt: now + 1_000, rule: '/approval' };
    const refusal = { kind: 'early_refusal', source: '192.0.2.1', refusal: 'no_grant', count: 1 } as const;
    write([
      { ...admit(aDecision(now)), consume: token },
      { kind: 'label', lineage: 'a', labels: ['x'], expiresAt: now + 1_000 },
      { ...refusal, minute: now - 8 * DAY },
      { ...refusal, minute: now - 6 * DAY },
    ]);
    deleteExpired(db, retention);
    expect([rowsOf('consumed'), rowsOf('labels'), rowsOf('early_refusals')]).toEqual([1, 1, 1]);
    write([admit(aDecision(now + 1_000 + EXPIRY_SLACK_MS + 1_000))]);
    deleteExpired(db, retention);
    expect([rowsOf('consumed'), rowsOf('labels'), rowsOf('early_refusals')]).toEqual([0, 0, 1]);
  });

  test('deletes nothing from a ledger without a record', () => {
    write([{ kind: 'label', lineage: 'a', labels: ['x'], expiresAt: 1 }]);
    expect(deleteExpired(db, retention)).toEqual({ more: false });
    expect(rowsOf('labels')).toBe(1);
  });

  function ids(): unknown[] {
    return db
      .prepare('SELECT id FROM log ORDER BY seq')
      .all()
      .map((row) => row['id']);
  }

  function rowsOf(table: string): unknown {
    return db.prepare(`SELECT count(*) AS rows FROM ${table}`).get()?.['rows'];
  }
});

function write(operations: readonly Operation[]): readonly unknown[] {
  const reply = writer.write(operations);
  if ('failed' in reply) throw new Error(reply.message);
  for (const each of reply.replies) {
    if (each !== null && 'failed' in each) throw new Error(each.message);
  }
  return reply.replies;
}

function admit(record: DecisionRecord, takes: readonly Take[] = []) {
  const { id, at } = record;
  return {
    kind: 'admit',
    id,
    at,
    text: JSON.stringify(record),
    takes,
    blockedBy: undefined,
    consume: undefined,
  } as const;
}

function settle(record: DecisionRecord) {
  return { kind: 'settle', id: record.id, text: JSON.stringify(anOutcome(record)), release: [] } as const;
}
