import { once } from 'node:events';
import { openLedger } from '../../src/stores/ledger/open-ledger.ts';
import { aDecision, aTake } from '../contracts/ledger-samples.ts';

/**
 * Run as a process: opens the ledger file of the first argument, prints `ready`, waits for a line on standard input, then
 * makes so many calls (the third argument), eight at once, on one counter that admits the second, and prints how many
 * were admitted.
 */
const [, , path = '', max = '', calls = ''] = process.argv;
const ledger = await openLedger({ path, durability: 'process' });
console.log('ready');
await once(process.stdin, 'data');
let left = Number(calls);
let admitted = 0;
await Promise.all(
  Array.from({ length: 8 }, async () => {
    while (left > 0) {
      left -= 1;
      const now = Date.now();
      const takes = [aTake(now, { windowStart: 0, windowEnd: 2 ** 45, max: Number(max) })];
      if ((await ledger.admit({ record: aDecision(now), takes })).admitted) admitted += 1;
    }
  }),
);
await ledger.close();
console.log(admitted);
process.stdin.destroy();
