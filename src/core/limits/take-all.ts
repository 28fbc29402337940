import { type Amount, addAmounts, compareAmounts } from './amount.ts';
import type { CounterReading, Take } from './take.ts';

/**
 * Limits as arithmetic: given what a call wants and how its counters stand, all of it or none.
 *
 * A counter is a set of buckets. A fixed window has one bucket, the window itself. A sliding window has buckets of a
 * sixtieth of its length (rounded up to a millisecond), aligned to the epoch, and counts every bucket that reaches into
 * the span behind the call. The oldest bucket counts in full although only its end may lie in the span, so in any
 * window-long span at most `max` is taken, and a unit comes back at most one bucket later than to the millisecond.
 * Buckets after the call's instant count too: several processes commit out of order by a little, and whichever call is
 * committed last must see the others.
 */
export interface Bucket {
  /** Inclusive, milliseconds since the epoch. */
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly taken: Amount;
  /** All that was ever taken, whether given back or not: the bound on attempts of limits that give back after errors. */
  readonly attempts: Amount;
}

/** The buckets of a take's counter that may matter, in any order: the window's one, or those of a sliding window. */
export type BucketsOf = (take: Take) => readonly Bucket[];

/** What a bucket becomes; `take` names its counter. */
export interface BucketChange {
  readonly take: Take;
  readonly bucket: Bucket;
}

export type Taken =
  | { readonly fits: true; readonly readings: readonly CounterReading[]; readonly changes: readonly BucketChange[] }
  | {
      readonly fits: false;
      /** Index of the first take that did not fit. */
      readonly refused: number;
      readonly because: 'max' | 'attempts';
      readonly reading: CounterReading;
      /** Every take looked at, the refused one last, as they stood without this call. */
      readonly readings: readonly CounterReading[];
    };

/** Attempts of a limit with `releaseOnError` per window, as a multiple of its `max`. */
export const ATTEMPTS_PER_MAX = 5;

/**
 * Takes all or none, looked at in order; `at` is the instant of the call. Two takes of one counter take it once, with
 * the larger amount, and each is held to its own `max`. Changes nothing itself.
 */
export function takeAll(takes: readonly Take[], at: number, bucketsOf: BucketsOf): Taken {
  const readings: CounterReading[] = [];
  for (const [index, take] of takes.entries()) {
    const amount = amountOf(take, takes);
    const buckets = bucketsOf(take);
    const before = standing(take, at, buckets);
    const taken = addAmounts(before.taken, amount);
    const because = reasonAgainst(take, taken, addAmounts(before.attempts, amount));
    if (because !== undefined) {
      const resetsAt = fitsAt(take, at, buckets, amount);
      const reading = { rule: take.rule, counter: take.counter, max: take.max, taken: before.taken, resetsAt };
      return { fits: false, refused: index, because, reading, readings: [...readings, reading] };
    }
    readings.push({
      rule: take.rule,
      counter: take.counter,
      max: take.max,
      taken,
      resetsAt: nextReturn(take, at, buckets),
    });
  }
  const changes = takes
    .filter((take, index) => isFirstOfItsCounter(takes, index))
    .map((take) => ({ take, bucket: withTaken(bucketHolding(take, at, bucketsOf(take)), amountOf(take, takes)) }));
  return { fits: true, readings, changes };
}

/** True for the first take of a call that names its counter; the others name it again. */
export function isFirstOfItsCounter(takes: readonly Take[], index: number): boolean {
  const take = takes[index];
  return take !== undefined && takes.findIndex((other) => isSameCounter(take, other)) === index;
}

/** What is taken from a take's counter: the largest amount that the takes of this call want from it. */
export function amountOf(take: Take, takes: readonly Take[]): Amount {
  let amount = take.amount;
  for (const other of takes) {
    if (other !== take && isSameCounter(take, other) && compareAmounts(other.amount, amount) > 0) amount = other.amount;
  }
  return amount;
}

/** The bucket a call at `at` falls into, empty if it is not among `buckets`. */
export function bucketHolding(take: Take, at: number, buckets: readonly Bucket[]): Bucket {
  const [start, end] = bucketBounds(take, at);
  const found = buckets.find((bucket) => bucket.start === start && bucket.end === end);
  return found ?? { start, end, taken: 0, attempts: 0 };
}

/** Start (inclusive) and end (exclusive) of that bucket. */
export function bucketBounds(take: Take, at: number): readonly [number, number] {
  if (take.algorithm === 'fixed') return [take.windowStart, take.windowEnd];
  const size = slidingBucketMs(windowMs(take));
  const start = Math.floor(at / size) * size;
  return [start, start + size];
}

/** The instant from which a bucket no longer counts. */
export function bucketExpiry(take: Take, bucket: Bucket): number {
  return take.algorithm === 'fixed' ? bucket.end : bucket.end + windowMs(take);
}

/** The granularity of a sliding window, in milliseconds. */
export function slidingBucketMs(windowMs: number): number {
  return Math.max(1, Math.ceil(windowMs / SLIDING_BUCKETS));
}

const SLIDING_BUCKETS = 60;

function windowMs(take: Take): number {
  return take.windowEnd - take.windowStart;
}

function isSameCounter(a: Take, b: Take): boolean {
  return a.key === b.key && (a.algorithm === 'sliding' || a.windowStart === b.windowStart);
}

function counts(take: Take, at: number, bucket: Bucket): boolean {
  if (take.algorithm === 'fixed') return bucket.start === take.windowStart && bucket.end === take.windowEnd;
  return bucket.end > at - windowMs(take);
}

function standing(take: Take, at: number, buckets: readonly Bucket[]): { taken: Amount; attempts: Amount } {
  let taken: Amount = 0;
  let attempts: Amount = 0;
  for (const bucket of buckets) {
    if (!counts(take, at, bucket)) continue;
    taken = addAmounts(taken, bucket.taken);
    attempts = addAmounts(attempts, bucket.attempts);
  }
  return { taken, attempts };
}

function reasonAgainst(take: Take, taken: Amount, attempts: Amount): 'max' | 'attempts' | undefined {
  if (compareAmounts(taken, take.max) > 0) return 'max';
  return take.releaseOnError && compareAmounts(attempts, attemptsMax(take.max)) > 0 ? 'attempts' : undefined;
}

function attemptsMax(max: Amount): Amount {
  let sum: Amount = 0;
  for (let i = 0; i < ATTEMPTS_PER_MAX; i += 1) sum = addAmounts(sum, max);
  return sum;
}

function withTaken(bucket: Bucket, amount: Amount): Bucket {
  return { ...bucket, taken: addAmounts(bucket.taken, amount), attempts: addAmounts(bucket.attempts, amount) };
}

/** When a refused call would fit if nothing else were taken meanwhile; for one that never fits, when all has come back. */
function fitsAt(take: Take, at: number, buckets: readonly Bucket[], amount: Amount): number {
  if (take.algorithm === 'fixed') return take.windowEnd;
  const counted = buckets.filter((bucket) => counts(take, at, bucket)).sort((a, b) => a.end - b.end);
  for (const bucket of counted) {
    const later = bucketExpiry(take, bucket);
    const left = standing(take, later, counted);
    if (reasonAgainst(take, addAmounts(left.taken, amount), addAmounts(left.attempts, amount)) === undefined)
      return later;
  }
  const last = counted.at(-1);
  return last === undefined ? at + windowMs(take) : bucketExpiry(take, last);
}

/** When the window ends; for a sliding one, when the oldest unit in it comes back. */
function nextReturn(take: Take, at: number, buckets: readonly Bucket[]): number {
  if (take.algorithm === 'fixed') return take.windowEnd;
  let oldest = bucketHolding(take, at, buckets);
  for (const bucket of buckets) {
    if (bucket.end < oldest.end && counts(take, at, bucket) && compareAmounts(bucket.taken, 0) > 0) oldest = bucket;
  }
  return bucketExpiry(take, oldest);
}
