import { compareNumbers } from '../json/compare-numbers.ts';
import { type Decimal, parseDecimal } from '../json/decimal.ts';
import { isJsonObject, isRawNumber, type JsonValue, numberText, type RawNumber } from '../json/value.ts';

/**
 * Questions about numbers, asked twice: of the exact decimal and of the nearest double. Servers read numbers either way,
 * so where the two answers differ nothing is decided. A plain JavaScript number is written as its shortest text, for
 * which both answers agree by themselves; only raw numbers cost the second look.
 */
export type Answer = boolean | 'undecided';
export type JsonNumber = number | RawNumber;

export function compareWith(value: JsonNumber, bound: JsonNumber): -1 | 0 | 1 | 'undecided' {
  if (typeof value === 'number' && typeof bound === 'number') return value === bound ? 0 : value < bound ? -1 : 1;
  return compareNumbers(textOf(value), textOf(bound));
}

export function isWhole(value: JsonNumber): Answer {
  if (typeof value === 'number') return Number.isInteger(value);
  const exact = parseDecimal(value.rawJSON);
  return agreed(exact !== undefined && exact.exponent >= 0, Number.isInteger(Number(value.rawJSON)));
}

export function isMultipleOf(value: JsonNumber, divisor: JsonNumber): Answer {
  if (Number.isSafeInteger(value) && Number.isSafeInteger(divisor)) return Number(value) % Number(divisor) === 0;
  const exact = isExactMultiple(textOf(value), textOf(divisor));
  if (typeof value === 'number' && typeof divisor === 'number') return exact;
  return agreed(exact, isExactMultiple(asDouble(value), asDouble(divisor)));
}

/** Equality of JSON values (2020-12 core §4.2.2): numbers by value, objects without regard to order. */
export function areEqual(a: JsonValue, b: JsonValue): Answer {
  const [x, y] = [numberText(a), numberText(b)];
  if (x !== undefined && y !== undefined) {
    const order = compareWith(a as JsonNumber, b as JsonNumber);
    return order === 'undecided' ? order : order === 0;
  }
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && every(a.keys(), (index) => areEqual(a[index] as JsonValue, b[index] as JsonValue));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length || !names.every((name) => Object.hasOwn(b, name))) return false;
  // Both have the member: checked just now.
  return every(names, (name) => areEqual(a[name] as JsonValue, b[name] as JsonValue));
}

function every<T>(members: Iterable<T>, ask: (member: T) => Answer): Answer {
  let answer: Answer = true;
  for (const member of members) {
    const next = ask(member);
    if (next === false) return false;
    if (next === 'undecided') answer = next;
  }
  return answer;
}

function agreed(exact: boolean, double: boolean): Answer {
  return exact === double ? exact : 'undecided';
}

function textOf(value: JsonNumber): string {
  return isRawNumber(value) ? value.rawJSON : String(value);
}

function asDouble(value: JsonNumber): string {
  return String(Number(textOf(value)));
}

function isExactMultiple(value: string, divisor: string): boolean {
  const [a, b] = [parseDecimal(value), parseDecimal(divisor)];
  // Number literals that the reader took are decimals within ±308.
  if (a === undefined || b === undefined || b.digits === '') return false;
  const exponent = Math.min(a.exponent, b.exponent);
  return unscaled(a, exponent) % unscaled(b, exponent) === 0n;
}

function unscaled({ digits, exponent }: Decimal, toExponent: number): bigint {
  return digits === '' ? 0n : BigInt(digits + '0'.repeat(exponent - toExponent));
}
