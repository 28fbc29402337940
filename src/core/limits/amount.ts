import {
  addDecimals,
  compareDecimals,
  type Decimal,
  negateDecimal,
  parseDecimal,
  plainText,
} from '../mcp/json/decimal.ts';

/**
 * An exact amount: a safe integer as a number (the usual case, and fast), anything else as the shortest plain decimal
 * text (`"12.5"`, `"9007199254740993"`: no exponent, no leading or trailing zeros but the one before a point). Never a
 * rounded double. Equal amounts are equal under `===`.
 */
export type Amount = number | string;

/** The exact value of a JSON number text of any form (`1e3`, `0.10`, `-0`). Throws RangeError for any other text. */
export function parseAmount(numberText: string): Amount {
  const double = Number(numberText);
  if (Number.isSafeInteger(double) && String(double) === numberText) return double;
  const decimal = parseDecimal(numberText);
  if (decimal === undefined) throw new RangeError('not a JSON number within ±1e1000');
  return amountOf(decimal);
}

/** a + b, exactly. */
export function addAmounts(a: Amount, b: Amount): Amount {
  if (typeof a === 'number' && typeof b === 'number' && Number.isSafeInteger(a + b)) return a + b;
  return amountOf(addDecimals(decimalOf(a), decimalOf(b)));
}

/** a - b, exactly. */
export function subtractAmounts(a: Amount, b: Amount): Amount {
  if (typeof a === 'number' && typeof b === 'number' && Number.isSafeInteger(a - b)) return a - b;
  return amountOf(addDecimals(decimalOf(a), negateDecimal(decimalOf(b))));
}

/** The sign of a - b. */
export function compareAmounts(a: Amount, b: Amount): -1 | 0 | 1 {
  if (a === b) return 0;
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : 1;
  return compareDecimals(decimalOf(a), decimalOf(b));
}

/** True below zero. */
export function isNegative(amount: Amount): boolean {
  return typeof amount === 'number' ? amount < 0 : amount.startsWith('-');
}

function decimalOf(amount: Amount): Decimal {
  const decimal = parseDecimal(typeof amount === 'number' ? String(amount) : amount);
  if (decimal === undefined) throw new RangeError('not an amount');
  return decimal;
}

function amountOf(decimal: Decimal): Amount {
  const text = plainText(decimal);
  const double = Number(text);
  return Number.isSafeInteger(double) && String(double) === text ? double : text;
}
