import { z } from 'zod';
import { compareNumbers } from '../../mcp/json/compare-numbers.ts';
import { type JsonValue, numberText, type RawNumber } from '../../mcp/json/value.ts';
import { exactNumber } from './exact-number.ts';
import { cannotDecide, type Outcome } from './operator.ts';

/** A value that `in`, `contains` and their like compare with. */
export type Scalar = string | number | boolean | RawNumber;

export const scalar = z.union([z.string(), exactNumber, z.boolean()], {
  error: 'a string, a number, true or false is expected',
});

/**
 * Whether a value is `expected`: same JSON type, by value. Strings are equal code unit by code unit (no case folding, no
 * normalisation), numbers as exact decimals; another type cannot be decided, because an upstream might convert it.
 */
export function equalityWith(expected: Scalar | null): (value: JsonValue) => Outcome {
  if (expected === null) return () => mustBeNull;
  if (typeof expected === 'string') return (value) => (typeof value === 'string' ? value === expected : mustBeString);
  if (typeof expected === 'boolean') {
    return (value) => (typeof value === 'boolean' ? value === expected : mustBeBoolean);
  }
  const compare = comparisonWith(expected);
  return (value) => {
    const order = compare(value);
    return typeof order === 'number' ? order === 0 : order;
  };
}

/** How a value compares with a number (-1 less, 0 equal, 1 more), or why that cannot be decided. */
export function comparisonWith(expected: number | RawNumber): (value: JsonValue) => -1 | 0 | 1 | typeof mustBeNumber {
  const expectedText = numberText(expected) ?? '';
  return (value) => {
    // Two plain numbers are each the shortest decimal of a double of their own, so decimals and doubles order them alike.
    if (typeof value === 'number' && typeof expected === 'number') {
      return value < expected ? -1 : value > expected ? 1 : 0;
    }
    const text = numberText(value);
    if (text === undefined) return mustBeNumber;
    const order = compareNumbers(text, expectedText);
    return order === 'undecided' ? tooPrecise : order;
  };
}

const mustBeNull = cannotDecide('can be compared with null only when it is null; use `exists`');
const mustBeString = cannotDecide('must be a string');
const mustBeBoolean = cannotDecide('must be true or false');
const mustBeNumber = cannotDecide('must be a number');
const tooPrecise = cannotDecide('must be a number that reads the same as a decimal and as a double');
