/**
 * The exact value of a JSON number: `digits` × 10^`exponent`, negative or not. `digits` has no zero at either end, so
 * equal values have equal fields; zero is `''` × 10^0 and never negative.
 */
export interface Decimal {
  readonly isNegative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

/** Doubles are printed with exponents down to -324 and the reader takes ±308; beyond this nothing can have come from it. */
const EXPONENT_MAX = 1000;

/** The value of a number literal of RFC 8259 §6, or undefined when it is none or its exponent is beyond ±1000. */
export function parseDecimal(numberText: string): Decimal | undefined {
  const match = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/.exec(numberText);
  if (match === null) return undefined;
  const [, sign, integer = '', fraction = '', exponentText = '0'] = match;
  const exponent = Number(exponentText);
  if (Math.abs(exponent) > EXPONENT_MAX) return undefined;
  return normalised(sign === '-', integer + fraction, exponent - fraction.length);
}

/** The sign of a - b. */
export function compareDecimals(a: Decimal, b: Decimal): -1 | 0 | 1 {
  if (a.isNegative !== b.isNegative) return a.isNegative ? -1 : 1;
  const magnitude = compareMagnitudes(a, b);
  if (magnitude === 0) return 0;
  return magnitude < 0 === a.isNegative ? 1 : -1;
}

/** a + b, exactly. */
export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent);
  const sum = unscaled(a, exponent) + unscaled(b, exponent);
  return normalised(sum < 0n, String(sum < 0n ? -sum : sum), exponent);
}

/** -a. */
export function negateDecimal(a: Decimal): Decimal {
  return a.digits === '' ? a : { ...a, isNegative: !a.isNegative };
}

/** All digits, without an exponent: `12500`, `0.05`, `-3`. */
export function plainText({ isNegative, digits, exponent }: Decimal): string {
  if (digits === '') return '0';
  const sign = isNegative ? '-' : '';
  if (exponent >= 0) return sign + digits + '0'.repeat(exponent);
  const point = digits.length + exponent;
  if (point > 0) return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
  return `${sign}0.${'0'.repeat(-point)}${digits}`;
}

/**
 * The one form in which ECMAScript's Number::toString would print the value if doubles had unlimited digits: plain from
 * 1e-6 to below 1e21, with an exponent outside.
 */
export function shortText(decimal: Decimal): string {
  const { isNegative, digits, exponent } = decimal;
  const point = digits.length + exponent;
  if (point > -6 && point <= 21) return plainText(decimal);
  const significand = digits.length === 1 ? digits : `${digits.slice(0, 1)}.${digits.slice(1)}`;
  return `${isNegative ? '-' : ''}${significand}e${point > 0 ? '+' : ''}${point - 1}`;
}

function normalised(isNegative: boolean, digitsWithZeros: string, exponent: number): Decimal {
  let start = 0;
  let end = digitsWithZeros.length;
  while (start < end && digitsWithZeros.charAt(start) === '0') start += 1;
  while (end > start && digitsWithZeros.charAt(end - 1) === '0') end -= 1;
  if (start === end) return { isNegative: false, digits: '', exponent: 0 };
  return {
    isNegative,
    digits: digitsWithZeros.slice(start, end),
    exponent: exponent + (digitsWithZeros.length - end),
  };
}

function compareMagnitudes(a: Decimal, b: Decimal): number {
  if (a.digits === '' || b.digits === '') return a.digits.length - b.digits.length;
  const places = a.digits.length + a.exponent - (b.digits.length + b.exponent);
  if (places !== 0) return places;
  // Both begin at the same place, so digits compare like words.
  if (a.digits === b.digits) return 0;
  return a.digits < b.digits ? -1 : 1;
}

function unscaled({ isNegative, digits, exponent }: Decimal, toExponent: number): bigint {
  const magnitude = BigInt(digits + '0'.repeat(exponent - toExponent));
  return isNegative ? -magnitude : magnitude;
}
