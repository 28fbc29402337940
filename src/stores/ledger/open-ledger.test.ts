import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeLedger } from '../../../test/contracts/ledger-contract.ts';
import type { Ledger } from '../../core/decisions/ledger.ts';
import { openDecisionLog } from './open-decision-log.ts';
import { openLedger } from './open-ledger.ts';

describeLedger('SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-'));
  const path = join(folder, 'ledger.db');
  const clock = { now: Date.now() };
  const ledgers: Ledger[] = [];
  return await Promise.resolve({
    clock,
    async open() {
      const ledger = await openLedger({ path, durability: 'process', uptimeMs: () => clock.now });
      ledgers.push(ledger);
      return ledger;
    },
    openLog: async () => await Promise.resolve(openDecisionLog(path)),
    async close() {
      await Promise.all(ledgers.map((ledger) => ledger.close()));
      rmSync(folder, { recursive: true });
    },
  });
});
