import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { space, stringText, valueText } from '../../../../test/arbitraries/json-text.ts';
import { type ByteSpan, ResponseScanner, type ScannedResponse } from './scan-response.ts';
import { toPlainJson } from './value.ts';

/** The outcome of one scan: what was seen, or the problem. */
function scan(bytes: Uint8Array, splits: readonly number[] = [], limits?: { depth: number; tokenBytes: number }) {
  const scanner = new ResponseScanner(limits);
  const places = [...new Set([0, ...splits.map((place) => place % (bytes.length + 1)), bytes.length])];
  places.sort((a, b) => a - b);
  for (const [index, place] of places.entries()) {
    const next = places[index + 1];
    // A copy, wiped afterwards: nothing may depend on a chunk after it was pushed.
    const chunk = Buffer.from(bytes.subarray(place, next ?? place));
    scanner.push(chunk);
    chunk.fill(0x22);
  }
  return scanner.finish();
}

const scanText = (text: string, limits?: { depth: number; tokenBytes: number }) => scan(Buffer.from(text), [], limits);

function problemOf(text: string, limits?: { depth: number; tokenBytes: number }): string {
  const outcome = scanText(text, limits);
  return outcome.ok ? 'accepted' : `${outcome.error.reason}@${outcome.error.offset}`;
}

describe('what a response says of itself', () => {
  test('a result: its span, its id, its kind', () => {
    const text = '{"jsonrpc":"2.0","id":"a","result":{"resultType":"complete","content":[],"isError":true}}';
    expect(scanText(text)).toEqual({
      ok: true,
      value: {
        jsonrpc: '2.0',
        id: 'a',
        idSpan: { start: 22, end: 25 },
        resultSpan: { start: 35, end: 88 },
        resultType: 'complete',
        isError: true,
        hasRequestState: false,
        hasInputRequests: false,
      },
    });
  });

  test('a result that asks for input', () => {
    const text = '{"id":1,"result":{"inputRequests":{"x":{}},"requestState":"s","resultType":"input_required"}}';
    expect(scanText(text)).toMatchObject({
      value: { id: 1, hasRequestState: true, hasInputRequests: true, resultType: 'input_required' },
    });
  });

  test('an error: its span and code', () => {
    const text = ' {"error" : {"message":"no","data":{"code":5},"code":-32601} , "id" : null}\n';
    const outcome = scanText(text);
    expect(outcome).toMatchObject({ value: { code: -32601, id: null, errorSpan: { start: 12, end: 60 } } });
    expect(outcome).not.toHaveProperty('value.resultSpan');
  });

  test('names written with escapes are the same names', () => {
    const text = '{"\\u0069d":7,"re\\u0073ult":{"is\\u0045rror":true,"request\\u0053tate":"x"}}';
    expect(scanText(text)).toMatchObject({ value: { id: 7, isError: true, hasRequestState: true } });
  });

  test('members of the same names elsewhere say nothing', () => {
    const text =
      '{"id":1,"result":{"content":[{"isError":true,"id":2}],"_meta":{"resultType":"x","requestState":1,"error":{}},"error":{"code":1},"id":3,"result":{}}}';
    expect(scanText(text)).toMatchObject({ value: { id: 1, hasRequestState: false } });
    expect(scanText(text)).not.toHaveProperty('value.isError');
    expect(scanText(text)).not.toHaveProperty('value.code');
    expect(scanText(text)).not.toHaveProperty('value.resultType');
  });

  test('a number keeps its text as id, and is a plain number as code', () => {
    expect(scanText('{"id":1.0,"result":{}}')).toMatchObject({ value: { id: JSON.rawJSON('1.0') } });
    expect(scanText('{"id":1,"error":{"code":-32601.0}}')).toMatchObject({ value: { code: -32601 } });
  });

  test('what has been seen can be asked before the end', () => {
    const scanner = new ResponseScanner();
    scanner.push(Buffer.from('{"jsonrpc":"2.0","id":12,"result":{"isError":fal'));
    expect(scanner.seen).toMatchObject({ id: 12, idSpan: { start: 22, end: 24 } });
    expect(scanner.seen).not.toHaveProperty('isError');
    scanner.push(Buffer.from('se'));
    expect(scanner.seen).toMatchObject({ isError: false });
  });
});

describe('what is refused, and where', () => {
  test.each([
    ['', 'unexpected_end@0'],
    ['  ', 'unexpected_end@2'],
    ['[]', 'not_an_object@0'],
    [' "x"', 'not_an_object@1'],
    ['1', 'not_an_object@0'],
    ['null', 'not_an_object@0'],
    ['\ufeff{}', 'not_an_object@0'],
    ['[{"id":1,"result":{}}]', 'not_an_object@0'],
    ['{}', 'no_result_or_error@2'],
    ['{"jsonrpc":"2.0","id":1}', 'no_result_or_error@24'],
    ['{"id":1,"result":{}', 'unexpected_end@19'],
    ['{"id":1,"result":{"a":"}}', 'unexpected_end@25'],
    ['{"id":1,"result":{"a":"\\"}}', 'unexpected_end@27'],
    ['{"id":1,"result":{}}{}', 'trailing_bytes@20'],
    ['{"id":1,"result":{}} x', 'trailing_bytes@21'],
    ['{"id":1,"result":{}},', 'trailing_bytes@20'],
    ['{"id":1,"result":{}}\u0000', 'trailing_bytes@20'],
    ['{"result":{}}}', 'trailing_bytes@13'],
    ['{"result":{]}', 'unexpected_byte@11'],
    ['{"result":{"a":[}]}', 'unexpected_byte@16'],
    ['{"result":{"a":[1}}', 'unexpected_byte@17'],
    ['{"result":{},}', 'unexpected_byte@13'],
    ['{"result":{"a":[1,]}}', 'unexpected_byte@18'],
    ['{"result":{"a":1,}}', 'unexpected_byte@17'],
    ['{,"result":{}}', 'unexpected_byte@1'],
    ['{"result" {}}', 'unexpected_byte@10'],
    ['{"result"}', 'unexpected_byte@9'],
    ['{"result":}', 'unexpected_byte@10'],
    ['{"result":{"a":1 2}}', 'unexpected_byte@17'],
    ['{"result":{"a":"x""y"}}', 'unexpected_byte@18'],
    ['{"result":{"a":tru}}', 'unexpected_byte@18'],
    ['{"result":{"a":truer}}', 'unexpected_byte@19'],
    ['{"result":{"a":01}}', 'unexpected_byte@16'],
    ['{"result":{"a":-}}', 'unexpected_byte@16'],
    ['{"result":{"a":1.}}', 'unexpected_byte@17'],
    ['{"result":{"a":1e}}', 'unexpected_byte@17'],
    ['{"result":{"a":.5}}', 'unexpected_byte@15'],
    ['{"result":{"a":NaN}}', 'unexpected_byte@15'],
    ['{"result":{a:1}}', 'unexpected_byte@11'],
    ["{'result':{}}", 'unexpected_byte@1'],
    ['{/**/"result":{}}', 'unexpected_byte@1'],
    ['{1:1}', 'unexpected_byte@1'],
    ['{"id":1,"method":"x","result":{}}', 'unknown_member@8'],
    ['{"id":1,"result":{},"x":1}', 'unknown_member@20'],
    ['{"id":1,"Result":{}}', 'unknown_member@8'],
    ['{"id\\u0000":1,"result":{}}', 'unknown_member@1'],
    ['{"__proto__":1,"result":{}}', 'unknown_member@1'],
    ['{"id":1,"result":{},"id":2}', 'duplicate_member@20'],
    ['{"id":1,"result":{},"\\u0069\\u0064":2}', 'duplicate_member@20'],
    ['{"result":{},"result":{}}', 'duplicate_member@13'],
    ['{"result":{"isError":true,"isError":false}}', 'duplicate_member@26'],
    ['{"result":{"requestState":"a","requestState":"b"}}', 'duplicate_member@30'],
    ['{"error":{"code":1,"c\\u006fde":2}}', 'duplicate_member@19'],
    ['{"result":{"iserror":true}}', 'ambiguous_member@11'],
    ['{"result":{"InputRequests":{}}}', 'ambiguous_member@11'],
    ['{"result":{"reſultType":"x"}}', 'ambiguous_member@11'],
    ['{"error":{"Code":1}}', 'ambiguous_member@10'],
    ['{"result":{"isError\\u0000":true}}', 'ambiguous_member@11'],
    ['{"result":{},"error":{}}', 'result_and_error@13'],
    ['{"error":{},"result":{}}', 'result_and_error@12'],
    ['{"result":[]}', 'wrong_type@10'],
    ['{"result":"text"}', 'wrong_type@10'],
    ['{"result":null}', 'wrong_type@10'],
    ['{"error":"text"}', 'wrong_type@9'],
    ['{"id":{},"result":{}}', 'wrong_type@6'],
    ['{"id":[1],"result":{}}', 'wrong_type@6'],
    ['{"result":{"isError":{}}}', 'wrong_type@21'],
    ['{"error":{"code":"x"}}', 'wrong_type@17'],
    ['{"id":"\\x","result":{}}', 'invalid_token@6'],
    ['{"id":"\\ud800","result":{}}', 'invalid_token@6'],
    ['{"id":1e999,"result":{}}', 'invalid_token@6'],
    ['{"id":"a\nb","result":{}}', 'invalid_token@6'],
    [`{"id":${'1'.repeat(65)},"result":{}}`, 'invalid_token@6'],
  ])('%s: %s', (text, problem) => {
    expect(problemOf(text)).toBe(problem);
    // The same byte by byte.
    const bytes = Buffer.from(text);
    const outcome = scan(bytes, [...bytes.keys()]);
    expect(outcome.ok ? 'accepted' : `${outcome.error.reason}@${outcome.error.offset}`).toBe(problem);
  });

  test('a name in ill-formed UTF-8 is refused', () => {
    const outcome = scan(Buffer.from([...Buffer.from('{"result":{"is'), 0xff, ...Buffer.from('":1}}')]));
    expect(outcome).toMatchObject({ error: { reason: 'invalid_token', offset: 11 } });
  });

  test('after a problem nothing is read, and the problem stays', () => {
    const scanner = new ResponseScanner();
    const problem = scanner.push(Buffer.from('{"x'));
    expect(problem).toBeUndefined();
    const first = scanner.push(Buffer.from('":1'));
    expect(first).toMatchObject({
      reason: 'unknown_member',
      text: 'The response has a member that JSON-RPC does not have (byte 1).',
    });
    expect(scanner.push(Buffer.from('{"id":1,"result":{}}'))).toBe(first);
    expect(scanner.finish()).toEqual({ ok: false, error: first });
  });
});

describe('bounds', () => {
  const limits = { depth: 4, tokenBytes: 64 };

  test('depth, the limit included', () => {
    expect(problemOf('{"result":{"a":[[]]}}', limits)).toBe('accepted');
    expect(problemOf('{"result":{"a":[[{}]]}}', limits)).toBe('too_deep@17');
    expect(problemOf(`{"result":{"a":${'['.repeat(100_000)}`)).toBe('too_deep@525');
  });

  test.each([
    ['an id', (n: number) => `{"id":"${'x'.repeat(n - 2)}","result":{}}`, 6],
    ['an envelope name', (n: number) => `{"${'x'.repeat(n - 2)}":1,"result":{}}`, 1],
    ['a name in the result', (n: number) => `{"result":{"${'x'.repeat(n - 2)}":1}}`, 11],
    ['any number', (n: number) => `{"result":{"a":[${'1'.repeat(n)}]}}`, 16],
  ])('%s has at most so many bytes, in one piece or in many', (_name, textOf, offset) => {
    for (const [length, isTooLong] of [
      [64, false],
      [65, true],
      [5_000, true],
    ] as const) {
      const bytes = Buffer.from(textOf(length));
      const whole = scan(bytes, [], limits);
      expect(scan(bytes, [...bytes.keys()], limits)).toEqual(whole);
      const isRefusedForLength = !whole.ok && whole.error.reason === 'token_too_long' && whole.error.offset === offset;
      expect(isRefusedForLength).toBe(isTooLong);
    }
  });

  test('strings that are not read have any length', () => {
    const long = 'x'.repeat(200_000);
    expect(problemOf(`{"result":{"a":"${long}","b":{"${long}":"${long}"},"requestState":"${long}"}}`)).toBe('accepted');
  });

  test('a token that comes byte by byte is read in linear time', () => {
    const bytes = Buffer.from(`{"id":"${'x'.repeat(60_000)}","result":{}}`);
    const start = performance.now();
    expect(scan(bytes, [...bytes.keys()]).ok).toBe(true);
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  test.each([
    ['backslashes', `{"result":{"a":"${'\\\\'.repeat(500_000)}"}}`],
    ['escaped quotes', `{"result":{"a":"${'\\"'.repeat(500_000)}"}}`],
    ['brackets', `{"result":{"a":[${'[],'.repeat(300_000)}0]}}`],
  ])('a megabyte of %s takes linear time, in one piece and in small ones', (_name, text) => {
    const bytes = Buffer.from(text);
    const splits = Array.from({ length: 5_000 }, (_, n) => n * 199);
    const start = performance.now();
    expect(scan(bytes).ok).toBe(true);
    expect(scan(bytes, splits).ok).toBe(true);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

/** A name as it is, or with one letter as an escape. */
const spelled = (name: string) =>
  fc.constantFrom(`"${name}"`, `"\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}"`);
const scalarText = fc.oneof(
  fc.constantFrom('null', 'true', 'false', '0', '-7', '1.50', '"input_required"'),
  stringText,
);
const objectOf = (members: fc.Arbitrary<[string, string]>[]) =>
  fc.tuple(fc.tuple(...members), fc.nat(), space).map(([drawn, turn, gap]) => {
    const turned = [...drawn.slice(turn % drawn.length), ...drawn.slice(0, turn % drawn.length)].filter(
      ([, value]) => value !== '',
    );
    return `{${turned.map(([name, value]) => `${gap}${name}${gap}:${value}${gap}`).join(',')}}`;
  });
const member = (name: string, value: fc.Arbitrary<string>) => fc.tuple(spelled(name), fc.oneof(fc.constant(''), value));
const resultText = objectOf([
  member('content', valueText),
  member('isError', scalarText),
  member('_meta', valueText),
  member('resultType', scalarText),
  member('requestState', valueText),
  member('inputRequests', valueText),
  member('structuredContent', valueText),
]);
const errorText = objectOf([
  member('code', fc.integer().map(String)),
  member('message', stringText),
  member('data', valueText),
]);
const responseText = fc
  .boolean()
  .chain((isResult) =>
    objectOf([
      member('jsonrpc', fc.constant('"2.0"')),
      member('id', scalarText),
      isResult ? fc.tuple(spelled('result'), resultText) : fc.tuple(spelled('error'), errorText),
    ]),
  );

type Plain = Record<string, unknown> & { result?: Record<string, unknown>; error?: Record<string, unknown> };

/** What the scanner should have seen, from the parsed message. */
function expectedOf(message: Plain): Record<string, unknown> {
  const { result, error } = message;
  const picked: [string, unknown][] = [
    ['jsonrpc', message['jsonrpc']],
    ['id', message['id']],
    ['resultType', result?.['resultType']],
    ['isError', result?.['isError']],
    ['code', error?.['code']],
  ];
  return {
    ...Object.fromEntries(picked.filter(([, value]) => value !== undefined)),
    hasRequestState: result !== undefined && 'requestState' in result,
    hasInputRequests: result !== undefined && 'inputRequests' in result,
  };
}

function withoutSpans({ idSpan: _i, resultSpan: _r, errorSpan: _e, ...members }: ScannedResponse) {
  return toPlainJson({ ...members });
}

describe('agreement with JSON.parse', () => {
  const valueAt = (bytes: Buffer, span: ByteSpan | undefined): unknown =>
    span === undefined ? undefined : JSON.parse(bytes.subarray(span.start, span.end).toString());

  test('members and spans are those of the parsed message', () => {
    fc.assert(
      fc.property(responseText, space, (text, edge) => {
        const bytes = Buffer.from(edge + text + edge);
        const message = JSON.parse(text) as Plain;
        const outcome = scan(bytes);
        if (!outcome.ok) throw new Error(outcome.error.text);
        expect(withoutSpans(outcome.value)).toEqual(expectedOf(message));
        expect(valueAt(bytes, outcome.value.idSpan)).toEqual(message['id']);
        expect(valueAt(bytes, outcome.value.resultSpan)).toEqual(message.result);
        expect(valueAt(bytes, outcome.value.errorSpan)).toEqual(message.error);
      }),
      { numRuns: 500 },
    );
  });

  test('bytes split anywhere give the same answer as in one piece', () => {
    fc.assert(
      fc.property(responseText, fc.array(fc.nat(), { maxLength: 30 }), (text, splits) => {
        const bytes = Buffer.from(text);
        const whole = scan(bytes);
        expect(scan(bytes, splits)).toEqual(whole);
        expect(scan(bytes, [...bytes.keys()])).toEqual(whole);
      }),
    );
  });

  test('after any mutation: split or not, one answer; accepted is what JSON.parse reads; refused is not for grammar it allows', () => {
    const interesting = [...Buffer.from('"\\{}[]:,01eE+-.tfn \n\u0000'), 0x80, 0xff];
    const mutation = fc.tuple(fc.nat(), fc.constantFrom(0, 1), fc.oneof(fc.constantFrom(...interesting), fc.nat(255)));
    let [accepted, refused] = [0, 0];
    fc.assert(
      fc.property(
        responseText,
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        fc.array(fc.nat(), { maxLength: 5 }),
        (text, mutations, splits) => {
          const mutated = [...Buffer.from(text)];
          for (const [at, deleted, byte] of mutations)
            mutated.splice(at % mutated.length, deleted, ...(byte === 0x2c ? [] : [byte]));
          const bytes = Buffer.from(mutated);
          const outcome = scan(bytes);
          expect(scan(bytes, splits)).toEqual(outcome);
          expect(scan(bytes, [...bytes.keys()])).toEqual(outcome);
          if (outcome.ok) {
            accepted += 1;
            expect(withoutSpans(outcome.value)).toEqual(expectedOf(JSON.parse(repaired(bytes.toString())) as Plain));
          } else if (isJson(bytes.toString())) {
            refused += 1;
            expect(outcome.error.reason).not.toMatch(/^(unexpected_byte|unexpected_end|trailing_bytes)$/);
          }
        },
      ),
      { numRuns: 3_000 },
    );
    expect(accepted).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(20);
  });
});

/** The text with strings emptied that JSON.parse refuses: the scanner does not look into strings it does not read. */
function repaired(text: string): string {
  return text.replace(/"(?:[^"\\]|\\[\s\S])*"/g, (token) => (isJson(token) ? token : '""'));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
