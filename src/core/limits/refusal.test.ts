import { expect, test } from 'vitest';
import type { Amount } from './amount.ts';
import { limitRefusal } from './refusal.ts';

const now = Date.parse('2027-03-01T20:47:30.500Z');

function refusal(amount: Amount, max: Amount, taken: Amount, resetsAt: string, onDeny?: string) {
  return limitRefusal(
    {
      rule: '/tools/refund/limits/0',
      counter: 'refunds',
      key: 'k',
      algorithm: 'fixed',
      windowStart: 0,
      windowEnd: Date.parse(resetsAt),
      amount,
      max,
      releaseOnError: false,
      ...(onDeny === undefined ? {} : { onDeny }),
    },
    { rule: '/tools/refund/limits/0', counter: 'refunds', max, taken, resetsAt: Date.parse(resetsAt) },
    now,
  );
}

test.each([
  [
    'a count that is used up',
    refusal(1, 10, 10, '2027-03-02T00:00:00Z'),
    'The limit "refunds" is reached: 10 of 10 used, 0 remain. It resets at 2027-03-02 00:00:00 UTC (in 3 h 12 min).',
    11_550,
  ],
  [
    'an amount that no longer fits, after the author’s sentence',
    refusal('250.5', 1000, '999', '2027-03-01T20:48:00Z', 'Ask finance.'),
    'Ask finance. The limit "refunds" is reached: 999 of 1000 used, 1 remains, and this call needs 250.5. It resets at 2027-03-01 20:48:00 UTC (in 30 s).',
    30,
  ],
  [
    'an amount that no window admits',
    refusal(2000, 1000, 0, '2027-03-03T20:47:31Z'),
    'The limit "refunds" is reached: 0 of 1000 used, 1000 remain, and this call needs 2000. No window admits that much in one call.',
    172_801,
  ],
  [
    'a counter beyond a max that was lowered',
    refusal(1, 5, 9, '2027-03-01T20:47:30.501Z'),
    'The limit "refunds" is reached: 9 of 5 used, 0 remain. It resets at 2027-03-01 20:47:30 UTC (in 1 s).',
    1,
  ],
])('%s', (_name, given, reason, retryAfterSeconds) => {
  expect(given).toEqual({ reason, retryAfterSeconds });
});
