import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { aDecision, anOutcome, aTake } from '../../../test/contracts/ledger-samples.ts';
import type { Ledger } from '../../core/decisions/ledger.ts';
import { openDecisionLog } from './open-decision-log.ts';
import { type LedgerOptions, openLedger } from './open-ledger.ts';

let folder: string;
let path: string;
let ledgers: Ledger[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-'));
  path = join(folder, 'ledger.db');
  ledgers = [];
});
afterEach(async () => {
  await Promise.allSettled(ledgers.map((ledger) => ledger.close()));
  rmSync(folder, { recursive: true, force: true });
});

async function open(options: Partial<LedgerOptions> = {}): Promise<Ledger> {
  const ledger = await openLedger({ path, durability: 'process', ...options });
  ledgers.push(ledger);
  return ledger;
}

function aRequest(max = 10) {
  const now = Date.now();
  return { record: aDecision(now), takes: [aTake(now, { max })] };
}

describe('a file that is locked by another process', () => {
  test('is waited for without keeping the event loop', async () => {
    const ledger = await open();
    const other = lockedBy(path);
    const admission = ledger.admit(aRequest());
    // Turns of the event loop that a blocked one would not have.
    for (let turn = 0; turn < 20; turn += 1) await pause(1);
    other.close();
    expect(await admission).toMatchObject({ admitted: true });
  });

  test('refuses calls as busy when the wait is over, with nothing written, and admits again when it is free', async () => {
    const ledger = await open({ busyWaitMs: 50 });
    const other = lockedBy(path);
    await expect(ledger.admit(aRequest())).rejects.toMatchObject({ trouble: 'busy' });
    expect(ledger.health()).toMatchObject({ trouble: { trouble: 'busy' } });
    other.close();
    expect(await ledger.admit(aRequest())).toMatchObject({ admitted: true, readings: [{ taken: 1 }] });
    expect(ledger.health()).not.toHaveProperty('trouble');
  });

  test('gets outcomes that came meanwhile when it is free', async () => {
    const ledger = await open({ busyWaitMs: 10 });
    const request = aRequest();
    await ledger.admit(request);
    const other = lockedBy(path);
    ledger.settle(anOutcome(request.record), []);
    await expect(ledger.flush()).rejects.toMatchObject({ trouble: 'busy' });
    other.close();
    await ledger.flush();
    const log = openDecisionLog(path);
    expect((await log.get(request.record.id))?.outcome).toMatchObject({ status: 'ok' });
    await log.close();
  });

  function lockedBy(file: string): DatabaseSync {
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    return other;
  }
});

describe('a file that is deleted, moved or replaced', () => {
  test.each(['', '-wal'])('refuses calls (ledger.db%s), never to come back empty', async (suffix) => {
    const ledger = await open();
    await ledger.admit(aRequest());
    rmSync(path + suffix);
    await expect(ledger.admit(aRequest())).rejects.toMatchObject({ trouble: 'gone' });
    if (suffix === '') {
      await expect(ledger.admit(aRequest())).rejects.toMatchObject({ trouble: 'gone' });
      expect(existsSync(path)).toBe(false);
    }
  });

  test('admits again when it is back, with its counters as they were', async () => {
    const ledger = await open();
    await ledger.admit(aRequest(2));
    renameSync(folder, `${folder}-away`);
    await expect(ledger.admit(aRequest(2))).rejects.toMatchObject({ trouble: 'gone' });
    await expect(ledger.admit(aRequest(2))).rejects.toMatchObject({ trouble: 'gone' });
    renameSync(`${folder}-away`, folder);
    expect(await ledger.admit(aRequest(2))).toMatchObject({ admitted: true });
    expect(await ledger.admit(aRequest(2))).toMatchObject({ admitted: false });
  });

  test('is not mistaken for another ledger of the same name', async () => {
    const ledger = await open();
    await ledger.admit(aRequest());
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix);
    new DatabaseSync(path).close();
    await expect(ledger.admit(aRequest())).rejects.toMatchObject({ trouble: 'gone' });
    await expect(ledger.admit(aRequest())).rejects.toMatchObject({ trouble: 'corrupt' });
  });
});

describe('a file that cannot be opened', () => {
  test('in a folder that is not there says so', async () => {
    await expect(open({ path: join(folder, 'no', 'ledger.db') })).rejects.toMatchObject({ trouble: 'gone' });
  });

  test('that is a folder, or no database, says so', async () => {
    mkdirSync(path);
    await expect(open()).rejects.toMatchObject({ trouble: 'gone' });
    const text = join(folder, 'text.db');
    writeFileSync(text, 'x'.repeat(10_000));
    await expect(open({ path: text })).rejects.toMatchObject({ trouble: 'corrupt' });
  });

  test('that a newer version wrote is left alone', async () => {
    await (await open()).close();
    const db = new DatabaseSync(path);
    db.exec('PRAGMA user_version = 1000');
    db.close();
    await expect(open()).rejects.toMatchObject({ trouble: 'corrupt', message: /newer version/ });
    expect(() => openDecisionLog(path)).toThrow(/version/);
  });

  test('is not made by reading it', () => {
    expect(() => openDecisionLog(path)).toThrow(/no ledger/);
    expect(existsSync(path)).toBe(false);
  });
});

describe('a file', () => {
  test('is readable by its owner alone, with all that lies beside it', async () => {
    chmodSync(folder, 0o755);
    const ledger = await open();
    await ledger.admit(aRequest());
    for (const suffix of ['', '-wal', '-shm']) expect(statSync(path + suffix).mode & 0o777).toBe(0o600);
  });

  test('is made once when many open it at once', async () => {
    const opened = await Promise.all(Array.from({ length: 4 }, () => open()));
    const admissions = await Promise.all(opened.map((ledger) => ledger.admit(aRequest(3))));
    expect(admissions.filter(({ admitted }) => admitted)).toHaveLength(3);
  });
});

describe('a disk with less room than the reserve', () => {
  test('has no call admitted, while refusals and outcomes still find room', async () => {
    const request = aRequest();
    await (await open()).admit(request);
    const ledger = await open({ diskReserveBytes: Number.MAX_SAFE_INTEGER });
    await expect(ledger.admit(aRequest())).rejects.toMatchObject({ trouble: 'disk_reserve' });
    expect(ledger.health()).toMatchObject({ trouble: { trouble: 'disk_reserve' } });
    const denial = aDecision(Date.now(), { effect: 'deny', rule: '(default deny)', code: 'denied' });
    expect(await ledger.admit({ record: denial })).toMatchObject({ admitted: true });
    ledger.settle(anOutcome(request.record), []);
    await ledger.flush();
    const log = openDecisionLog(path);
    expect((await log.get(request.record.id))?.outcome).toMatchObject({ status: 'ok' });
    expect(await log.get(denial.id)).toBeDefined();
    await log.close();
  });
});

describe('records from the future', () => {
  test('refuse calls until the operator vouches for the clock, then and after the next start', async () => {
    const future = Date.now() + 10 * 365 * 86_400_000;
    const wrong = await open();
    await wrong.admit({ record: aDecision(future) });
    await wrong.close();
    const strict = await open();
    await expect(strict.admit(aRequest())).rejects.toMatchObject({ trouble: 'clock' });
    await strict.close();
    const vouched = await open({ acceptClock: true });
    expect(await vouched.admit(aRequest())).toMatchObject({ admitted: true });
    await vouched.close();
    expect(await (await open()).admit(aRequest())).toMatchObject({ admitted: true });
  });
});
