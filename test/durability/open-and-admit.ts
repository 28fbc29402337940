import { LedgerUnavailable } from '../../src/core/decisions/ledger.ts';
import { openLedger } from '../../src/stores/ledger/open-ledger.ts';
import { aDecision } from '../contracts/ledger-samples.ts';

/** Run as a process: opens the ledger file of the first argument, admits one call, and prints `admitted` or the trouble. */
const [, , path = ''] = process.argv;
try {
  const ledger = await openLedger({ path, durability: 'process', diskReserveBytes: 0 });
  await ledger.admit({ record: aDecision(Date.now()) });
  await ledger.close();
  console.log('admitted');
} catch (error) {
  console.log(error instanceof LedgerUnavailable ? error.trouble : String(error));
}
