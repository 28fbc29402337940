import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { valueText } from '../../../../test/arbitraries/json-text.ts';
import { CLIENT_MESSAGE_LIMITS } from '../../../core/mcp/json/limits.ts';
import { readJsonText } from '../../../core/mcp/json/read.ts';
import { isJsonObject, type JsonObject } from '../../../core/mcp/json/value.ts';
import { listenResultFor, notificationFor, originOf, withOwnId } from './rewrite.ts';

function read(text: string): JsonObject {
  const result = readJsonText(text, CLIENT_MESSAGE_LIMITS);
  if (!result.ok || !isJsonObject(result.value)) throw new Error('not an object');
  return result.value;
}

describe('a request for the server', () => {
  test('differs in its id and its progress token only; numbers keep their text and members their places', () => {
    const text =
      '{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"x","arguments":{"n":9007199254740993,"m":1.0,' +
      '"__proto__":{"id":1},"id":7,"progressToken":8},"_meta":{"a":1e2,"progressToken":"t","b":{"progressToken":2}}}}';
    expect(JSON.stringify(withOwnId(read(text), 41))).toBe(
      text.replace('"id":"a"', '"id":41').replace('"progressToken":"t"', '"progressToken":41'),
    );
  });

  test('gets no progress token that its client did not give', () => {
    const text = '{"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":{}}}';
    expect(JSON.stringify(withOwnId(read(text), 2))).toBe(text.replace('"id":1', '"id":2'));
  });

  test('leaves whatever else it holds as it is', () => {
    fc.assert(
      fc.property(valueText, valueText, (params, meta) => {
        const of = (id: string, token: string) =>
          `{"jsonrpc":"2.0","id":${id},"method":"m","params":{"x":${params},"_meta":{"y":${meta},"progressToken":${token}}}}`;
        const compact = (text: string) => JSON.stringify(read(text));
        expect(JSON.stringify(withOwnId(read(of('"i"', '1.50')), 3))).toBe(compact(of('3', '3')));
      }),
    );
  });
});

describe('a notification for a client', () => {
  const origin = originOf(
    read('{"jsonrpc":"2.0","id":1.50,"method":"m","params":{"_meta":{"progressToken":"their own"}}}'),
  );

  test('of progress has the token of the client', () => {
    const text =
      '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progress":0.10,"progressToken":4,"total":1}}';
    expect(JSON.stringify(notificationFor(origin, read(text)))).toBe(
      text.replace('"progressToken":4', '"progressToken":"their own"'),
    );
  });

  test('of a subscription has the id of its request, verbatim, and so has the result', () => {
    const meta = '"_meta":{"io.modelcontextprotocol/subscriptionId":4,"z":1.0}';
    const text = `{"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{${meta}}}`;
    const expected = (from: string) => from.replace('subscriptionId":4', 'subscriptionId":1.50');
    expect(JSON.stringify(notificationFor(origin, read(text)))).toBe(expected(text));
    expect(JSON.stringify(listenResultFor(origin, read(`{${meta}}`)))).toBe(expected(`{${meta}}`));
  });
});
