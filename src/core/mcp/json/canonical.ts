import { parseDecimal, shortText } from './decimal.ts';
import type { JsonObject, JsonValue } from './value.ts';
import { isRawNumber } from './value.ts';

/**
 * One text per meaning, for hashing: equal values give equal texts and different values different ones.
 *
 * It is RFC 8785 (keys sorted by UTF-16 code units, no white space, strings as ECMAScript writes them) but for numbers,
 * which keep their exact decimal value: `1`, `1.0` and `10e-1` are `1`; `9007199254740993` stays as it is, where
 * RFC 8785 would round it to a double and make it equal to its neighbour. Numbers that are the shortest text of a double
 * come out as RFC 8785 has them. Throws TypeError for what is no JSON value (NaN, undefined).
 */
export function canonicalText(value: JsonValue): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return canonicalNumber(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return canonicalArray(value);
      // Array.isArray does not take readonly arrays out of the type; no array comes this far.
      return isRawNumber(value) ? canonicalRawNumber(value.rawJSON) : canonicalObject(value as JsonObject);
    default:
      throw new TypeError(`not a JSON value: ${typeof value}`);
  }
}

function canonicalNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError('not a JSON number');
  // Prints -0 as 0, which is its decimal value.
  return String(value);
}

function canonicalRawNumber(text: string): string {
  const decimal = parseDecimal(text);
  if (decimal === undefined) throw new TypeError('not a JSON number');
  return shortText(decimal);
}

function canonicalArray(array: readonly JsonValue[]): string {
  let text = '[';
  let separator = '';
  for (const element of array) {
    text += separator + canonicalText(element);
    separator = ',';
  }
  return `${text}]`;
}

function canonicalObject(object: JsonObject): string {
  let text = '{';
  let separator = '';
  // oxlint-disable-next-line typescript/require-array-sort-compare -- the default order is by UTF-16 code units
  for (const key of Object.keys(object).sort()) {
    // The key was listed just now, so it has a value.
    text += `${separator}${JSON.stringify(key)}:${canonicalText(object[key] as JsonValue)}`;
    separator = ',';
  }
  return `${text}}`;
}
