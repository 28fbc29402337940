import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeLedger } from '../../../test/contracts/ledger-contract.ts';
import type { Ledger } from '../../core/decisions/ledger.ts';
import { openDecisionLog } from './open-decision-log.ts';
import { type LedgerOptions, openLedger } from './open-ledger.ts';

const ways: readonly Pick<LedgerOptions, 'durability' | 'writer'>[] = [
  { durability: 'process', writer: 'here' },
  { durability: 'process', writer: 'thread' },
  { durability: 'power' },
];

for (const way of ways)
  describeLedger(`SQLite, ${way.durability}${way.writer === undefined ? '' : `, writer ${way.writer}`}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ledger-'));
    const path = join(folder, 'ledger.db');
    const clock = { now: Date.now() };
    const ledgers: Ledger[] = [];
    return await Promise.resolve({
      clock,
      async open() {
        const ledger = await openLedger({ path, ...way, uptimeMs: () => clock.now });
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
