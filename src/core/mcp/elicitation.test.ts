import { describe, expect, test } from 'vitest';
import { secretFieldOf } from './elicitation.ts';

const form = (properties: Record<string, unknown>): never =>
  ({ message: 'm', requestedSchema: { type: 'object', properties } }) as never;

describe('a form that asks for a secret is recognised', () => {
  test.each([
    'password',
    'userPassword',
    'api_key',
    'apiKey',
    'token',
    'access_token',
    'cardNumber',
    'card',
    'debitCard',
    'cvv',
    'pin',
    'ssn',
    'one_time_code',
    'privateKey',
    'seed phrase',
  ])('by the field name %s', (name) => {
    expect(secretFieldOf(form({ city: { type: 'string' }, [name]: { type: 'string' } }))).toBe(name);
  });

  test('by its title or its format', () => {
    expect(secretFieldOf(form({ a: { type: 'string', title: 'Your password' } }))).toBe('a');
    expect(secretFieldOf(form({ b: { type: 'string', format: 'password' } }))).toBe('b');
  });
});

test.each(['name', 'email', 'cards', 'postcard', 'tokenCount', 'pinned', 'spinner', 'cardinality', 'passenger', 'key'])(
  'the ordinary field %s is no secret',
  (name) => {
    expect(secretFieldOf(form({ [name]: { type: 'string' } }))).toBeUndefined();
  },
);

test('URL mode may lead to any page', () => {
  expect(secretFieldOf({ mode: 'url', url: 'https://example.com', message: 'password' })).toBeUndefined();
});
