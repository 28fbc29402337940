import { expect, test } from 'vitest';
import { readSchema } from './schema-facts.ts';

test('parameters are read with their place, depth and kind', () => {
  const facts = readSchema({
    type: 'object',
    required: ['sql'],
    properties: {
      sql: { type: 'string' },
      'a/b~c': { type: 'object', properties: { amount: { type: 'number' } } },
      rows: { type: 'array', items: { type: 'object', properties: { to: { type: 'string' } } } },
    },
    anyOf: [{ properties: { page: { type: 'integer' } } }],
  });
  expect(facts.state).toBe('read');
  expect(facts.parameters.map(({ pointer, kind, depth, isRequired }) => [pointer, kind, depth, isRequired])).toEqual([
    ['/inputSchema/properties/sql', 'sql', 0, true],
    ['/inputSchema/properties/a~1b~0c', undefined, 0, false],
    ['/inputSchema/properties/a~1b~0c/properties/amount', 'money', 1, false],
    ['/inputSchema/properties/rows', 'payload', 0, false],
    ['/inputSchema/properties/rows/items/properties/to', 'recipient', 1, false],
    ['/inputSchema/anyOf/0/properties/page', 'filter', 0, false],
  ]);
});

test.each([[undefined], [null], ['text'], [[]], [7]])('%j is no schema', (value) => {
  expect(readSchema(value)).toEqual({ state: 'missing', parameters: [] });
});

test('a property called __proto__ or constructor is a property', () => {
  const schema: unknown = JSON.parse('{"properties":{"__proto__":{"type":"string"},"constructor":{"type":"string"}}}');
  expect(readSchema(schema).parameters.map((parameter) => parameter.name)).toEqual(['__proto__', 'constructor']);
});

test('allowed values are read from enum, const and alternatives', () => {
  const [first, second] = readSchema({
    properties: { a: { enum: ['x', 1, 'y'] }, b: { anyOf: [{ const: 'p' }, { enum: ['q'] }] } },
  }).parameters;
  expect(first?.values).toEqual(['x', 'y']);
  expect(second?.values).toEqual(['p', 'q']);
});
