import { compareDecimals, parseDecimal } from './decimal.ts';

/**
 * Compares two JSON numbers by their texts, twice: as exact decimals and as the nearest doubles. Who reads the message
 * behind us may do either, so where the two differ (`500.0000000000000001` and `500`) the answer is `undecided`, which
 * denies. Texts that are not numbers are `undecided` too.
 */
export function compareNumbers(a: string, b: string): -1 | 0 | 1 | 'undecided' {
  const [x, y] = [Number(a), Number(b)];
  const asDoubles = compare(x, y);
  // A safe integer written plainly is exactly its double.
  if (Number.isSafeInteger(x) && Number.isSafeInteger(y) && String(x) === a && String(y) === b) return asDoubles;
  const [exactA, exactB] = [parseDecimal(a), parseDecimal(b)];
  if (exactA === undefined || exactB === undefined) return 'undecided';
  return compareDecimals(exactA, exactB) === asDoubles ? asDoubles : 'undecided';
}

function compare(x: number, y: number): -1 | 0 | 1 {
  if (x === y) return 0;
  return x < y ? -1 : 1;
}
