import { writeSync } from 'node:fs';
import { openLedger } from '../../src/stores/ledger/open-ledger.ts';
import { aDecision, anOutcome, aTake } from '../contracts/ledger-samples.ts';

/**
 * Run as a process: admits calls without end, several at once, on the ledger file of the first argument, and prints a
 * line `<id> <counter key>` for each that was admitted, as a gateway would forward it. Some calls give their unit back.
 * The counters named by the second argument (a prefix) allow `MAX` each; a caller goes on to the next when one is full.
 */
export const MAX = 40;
const CALLERS = 8;
const never = new Int32Array(new SharedArrayBuffer(4));

if (import.meta.main) await run();

async function run(): Promise<void> {
  const [, , path = '', prefix = ''] = process.argv;
  const ledger = await openLedger({ path, durability: 'process' });
  let counter = 0;
  const call = async (turn: number) => {
    const now = Date.now();
    const record = aDecision(now);
    const key = `${prefix}${counter}`;
    const year = { windowStart: 0, windowEnd: 2 ** 45 };
    const takes = [aTake(now, { ...year, key, max: MAX }), aTake(now, { ...year, rule: '/all', key: 'all', max: 1e9 })];
    const admission = await ledger.admit({ record, takes });
    if (!admission.admitted) {
      counter = Math.max(counter, Number(key.slice(prefix.length)) + 1);
      return;
    }
    // Straight to the pipe: what is printed has left the process, as bytes sent upstream would have.
    print(`${record.id} ${key}\n`);
    const release = turn % 5 === 0 ? takes : [];
    if (turn % 3 !== 0) ledger.settle(anOutcome(record, { released: release.map((take) => take.rule) }), release);
  };
  await Promise.all(
    Array.from({ length: CALLERS }, async (_, caller) => {
      for (let turn = caller; ; turn += 1) await call(turn);
    }),
  );
}

/** Waits while the pipe is full. */
function print(line: string): void {
  for (;;) {
    try {
      writeSync(1, line);
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(never, 0, 0, 1);
    }
  }
}
