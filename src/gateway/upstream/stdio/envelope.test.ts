import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { valueText } from '../../../../test/arbitraries/json-text.ts';
import { scanEnvelope } from './envelope.ts';

const scan = (text: string) => scanEnvelope(Buffer.from(text));

describe('an envelope', () => {
  test('is found around any body, in any order and with any white space', () => {
    const space = fc.constantFrom('', ' ', '\t', ' \r');
    fc.assert(
      fc.property(
        valueText,
        fc.constantFrom('result', 'error'),
        fc.shuffledSubarray([0, 1, 2], { minLength: 3 }),
        space,
        (value, kind, order, s) => {
          const body = `{"value":${value}}`;
          const members = ['"jsonrpc":"2.0"', `"id"${s}:${s}17`, `"${kind}":${s}${body}`];
          const text = `${s}{${s}${order.map((index) => members[index]).join(`${s},${s}`)}${s}}${s}`;
          const bytes = Buffer.from(text);
          const envelope = scanEnvelope(bytes);
          expect(envelope).toMatchObject({ kind, id: 17 });
          expect(bytes.toString('utf8', envelope?.body?.start, envelope?.body?.end)).toBe(body);
        },
      ),
    );
  });

  test.each([
    ['{"jsonrpc":"2.0","method":"m"}', { kind: 'notification' }],
    ['{"jsonrpc":"2.0","method":"m","params":{"id":1}}', { kind: 'notification' }],
    ['{"jsonrpc":"2.0","method":"m","id":"1"}', { kind: 'request', id: '1' }],
    ['{"jsonrpc":"2.0","\\u0069d":"1","method":"m"}', { kind: 'request', id: '1' }],
    ['{"jsonrpc":"2.0","error":{"code":1,"message":""},"id":null}', { kind: 'error', id: null }],
    ['{"jsonrpc":"2.0","id":1,"result":{"a":"}\\\\\\"{"}}', { kind: 'result', id: 1 }],
  ])('%s is one', (text, expected) => {
    expect(scan(text)).toMatchObject(expected);
  });

  test.each([
    ['another version', '{"jsonrpc":"1.0","id":1,"result":{}}'],
    ['no version', '{"id":1,"result":{}}'],
    ['a member that it does not have', '{"jsonrpc":"2.0","id":1,"result":{},"extra":1}'],
    ['a member in another case', '{"jsonrpc":"2.0","ID":1,"result":{}}'],
    ['a member twice', '{"jsonrpc":"2.0","id":1,"id":2,"result":{}}'],
    ['a member twice, once in disguise', '{"jsonrpc":"2.0","id":1,"\\u0069d":2,"result":{}}'],
    ['result and error', '{"jsonrpc":"2.0","id":1,"result":{},"error":{}}'],
    ['neither result nor error', '{"jsonrpc":"2.0","id":1}'],
    ['a result and a method', '{"jsonrpc":"2.0","id":1,"method":"m","result":{}}'],
    ['a result without id', '{"jsonrpc":"2.0","result":{}}'],
    ['a result that is no object', '{"jsonrpc":"2.0","id":1,"result":[]}'],
    ['a request whose id is null', '{"jsonrpc":"2.0","id":null,"method":"m"}'],
    ['an id that is an object', '{"jsonrpc":"2.0","id":{},"result":{}}'],
    ['an id that is very long', `{"jsonrpc":"2.0","id":"${'x'.repeat(2000)}","result":{}}`],
    ['something behind it', '{"jsonrpc":"2.0","id":1,"result":{}} {}'],
    ['an end that is missing', '{"jsonrpc":"2.0","id":1,"result":{}'],
    ['a string that is not closed', '{"jsonrpc":"2.0","id":1,"result":{"a":"}}'],
    ['a comma too many', '{"jsonrpc":"2.0","id":1,"result":{},}'],
    ['nothing in it', '{}'],
    ['nothing at all', ''],
    ['an array around it', '[{"jsonrpc":"2.0","id":1,"result":{}}]'],
  ])('with %s is none', (_name, text) => {
    expect(scan(text)).toBeUndefined();
  });

  test('is never read with an error, whatever the bytes', () => {
    const bits = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ':',
      ',',
      '\\',
      '"jsonrpc":"2.0"',
      '"id":1',
      '"result":{',
      ' ',
    );
    fc.assert(fc.property(fc.array(bits), (parts) => void scan(parts.join(''))));
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void scanEnvelope(Buffer.from(bytes))));
  });
});
