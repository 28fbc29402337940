import { channel } from 'node:diagnostics_channel';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { aDecision, anOutcome, aTake } from '../../../test/contracts/ledger-samples.ts';
import { openForReading } from './database.ts';
import { GroupWriter } from './group-writer.ts';
import { CHECKPOINT_FRAMES } from './maintain.ts';
import { startMaintenanceThread } from './maintenance-thread.ts';
import { openDecisionLog } from './open-decision-log.ts';
import { openLedger } from './open-ledger.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-'));
  path = join(folder, 'ledger.db');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('a writer thread that dies takes nothing durable with it, and the next call finds a new one', async () => {
  const workers: Worker[] = [];
  const remember = (message: unknown) => void workers.push((message as { worker: Worker }).worker);
  channel('worker_threads').subscribe(remember);
  const ledger = await openLedger({ path, durability: 'process', writer: 'thread' });
  channel('worker_threads').unsubscribe(remember);
  const now = Date.now();
  const first = aDecision(now);
  await ledger.admit({ record: first, takes: [aTake(now, { max: 2 })] });

  await workers[0]?.terminate();
  const lost = aDecision(now);
  await expect(ledger.admit({ record: lost, takes: [aTake(now, { max: 2 })] })).rejects.toMatchObject({
    trouble: 'writer_failed',
  });
  expect(ledger.health()).toMatchObject({ trouble: { trouble: 'writer_failed' } });
  ledger.settle(anOutcome(first), []);
  expect(await ledger.admit({ record: aDecision(now), takes: [aTake(now, { max: 2 })] })).toMatchObject({
    admitted: true,
    readings: [{ taken: 2 }],
  });
  await ledger.close();
  const log = openDecisionLog(path);
  expect((await log.get(first.id))?.outcome).toMatchObject({ status: 'ok' });
  expect(await log.get(lost.id)).toBeUndefined();
  await log.close();
});

test('maintenance copies the log into the file while the writer is open, and reports the room on the disk', async () => {
  const settings = { path, durability: 'process', create: true, busyWaitMs: 1_000, acceptClock: false } as const;
  const writer = new GroupWriter({ ...settings, clockToleranceMs: 10_000 });
  const reader = openForReading(path);
  const frames = () => Number(reader.prepare('PRAGMA wal_checkpoint(NOOP)').get()?.['log']);
  while (frames() < CHECKPOINT_FRAMES) {
    const record = aDecision(Date.now(), { reason: 'x'.repeat(400_000) });
    const { id, at } = record;
    const text = JSON.stringify(record);
    writer.write([{ kind: 'admit', id, at, text, takes: [], blockedBy: undefined, consume: undefined }]);
  }
  const room = Promise.withResolvers<number>();
  const maintenance = startMaintenanceThread(
    { path, durability: 'process', retention: { logDays: 1, earlyRefusalDays: 1 }, firstDeletionAfterMs: 0 },
    room.resolve,
  );
  expect(await room.promise).toBeGreaterThan(0);
  await expect.poll(frames, { timeout: 10_000 }).toBeLessThan(10);
  await maintenance.close();
  reader.close();
  writer.close();
});
