import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { numberText } from '../../../test/arbitraries/json-text.ts';
import { negated, order, plus, rationalOf } from '../../../test/arbitraries/rational.ts';
import { type Amount, addAmounts, compareAmounts, isNegative, parseAmount, subtractAmounts } from './amount.ts';

const exact = (amount: Amount) => rationalOf(String(amount));
/** Literals whose neighbours differ in one digit far behind, as well as any others. */
const literal = fc.oneof(
  numberText,
  fc.constantFrom('0', '-0', '0e5', '1e308', '1e-308', '9007199254740991', '9007199254740992', '-9007199254740993'),
  fc.maxSafeInteger().map(String),
);

describe('amounts', () => {
  test.each([
    ['12', 12],
    ['-12', -12],
    ['1e3', 1000],
    ['1.50e1', 15],
    ['0.10', '0.1'],
    ['12.50', '12.5'],
    ['-0', 0],
    ['-0.000e7', 0],
    ['5e-3', '0.005'],
    ['-5e-3', '-0.005'],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', '9007199254740992'],
    ['9007199254740993', '9007199254740993'],
    ['9007199254740991.4', '9007199254740991.4'],
    ['1e21', '1000000000000000000000'],
    ['1e-7', '0.0000001'],
  ])('%s is %j', (text, amount) => {
    expect(parseAmount(text)).toBe(amount);
  });

  test.each([
    '',
    ' 1',
    '1 ',
    '01',
    '+1',
    '.5',
    '1.',
    '0x10',
    '1e',
    'NaN',
    'Infinity',
    '1_000',
    '1,5',
    '५',
    '1\n',
    '1e1001',
  ])('%j is no number', (text) => {
    expect(() => parseAmount(text)).toThrow(RangeError);
  });

  test('a literal keeps its exact value, in the one form of that value', () => {
    fc.assert(
      fc.property(literal, (text) => {
        const amount = parseAmount(text);
        expect(order(exact(amount), rationalOf(text))).toBe(0);
        if (typeof amount === 'number') expect(Number.isSafeInteger(amount) && !Object.is(amount, -0)).toBe(true);
        else {
          expect(amount).toMatch(/^-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$/);
          expect(Number.isSafeInteger(Number(amount)) && !amount.includes('.')).toBe(false);
        }
        expect(parseAmount(String(amount))).toBe(amount);
      }),
      { numRuns: 1_000 },
    );
  });

  test('sums and differences are exact, and undo each other', () => {
    fc.assert(
      fc.property(literal, literal, (textA, textB) => {
        const [a, b] = [parseAmount(textA), parseAmount(textB)];
        const [sum, difference] = [addAmounts(a, b), subtractAmounts(a, b)];
        expect(order(exact(sum), plus(rationalOf(textA), rationalOf(textB)))).toBe(0);
        expect(order(exact(difference), plus(rationalOf(textA), negated(rationalOf(textB))))).toBe(0);
        expect(addAmounts(b, a)).toBe(sum);
        expect(subtractAmounts(sum, b)).toBe(a);
        expect(addAmounts(difference, b)).toBe(a);
      }),
      { numRuns: 1_000 },
    );
  });

  test('the order is that of the exact values, and equal amounts are identical', () => {
    fc.assert(
      fc.property(literal, literal, (textA, textB) => {
        const [a, b] = [parseAmount(textA), parseAmount(textB)];
        const expected = order(rationalOf(textA), rationalOf(textB));
        expect(compareAmounts(a, b)).toBe(expected);
        expect(a === b).toBe(expected === 0);
        expect(isNegative(a)).toBe(order(rationalOf(textA), rationalOf('0')) === -1);
        expect(isNegative(subtractAmounts(a, b))).toBe(expected === -1);
      }),
      { numRuns: 1_000 },
    );
  });

  test('a tenth ten times is one', () => {
    expect(Array.from({ length: 10 }, () => parseAmount('0.1')).reduce<Amount>(addAmounts, 0)).toBe(1);
  });
});
