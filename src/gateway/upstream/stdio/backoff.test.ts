import { expect, test } from 'vitest';
import { afterFailure, type Backoff } from './backoff.ts';

const settings = { firstMs: 500, maxMs: 60_000, stableMs: 60_000 };

test('each failure in a row doubles the pause, up to the longest', () => {
  let backoff: Backoff | undefined;
  const pauses: number[] = [];
  for (let failure = 0; failure < 2_000; failure++) {
    backoff = afterFailure(backoff, 1_000, 0, settings);
    pauses.push(backoff.retryAt - 1_000);
  }
  expect(pauses.slice(0, 9)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  expect(pauses.at(-1)).toBe(60_000);
});

test('a server that ran long enough begins anew', () => {
  const worn = { failures: 7, retryAt: 0 };
  expect(afterFailure(worn, 0, 59_999, settings)).toEqual({ failures: 8, retryAt: 60_000 });
  expect(afterFailure(worn, 0, 60_000, settings)).toEqual({ failures: 1, retryAt: 500 });
});
