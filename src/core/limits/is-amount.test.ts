import { expect, test } from 'vitest';
import { isAmount } from './is-amount.ts';

test.each([
  [0, true],
  [9_007_199_254_740_991, true],
  ['9007199254740993', true],
  ['0.5', true],
  ['12.05', true],
  [-1, false],
  [-0, false],
  [0.5, false],
  [9_007_199_254_740_992, false],
  [Number.NaN, false],
  ['5', false],
  ['-0.5', false],
  ['05.5', false],
  ['1.50', false],
  ['.5', false],
  ['1e3', false],
  ['1.', false],
  ['', false],
  [null, false],
])('%o can be taken: %s', (value, expected) => {
  expect(isAmount(value)).toBe(expected);
});
