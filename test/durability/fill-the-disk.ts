import { statfsSync, writeFileSync, writeSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LedgerUnavailable } from '../../src/core/decisions/ledger.ts';
import { openLedger } from '../../src/stores/ledger/open-ledger.ts';
import { aDecision, aTake } from '../contracts/ledger-samples.ts';

/**
 * Run as a process on a small file system: fills the disk but for a little, admits calls on the ledger file of the first
 * argument until one is refused, makes room, admits again, and prints what happened as one line of JSON.
 */
const [, , path = ''] = process.argv;
const ledger = await openLedger({ path, durability: 'process', diskReserveBytes: 0 });
const ballast = join(dirname(path), 'ballast');
const { bavail, bsize } = statfsSync(dirname(path));
writeFileSync(ballast, Buffer.alloc(bavail * bsize - 400_000));

let admitted = 0;
const trouble = await admitUntilRefused();
const duringTrouble = await admit().catch((error: unknown) =>
  error instanceof LedgerUnavailable ? error.trouble : error,
);
await rm(ballast);
const after = await admit();
await ledger.close();
writeSync(1, `${JSON.stringify({ admitted, trouble, duringTrouble, taken: after })}\n`);

async function admitUntilRefused(): Promise<string> {
  for (;;) {
    try {
      await admit();
      admitted += 1;
    } catch (error) {
      return error instanceof LedgerUnavailable ? error.trouble : String(error);
    }
  }
}

async function admit(): Promise<unknown> {
  const now = Date.now();
  const takes = [aTake(now, { windowStart: 0, windowEnd: 2 ** 45, max: 1_000_000 })];
  const admission = await ledger.admit({ record: aDecision(now), takes });
  return admission.admitted ? admission.readings[0]?.taken : admission;
}
