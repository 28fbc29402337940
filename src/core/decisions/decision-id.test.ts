import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decisionId, decisionTime, firstDecisionIdOf, LATEST_DECISION_TIME } from './decision-id.ts';

const instant = fc.integer({ min: 0, max: LATEST_DECISION_TIME });
const ten = fc.uint8Array({ minLength: 10, maxLength: 10 });

describe('a decision id', () => {
  test('is a ULID: the example of its specification', () => {
    const random = Uint8Array.from([0xd6, 0x76, 0x4c, 0x61, 0xef, 0xb9, 0x93, 0x02, 0xbd, 0x5b]);
    expect(decisionId(1_469_922_850_259, random)).toBe('01ARZ3NDEKTSV4RRFFQ69G5FAV');
  });

  test('carries its instant', () => {
    fc.assert(
      fc.property(instant, ten, (at, random) => {
        expect(decisionTime(decisionId(at, random))).toBe(at);
      }),
    );
  });

  test('sorts by time', () => {
    fc.assert(
      fc.property(instant, instant, ten, ten, (a, b, one, two) => {
        fc.pre(a < b);
        expect(decisionId(a, one) < decisionId(b, two)).toBe(true);
      }),
    );
  });

  test('differs whenever any of its random bits does', () => {
    fc.assert(
      fc.property(instant, ten, fc.integer({ min: 0, max: 79 }), (at, random, bit) => {
        const other = Uint8Array.from(random);
        other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(decisionId(at, other)).not.toBe(decisionId(at, random));
      }),
    );
  });

  test('is not less than the first of its millisecond and less than the first of the next', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: LATEST_DECISION_TIME - 1 }), ten, (at, random) => {
        const id = decisionId(at, random);
        expect(id >= firstDecisionIdOf(at)).toBe(true);
        expect(id < firstDecisionIdOf(at + 1)).toBe(true);
      }),
    );
  });

  test.each([
    '',
    '01ARZ3NDEKTSV4RRFFQ69G5FA',
    '81ARZ3NDEKTSV4RRFFQ69G5FAV',
    '01ARZ3NDEKTSV4RRFFQ69G5FAU',
    '01arz3ndektsv4rrffq69g5fav',
  ])('is told from other text: %j', (text) => expect(decisionTime(text)).toBeUndefined());

  test.each([-1, 0.5, Number.NaN, 2 ** 48])('cannot be made of what is no instant: %d', (at) => {
    expect(() => decisionId(at, new Uint8Array(10))).toThrow(RangeError);
  });

  test('cannot be made of too little randomness', () => {
    expect(() => decisionId(0, new Uint8Array(9))).toThrow(RangeError);
  });
});
