import { expect, test } from 'vitest';
import type { JsonValue } from '../mcp/json/value.ts';
import { argumentNames, hasLookalikeKey } from './argument-names.ts';
import { type PathSegment, parseConditionPath } from './condition-path.ts';

const segments = (path: string): readonly PathSegment[] => {
  const parsed = parseConditionPath(path);
  if (!parsed.ok || parsed.value.root !== 'args') throw new Error(path);
  return parsed.value.segments;
};
const names = argumentNames(
  ['args.amount', 'args.order.items[0].price', 'args.order.id', 'args.list[2]'].map(segments),
);

test.each<[boolean, JsonValue]>([
  [false, {}],
  [false, { amount: 1, other: 2, order: { id: 1, items: [{ price: 1 }] } }],
  [true, { Amount: 1 }],
  [true, { amount: 1, AMOUNT: 2 }],
  [true, { 'amoun\u0074\u200b': 1 }],
  [true, { '\uff41mount': 1 }],
  [true, { order: { ID: 1 } }],
  [true, { order: { items: [{ price: 1 }, { Price: 2 }] } }],
  [false, { order: { Amount: 1 } }],
  [false, { order: [{ ID: 1 }] }],
  [false, { list: [{ Amount: 1 }] }],
  [false, 'amount'],
  [false, null],
])('%s: %j', (expected, args) => {
  if (names === undefined) throw new Error('no names');
  expect(hasLookalikeKey(names, args)).toBe(expected);
});

test('a rule that reads no argument has no names', () => {
  expect(argumentNames([])).toBeUndefined();
});
