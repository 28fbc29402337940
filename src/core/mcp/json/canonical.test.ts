import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { numberText, valueText } from '../../../../test/arbitraries/json-text.ts';
import { order, rationalOf } from '../../../../test/arbitraries/rational.ts';
import { canonicalText } from './canonical.ts';
import { CLIENT_MESSAGE_LIMITS as limits } from './limits.ts';
import { readJsonText } from './read.ts';
import type { JsonValue } from './value.ts';

function canonicalOf(text: string): string {
  const result = readJsonText(text, limits);
  if (!result.ok) throw new Error(result.error.text);
  return canonicalText(result.value);
}

describe('canonical text', () => {
  test('keys are in the order of RFC 8785 §3.2.3', () => {
    const text = '{"€":1,"\\r":2,"\ufb33":3,"1":4,"😀":5,"\u0080":6,"ö":7}';
    expect(canonicalOf(text)).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}');
  });

  test('integer-like keys are sorted as text, and members of any name are kept', () => {
    expect(canonicalOf('{"b":1,"10":2,"9":3,"__proto__":{"z":1,"a":2},"a":[]}')).toBe(
      '{"10":2,"9":3,"__proto__":{"a":2,"z":1},"a":[],"b":1}',
    );
  });

  test('strings are written as RFC 8785 §3.2.2.2 has them', () => {
    expect(canonicalOf('"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/\\u007f"')).toBe(
      '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/\u007f"',
    );
  });

  // The first group is what RFC 8785 (appendix B) has; the second is where exact decimals differ from it.
  test.each([
    ['-0', '0'],
    ['-0.0', '0'],
    ['1.0', '1'],
    ['1e0', '1'],
    ['10e-1', '1'],
    ['4.50', '4.5'],
    ['2e-3', '0.002'],
    ['1E30', '1e+30'],
    ['1000000000000000000000000000000', '1e+30'],
    ['0.000001', '0.000001'],
    ['0.0000001', '1e-7'],
    ['1e21', '1e+21'],
    ['1e20', '100000000000000000000'],
    ['-1.5e-10', '-1.5e-10'],
    ['9007199254740992', '9007199254740992'],
    ['9007199254740993', '9007199254740993'],
    ['333333333.33333329', '333333333.33333329'],
    ['0.1000000000000000055511151231257827', '0.1000000000000000055511151231257827'],
  ])('the number %s is written %s', (text, canonical) => {
    expect(canonicalOf(text)).toBe(canonical);
  });

  test('two numbers have one text exactly when their decimal values are equal', () => {
    const spellings = numberText.chain((text) =>
      fc.constantFrom(
        text,
        text.replace(/[eE].*$/, ''),
        ...(/[.eE]|^-?0$/.test(text) ? [] : [`${text}.0`, `${text}0e-1`]),
      ),
    );
    fc.assert(
      fc.property(spellings, spellings, fc.boolean(), (a, other, isSame) => {
        const b = isSame ? canonicalOf(a) : other;
        expect(canonicalOf(a) === canonicalOf(b)).toBe(order(rationalOf(a), rationalOf(b)) === 0);
        expect(order(rationalOf(canonicalOf(a)), rationalOf(a))).toBe(0);
      }),
      { numRuns: 1_000 },
    );
  });

  test('a double comes out as JavaScript prints it', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (double) => {
        const padded = String(double).replace(/^(-?\d+\.\d+)/, '$10');
        expect(canonicalText(JSON.rawJSON(padded))).toBe(String(double));
        expect(canonicalText(double)).toBe(String(double));
      }),
    );
  });

  test('it is JSON of the same value, and its own canonical text', () => {
    fc.assert(
      fc.property(valueText, (text) => {
        const canonical = canonicalOf(text);
        const isEqual = (a: unknown, b: unknown) => expect(a).toEqual(b);
        isEqual(withoutNegativeZero(JSON.parse(canonical)), withoutNegativeZero(JSON.parse(text)));
        expect(canonicalOf(canonical)).toBe(canonical);
      }),
    );
  });

  test('the order in which members came does not matter', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), (members) => {
        const turned = Object.fromEntries(Object.entries(members).reverse());
        expect(canonicalText(turned)).toBe(canonicalText(members));
      }),
    );
  });

  test.each([[Number.NaN], [Number.POSITIVE_INFINITY], [undefined], [{ a: undefined }], [10n]])(
    '%s is no JSON value',
    (value) => {
      expect(() => canonicalText(value as unknown as JsonValue)).toThrow(TypeError);
    },
  );
});

function withoutNegativeZero(value: unknown): string {
  // JSON.stringify writes -0 as 0; sorted, so that the order of keys does not count.
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1))
      : member,
  );
}
