import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { numberText } from '../../../../test/arbitraries/json-text.ts';
import { order, rationalOf } from '../../../../test/arbitraries/rational.ts';
import { compareNumbers } from './compare-numbers.ts';

describe('numbers compared as exact decimals and as doubles', () => {
  test.each([
    ['1', '2', -1],
    ['500', '500', 0],
    ['500.0', '5e2', 0],
    ['1e3', '500', 1],
    ['-1', '1', -1],
    ['-2', '-1.5', -1],
    ['0', '-0', 0],
    ['0.1', '0.10', 0],
    ['500.01', '500', 1],
    // The decimals differ and the doubles do not.
    ['500.0000000000000001', '500', 'undecided'],
    ['9007199254740993', '9007199254740992', 'undecided'],
    ['0.1', '0.1000000000000000055511151231257827', 'undecided'],
    ['1e309', '1e310', 'undecided'],
    ['1e-400', '0', 'undecided'],
    // What is no number is never compared.
    ['', '0', 'undecided'],
    ['0x10', '16', 'undecided'],
    ['1', ' 1', 'undecided'],
    ['NaN', 'NaN', 'undecided'],
    ['Infinity', '1', 'undecided'],
    ['05', '5', 'undecided'],
    ['1e9999', '1', 'undecided'],
  ])('%s against %s: %s', (a, b, answer) => {
    expect(compareNumbers(a, b)).toBe(answer);
  });

  const near = fc
    .tuple(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 9 }))
    .map(([integer, zeros, digit]) => `${integer}.${'0'.repeat(zeros)}${digit}`);
  const literal = fc.oneof(numberText, near);

  test('an answer is what both exact fractions and doubles say, and there is one whenever they agree', () => {
    fc.assert(
      fc.property(literal, literal, (a, b) => {
        const exact = order(rationalOf(a), rationalOf(b));
        const doubles = Math.sign(Number(a) - Number(b)) + 0;
        expect(compareNumbers(a, b)).toBe(exact === doubles ? exact : 'undecided');
      }),
      { numRuns: 3_000 },
    );
  });

  test('exchanging the two turns the answer round', () => {
    fc.assert(
      fc.property(literal, literal, (a, b) => {
        const [there, back] = [compareNumbers(a, b), compareNumbers(b, a)];
        expect(back).toBe(there === 'undecided' ? there : 0 - there);
      }),
    );
  });
});
