import { type Amount, compareAmounts, subtractAmounts } from './amount.ts';
import type { Take } from './take.ts';
import { amountOf, type BucketChange, type BucketsOf, bucketBounds, isFirstOfItsCounter } from './take-all.ts';

/**
 * What giving back a call's takes does to its counters; `at` is the instant of the call, not of the giving back, so that
 * each unit returns to the window it was taken in. A window that is gone gets nothing, none falls below zero, and the
 * attempts stay counted. Changes nothing itself; that a call gives back once is the store's to see to.
 */
export function giveBack(takes: readonly Take[], at: number, bucketsOf: BucketsOf): readonly BucketChange[] {
  const changes: BucketChange[] = [];
  for (const [index, take] of takes.entries()) {
    if (!isFirstOfItsCounter(takes, index)) continue;
    const [start, end] = bucketBounds(take, at);
    const bucket = bucketsOf(take).find((candidate) => candidate.start === start && candidate.end === end);
    if (bucket === undefined) continue;
    changes.push({ take, bucket: { ...bucket, taken: lessOrZero(bucket.taken, amountOf(take, takes)) } });
  }
  return changes;
}

function lessOrZero(taken: Amount, amount: Amount): Amount {
  return compareAmounts(amount, taken) >= 0 ? 0 : subtractAmounts(taken, amount);
}
