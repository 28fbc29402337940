import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Amount, addAmounts, compareAmounts } from './amount.ts';
import { giveBack } from './give-back.ts';
import type { Take } from './take.ts';
import { type Bucket, type BucketChange, bucketExpiry, slidingBucketMs, takeAll } from './take-all.ts';

describe('a fixed window', () => {
  test('admits up to its maximum, inclusive, and says where it stands', () => {
    const take = aTake({ max: 3, amount: 2 });
    expect(takeAll([take], 500, () => [])).toMatchObject({
      fits: true,
      readings: [{ rule: '/limits/0', counter: 'calls', max: 3, taken: 2, resetsAt: 1000 }],
      changes: [{ bucket: { start: 0, end: 1000, taken: 2, attempts: 2 } }],
    });
    expect(takeAll([{ ...take, amount: 1 }], 500, () => [bucket(0, 1000, 2)])).toMatchObject({ fits: true });
    expect(takeAll([take], 500, () => [bucket(0, 1000, 2)])).toMatchObject({
      fits: false,
      refused: 0,
      because: 'max',
      reading: { taken: 2, resetsAt: 1000 },
    });
  });

  test('does not count what another window took', () => {
    expect(takeAll([aTake({ max: 1 })], 500, () => [bucket(-1000, 0, 1), bucket(1000, 2000, 1)])).toMatchObject({
      fits: true,
      readings: [{ taken: 1 }],
    });
  });

  test('adds amounts exactly', () => {
    const take = aTake({ max: '0.3', amount: '0.1' });
    expect(takeAll([take], 500, () => [bucket(0, 1000, '0.2')])).toMatchObject({
      fits: true,
      readings: [{ taken: '0.3' }],
    });
    expect(takeAll([take], 500, () => [bucket(0, 1000, '0.2000000000000000000001')])).toMatchObject({ fits: false });
  });
});

describe('several takes', () => {
  test('are taken all or none: the first that does not fit refuses', () => {
    const takes = [aTake({ key: 'a', max: 5 }), aTake({ key: 'b', max: 0 }), aTake({ key: 'c', max: 0 })];
    const taken = takeAll(takes, 500, () => []);
    expect(taken).toMatchObject({ fits: false, refused: 1 });
    expect(taken).not.toHaveProperty('changes');
  });

  test('of one counter take it once, with the larger amount, each held to its own maximum', () => {
    const takes = [aTake({ max: 10, amount: 1 }), aTake({ max: 5, amount: 3 })];
    expect(takeAll(takes, 500, () => [])).toMatchObject({
      fits: true,
      readings: [{ taken: 3 }, { taken: 3 }],
      changes: [{ bucket: { taken: 3 } }],
    });
    expect(takeAll(takes, 500, () => [bucket(0, 1000, 3)])).toMatchObject({ fits: false, refused: 1 });
  });
});

describe('a limit that gives back after errors', () => {
  const take = aTake({ max: 2, releaseOnError: true });

  test('allows five times its maximum of attempts a window', () => {
    expect(takeAll([take], 500, () => [{ ...bucket(0, 1000, 0), attempts: 9 }])).toMatchObject({ fits: true });
    expect(takeAll([take], 500, () => [{ ...bucket(0, 1000, 0), attempts: 10 }])).toMatchObject({
      fits: false,
      because: 'attempts',
    });
  });

  test('counts attempts for others but holds only itself to them', () => {
    const other = { ...take, releaseOnError: false };
    expect(takeAll([other], 500, () => [{ ...bucket(0, 1000, 0), attempts: 10 }])).toMatchObject({ fits: true });
  });
});

describe('a sliding window', () => {
  const steps = fc.array(
    fc.record({ wait: fc.integer({ min: -40, max: 400 }), amount: fc.integer({ min: 0, max: 4 }) }),
    {
      maxLength: 60,
    },
  );

  test('never takes more than its maximum in any span of its length, however calls run out of order', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 8 }), fc.integer({ min: 61, max: 1_000 }), (calls, max, length) => {
        const admitted = play(calls, max, length).filter((call) => call.fits);
        for (const { at: from } of admitted) {
          const inSpan = admitted.filter(({ at }) => at >= from && at < from + length);
          expect(inSpan.reduce((sum, { amount }) => sum + amount, 0)).toBeLessThanOrEqual(max);
        }
      }),
    );
  });

  test('refuses only what would not fit if the window were one bucket longer', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 8 }), fc.integer({ min: 61, max: 1_000 }), (calls, max, length) => {
        const played = play(calls, max, length);
        for (const [index, call] of played.entries()) {
          if (call.fits) continue;
          const behind = call.at - length - slidingBucketMs(length);
          const before = played.slice(0, index).filter(({ fits, at }) => fits && at > behind);
          expect(before.reduce((sum, { amount }) => sum + amount, call.amount)).toBeGreaterThan(max);
        }
      }),
    );
  });

  test('says of a refused call the first instant at which it would fit', () => {
    const buckets = [bucket(0, 10, 2), bucket(100, 110, 1), bucket(200, 210, 1)];
    const take = aTake({ algorithm: 'sliding', windowEnd: 600, max: 4, amount: 3 });
    const taken = takeAll([take], 300, () => buckets);
    expect(taken).toMatchObject({ fits: false, reading: { taken: 4, resetsAt: 710 } });
    expect(takeAll([take], 709, () => buckets)).toMatchObject({ fits: false });
    expect(takeAll([take], 710, () => buckets)).toMatchObject({ fits: true });
  });

  test('says of an admitted call when the oldest unit comes back', () => {
    const take = aTake({ algorithm: 'sliding', windowEnd: 600, max: 4 });
    expect(takeAll([take], 300, () => [])).toMatchObject({ readings: [{ resetsAt: 910 }] });
    expect(takeAll([take], 300, () => [bucket(100, 110, 1)])).toMatchObject({ readings: [{ resetsAt: 710 }] });
  });

  function play(calls: readonly { wait: number; amount: number }[], max: number, length: number) {
    let buckets: Bucket[] = [];
    let at = 10_000;
    return calls.map(({ wait, amount }) => {
      at += wait;
      const take = aTake({ algorithm: 'sliding', windowStart: at - length, windowEnd: at, max, amount });
      const taken = takeAll([take], at, () => buckets);
      if (taken.fits) buckets = applied(buckets, taken.changes);
      return { at, amount, fits: taken.fits };
    });
  }
});

describe('giving back', () => {
  test('returns units to the window they were taken in and keeps the attempts', () => {
    const buckets = [bucket(0, 1000, 3), bucket(1000, 2000, 1)];
    expect(giveBack([aTake({ amount: 2 })], 999, () => buckets)).toMatchObject([
      { bucket: { start: 0, end: 1000, taken: 1, attempts: 3 } },
    ]);
  });

  test('gives nothing to a window that is gone', () => {
    expect(giveBack([aTake({})], 500, () => [bucket(1000, 2000, 1)])).toEqual([]);
  });

  test('gives a counter that was named twice back once, as it was taken', () => {
    const takes = [aTake({ amount: 1 }), aTake({ amount: 3 })];
    expect(giveBack(takes, 500, () => [bucket(0, 1000, 4)])).toMatchObject([{ bucket: { taken: 1 } }]);
  });

  test('never leaves less than nothing, and undoes what was taken', () => {
    const amount = fc.oneof(
      fc.integer({ min: 0, max: 50 }),
      fc.integer({ min: 1, max: 999 }).map((n) => `${n % 10}.${n}1`),
    );
    fc.assert(
      fc.property(amount, amount, fc.constantFrom('fixed', 'sliding'), (before, taken, algorithm) => {
        const take = aTake({ algorithm, max: 1_000_000, amount: taken });
        const start = takeAll([{ ...take, amount: before }], 500, () => []);
        const buckets = start.fits ? applied([], start.changes) : [];
        const after = takeAll([take], 500, () => buckets);
        const full = after.fits ? applied(buckets, after.changes) : [];
        const back = applied(
          full,
          giveBack([take], 500, () => full),
        );
        expect(back.reduce<Amount>((sum, each) => addAmounts(sum, each.taken), 0)).toEqual(before);
        const twice = applied(
          back,
          giveBack([take], 500, () => back),
        );
        const thrice = applied(
          twice,
          giveBack([take], 500, () => twice),
        );
        for (const each of [...twice, ...thrice]) expect(compareAmounts(each.taken, 0)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

test('a bucket counts until its window has passed over it', () => {
  expect(bucketExpiry(aTake({}), bucket(0, 1000, 1))).toBe(1000);
  expect(bucketExpiry(aTake({ algorithm: 'sliding', windowEnd: 600 }), bucket(100, 110, 1))).toBe(710);
});

function aTake(parts: Partial<Take>): Take {
  return {
    rule: '/limits/0',
    counter: 'calls',
    key: 'key',
    algorithm: 'fixed',
    windowStart: 0,
    windowEnd: 1000,
    amount: 1,
    max: 10,
    releaseOnError: false,
    ...parts,
  };
}

function bucket(start: number, end: number, taken: Amount): Bucket {
  return { start, end, taken, attempts: taken };
}

function applied(buckets: readonly Bucket[], changes: readonly BucketChange[]): Bucket[] {
  const changed = changes.map((change) => change.bucket);
  return [...buckets.filter(({ start, end }) => !changed.some((c) => c.start === start && c.end === end)), ...changed];
}
