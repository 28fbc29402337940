/** A number as a fraction, computed without the code under test. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** The exact value of a JSON number literal. */
export function rationalOf(literal: string): Rational {
  const [significand = '', exponent = '0'] = literal.toLowerCase().split('e');
  const [integer = '', fraction = ''] = significand.split('.');
  const power = Number(exponent) - fraction.length;
  const digits = BigInt((integer + fraction).replace('-', ''));
  const scale = 10n ** BigInt(Math.abs(power));
  const signed = literal.startsWith('-') ? -digits : digits;
  return power < 0 ? { numerator: signed, denominator: scale } : { numerator: signed * scale, denominator: 1n };
}

export function plus(a: Rational, b: Rational): Rational {
  return {
    numerator: a.numerator * b.denominator + b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  };
}

export function negated(a: Rational): Rational {
  return { numerator: -a.numerator, denominator: a.denominator };
}

/** The sign of a - b. */
export function order(a: Rational, b: Rational): -1 | 0 | 1 {
  const [left, right] = [a.numerator * b.denominator, b.numerator * a.denominator];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
