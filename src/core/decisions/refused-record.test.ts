import { expect, test } from 'vitest';
import type { DecisionRecord } from './record.ts';
import { refusedRecord } from './refused-record.ts';

test('a call the ledger refused reads as a denial by what refused it, with everything else as it was', () => {
  const record: DecisionRecord = {
    id: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    at: 1_469_922_850_259,
    organisation: 'org',
    grant: { id: 'g', label: 'ci' },
    effect: 'allow',
    rule: '/tools/search',
    method: 'tools/call',
    name: 'search',
    direction: 'client',
  };
  const refusal = { rule: '/tools/search/limits/0', code: 'limit', reason: 'Enough.', limits: [] } as const;
  expect(refusedRecord(record, refusal)).toEqual({ ...record, ...refusal, effect: 'deny' });
});
