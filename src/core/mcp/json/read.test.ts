import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CLIENT_MESSAGE_LIMITS, type JsonLimits, UPSTREAM_LIST_LIMITS } from './limits.ts';
import { readJson, readJsonText } from './read.ts';
import { isRawNumber, type JsonValue } from './value.ts';

const limits = CLIENT_MESSAGE_LIMITS;
const utf8 = (text: string) => new TextEncoder().encode(text);
const wide: JsonLimits = { bytes: 1e8, depth: 1000, nodes: 1e7 };

function accepted(text: string, within = limits): JsonValue {
  const result = readJson(utf8(text), within);
  if (!result.ok) throw new Error(`refused: ${result.error.text}`);
  return result.value;
}

function refusal(input: string | Uint8Array, within = limits): string {
  const result = readJson(typeof input === 'string' ? utf8(input) : input, within);
  return result.ok ? 'accepted' : `${result.error.reason}@${result.error.offset}`;
}

const bytes = (...parts: (string | number)[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...utf8(part)] : [part])));

describe('what is refused, and where', () => {
  test.each([
    // Keys: two parsers take two different ones.
    ['{"a":1,"a":2}', 'duplicate_key@7'],
    ['{"a":1,"b":{"x":[{"k":1,"j":2,"k":1}]}}', 'duplicate_key@30'],
    ['{"a":1,"\\u0061":2}', 'duplicate_key@7'],
    ['{"__proto__":1,"__proto__":2}', 'duplicate_key@15'],
    ['{"constructor":1,"constructor":2}', 'duplicate_key@17'],
    ['{"0":1,"0":2}', 'duplicate_key@7'],
    ['{"":1,"":2}', 'duplicate_key@6'],
    ['{"a":null,"a":null}', 'duplicate_key@10'],
    [`{"${'k'.repeat(99)}":1,"${'k'.repeat(99)}":2}`, 'duplicate_key@105'],
    ['{"method\\u0000":1}', 'nul_in_key@1'],
    [`{"${'k'.repeat(99)}\\u0000":1}`, 'nul_in_key@1'],
    // Numbers.
    ['NaN', 'invalid_number@0'],
    ['[Infinity]', 'invalid_number@1'],
    ['-Infinity', 'invalid_number@0'],
    ['[01]', 'invalid_number@1'],
    ['-01', 'invalid_number@0'],
    ['00', 'invalid_number@0'],
    ['00.5', 'invalid_number@0'],
    ['+1', 'invalid_number@0'],
    ['.5', 'invalid_number@0'],
    ['1.', 'invalid_number@0'],
    ['1.e5', 'invalid_number@0'],
    ['1e', 'invalid_number@0'],
    ['1e+', 'invalid_number@0'],
    ['-', 'invalid_number@0'],
    ['{"a":-}', 'invalid_number@5'],
    ['0x10', 'trailing_text@1'],
    ['[1_000]', 'unexpected_character@2'],
    ['[10n]', 'unexpected_character@3'],
    ['9'.repeat(65), 'number_too_long@0'],
    [`0.${'0'.repeat(64)}`, 'number_too_long@0'],
    [`${'1'.repeat(33)}.${'1'.repeat(32)}`, 'number_too_long@0'],
    [`1e${'0'.repeat(64)}1`, 'number_too_long@0'],
    ['1e309', 'number_out_of_range@0'],
    ['1e-309', 'number_out_of_range@0'],
    ['0e999', 'number_out_of_range@0'],
    ['0e-999', 'number_out_of_range@0'],
    ['1e99999999999999999999', 'number_out_of_range@0'],
    ['[1e400]', 'number_out_of_range@1'],
    ['10e308', 'number_out_of_range@0'],
    ['-1.8e308', 'number_out_of_range@0'],
    [`0.${'0'.repeat(30)}1e-300`, 'number_out_of_range@0'],
    // Characters.
    ['"\u0000"', 'control_character@1'],
    ['"a\nb"', 'control_character@2'],
    ['{"a\tb":1}', 'control_character@3'],
    [`"${'x'.repeat(200)}\u001f"`, 'control_character@201'],
    [`"${'x'.repeat(200)}\\n\u0001"`, 'control_character@203'],
    ['"\\x41"', 'invalid_escape@1'],
    ['"\\u12g4"', 'invalid_escape@1'],
    ['"\\u{41}"', 'invalid_escape@1'],
    ['"ab\\u 041"', 'invalid_escape@3'],
    ['"\\\n"', 'invalid_escape@1'],
    ['"\\ud800"', 'lone_surrogate@1'],
    ['"\\udc00"', 'lone_surrogate@1'],
    ['"x\\ud800\\ud800\\udc00"', 'lone_surrogate@2'],
    ['"\\ud83d\\n\\ude00"', 'lone_surrogate@1'],
    ['{"\\uDEAD":1}', 'lone_surrogate@2'],
    ['"abc', 'unterminated_string@0'],
    ['"abc\\"', 'unterminated_string@0'],
    ['"abc\\', 'unterminated_string@0'],
    ['{"a', 'unterminated_string@1'],
    // Grammar.
    ['[1,]', 'trailing_comma@3'],
    ['{"a":1,}', 'trailing_comma@7'],
    ['{"a":1 , }', 'trailing_comma@9'],
    ['[,1]', 'unexpected_character@1'],
    ['[1,,2]', 'unexpected_character@3'],
    ['{,}', 'unexpected_character@1'],
    ['{"a":1,,"b":2}', 'unexpected_character@7'],
    ['[1 2]', 'unexpected_character@3'],
    ['{"a":1 "b":2}', 'unexpected_character@7'],
    ['{"a" 1}', 'unexpected_character@5'],
    ['{"a",1}', 'unexpected_character@4'],
    ['{a:1}', 'unexpected_character@1'],
    ["{'a':1}", 'unexpected_character@1'],
    ['{1:1}', 'unexpected_character@1'],
    ['[1}', 'unexpected_character@2'],
    ['{"a":1]', 'unexpected_character@6'],
    ['True', 'unexpected_character@0'],
    ['tru', 'unexpected_character@0'],
    ['nul1', 'unexpected_character@0'],
    ['undefined', 'unexpected_character@0'],
    ['\u00a01', 'unexpected_character@0'],
    ['\f1', 'unexpected_character@0'],
    ['\u2028[]', 'unexpected_character@0'],
    ['/* c */ 1', 'comment@0'],
    ['[1, // c\n2]', 'comment@4'],
    ['{"a"/**/:1}', 'comment@4'],
    ['1 // c', 'comment@2'],
    ['', 'unexpected_end@0'],
    [' \n', 'unexpected_end@2'],
    ['[', 'unexpected_end@1'],
    ['{', 'unexpected_end@1'],
    ['{"a"', 'unexpected_end@4'],
    ['{"a":', 'unexpected_end@5'],
    ['{"a":1', 'unexpected_end@6'],
    ['{"a":1,', 'unexpected_end@7'],
    ['[1', 'unexpected_end@2'],
    ['[1,', 'unexpected_end@3'],
    ['{}{}', 'trailing_text@2'],
    ['{} x', 'trailing_text@3'],
    ['1,', 'trailing_text@1'],
    ['null\u0000', 'trailing_text@4'],
    ['{}\n\ufeff', 'trailing_text@3'],
    ['truefalse', 'trailing_text@4'],
    ['\ufeff{}', 'byte_order_mark@0'],
  ])('%j: %s', (text, problem) => {
    expect(refusal(text)).toBe(problem);
  });

  test.each([
    ['an overlong slash', bytes('"', 0xc0, 0xaf, '"'), 'ill_formed_utf8@1'],
    ['an overlong NUL in three bytes', bytes('"a', 0xe0, 0x80, 0x80, '"'), 'ill_formed_utf8@2'],
    ['a surrogate as bytes', bytes('"', 0xed, 0xa0, 0x80, '"'), 'ill_formed_utf8@1'],
    ['beyond U+10FFFF', bytes('"', 0xf4, 0x90, 0x80, 0x80, '"'), 'ill_formed_utf8@1'],
    ['a lone continuation byte', bytes('"é', 0x80, '"'), 'ill_formed_utf8@3'],
    ['a sequence cut off by the end', bytes('"', 0xf0, 0x9f, 0x98), 'ill_formed_utf8@1'],
    ['Latin-1', bytes('"caf', 0xe9, '"'), 'ill_formed_utf8@4'],
    ['UTF-16 with its mark', bytes(0xff, 0xfe, '{', 0, '}', 0), 'ill_formed_utf8@0'],
    ['UTF-16 without', bytes('{', 0, '}', 0), 'unexpected_character@1'],
    ['a byte order mark', bytes(0xef, 0xbb, 0xbf, '{}'), 'byte_order_mark@0'],
  ])('%s', (_name, input, problem) => {
    expect(refusal(input)).toBe(problem);
  });

  test('offsets count bytes for bytes and UTF-16 code units for text', () => {
    expect(refusal('["é→😀",x]')).toBe('unexpected_character@13');
    expect(readJsonText('["é→😀",x]', limits)).toMatchObject({ error: { offset: 8, unit: 'character' } });
  });

  test('a lone surrogate of a text that came decoded is refused', () => {
    expect(readJsonText('["😀","\ud800"]', limits)).toMatchObject({ error: { reason: 'lone_surrogate', offset: 7 } });
  });

  test('no problem quotes what was sent', () => {
    const result = readJson(utf8('{"secret":1,"secret":2}'), limits);
    expect(result).toEqual({
      ok: false,
      error: { reason: 'duplicate_key', offset: 12, unit: 'byte', text: 'A key occurs twice in one object (byte 12).' },
    });
  });
});

describe('bounds', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

  test('depth counts objects and arrays, the limit included', () => {
    expect(refusal(nested(64))).toBe('accepted');
    expect(refusal(nested(65))).toBe('too_deep@64');
    expect(refusal(`${'{"a":'.repeat(65)}1${'}'.repeat(65)}`)).toBe('too_deep@320');
    expect(refusal('1', { ...limits, depth: 0 })).toBe('accepted');
    expect(refusal('[]', { ...limits, depth: 0 })).toBe('too_deep@0');
  });

  test('no depth that is asked for overflows the stack', () => {
    expect(refusal('['.repeat(200_000), { ...limits, depth: 1e9 })).toBe('too_deep@1000');
    expect(refusal(nested(1000), { ...limits, depth: 1e9 })).toBe('accepted');
  });

  test('every value and every key is a node, the limit included', () => {
    expect(refusal('{"a":[1]}', { ...limits, nodes: 4 })).toBe('accepted');
    expect(refusal('{"a":[1]}', { ...limits, nodes: 3 })).toBe('too_many_nodes@6');
    expect(refusal('{"a":1}', { ...limits, nodes: 1 })).toBe('too_many_nodes@1');
    expect(refusal(`[${'0,'.repeat(9_998)}0]`)).toBe('accepted');
    expect(refusal(`[${'0,'.repeat(9_999)}0]`)).toBe('too_many_nodes@19999');
  });

  test('bytes are counted before anything is decoded', () => {
    expect(refusal(`"${'é'.repeat(10)}"`, { ...limits, bytes: 22 })).toBe('accepted');
    expect(refusal(`"${'é'.repeat(10)}"`, { ...limits, bytes: 21 })).toBe('too_large@21');
    expect(readJsonText(`"${'é'.repeat(10)}"`, { ...limits, bytes: 22 }).ok).toBe(true);
    expect(readJsonText(`"${'é'.repeat(10)}"`, { ...limits, bytes: 21 })).toMatchObject({
      error: { reason: 'too_large' },
    });
  });

  test.each([
    ['short', 5, '"abcde"', '"abcdef"'],
    ['escaped', 3, '"\\u0061\\nc"', '"\\u0061\\ncd"'],
    ['long', 100, `"${'x'.repeat(100)}"`, `"${'x'.repeat(101)}"`],
    ['a key', 1, '{"a":1}', '{"ab":1}'],
  ])('a string (%s) has at most the length given', (_name, stringLength, fits, tooLong) => {
    expect(refusal(fits, { ...limits, stringLength })).toBe('accepted');
    expect(refusal(tooLong, { ...limits, stringLength })).toMatch(/^string_too_long/);
  });

  test.each([
    ['unclosed strings', '"'.repeat(500_000)],
    ['backslashes', `"${'\\'.repeat(999_999)}`],
    ['escaped quotes', `"${'\\"'.repeat(500_000)}`],
    ['digits', '1'.repeat(1_000_000)],
    ['white space', ' '.repeat(1_000_000)],
    ['commas', `[${','.repeat(1_000_000)}`],
    ['exponent digits', `1e${'0'.repeat(1_000_000)}`],
  ])('a megabyte of %s is refused in linear time', (_name, text) => {
    const input = utf8(text);
    const start = performance.now();
    expect(readJson(input, wide).ok).toBe(false);
    // Ten times what it takes on a slow machine; anything quadratic takes minutes.
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

describe('what is accepted keeps its meaning', () => {
  test.each([
    ['1.0'],
    ['1e3'],
    ['1E+3'],
    ['-0'],
    ['-0.0'],
    ['0.10'],
    ['9007199254740993'],
    ['12345678901234567890'],
    ['0.1000000000000000055511151231257827'],
    ['1e308'],
    ['9'.repeat(64)],
    [`0.${'0'.repeat(62)}1`],
    ['1e0000308'],
    ['500.0000000000000001'],
  ])('the number %s is forwarded as it was written', (text) => {
    const value = accepted(`{"n":${text}}`);
    expect(isRawNumber((value as { n: JsonValue }).n)).toBe(true);
    expect(JSON.stringify(value)).toBe(`{"n":${text}}`);
  });

  test.each([
    ['0'],
    ['7'],
    ['-7'],
    ['123456789012345'],
    ['9007199254740992'],
    ['0.1'],
    ['-12.5'],
    ['1e+21'],
    ['1e-7'],
    ['1e-308'],
  ])('the number %s, written as JavaScript prints it, is a plain number', (text) => {
    expect(accepted(text)).toBe(Number(text));
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'])(
    'a member named %s is an own member like any other',
    (key) => {
      const value = accepted(`{"${key}":{"polluted":true},"z":1}`) as Record<string, JsonValue>;
      expect(Object.keys(value)).toEqual([key, 'z']);
      expect(Object.getOwnPropertyDescriptor(value, key)).toEqual({
        value: { polluted: true },
        enumerable: true,
        writable: true,
        configurable: true,
      });
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
      expect('polluted' in value).toBe(false);
    },
  );

  test('integer-like keys are members as in JSON.parse', () => {
    const text = '{"b":1,"10":2,"9":3,"4294967295":4,"01":5,"-1":6}';
    expect(JSON.stringify(accepted(text))).toBe(JSON.stringify(JSON.parse(text)));
  });

  test('an object with a member named rawJSON is an object', () => {
    const value = accepted('{"n":{"rawJSON":"1"}}') as { n: JsonValue };
    expect(isRawNumber(value.n)).toBe(false);
    expect(JSON.stringify(value)).toBe('{"n":{"rawJSON":"1"}}');
  });

  test('a large document is read as JSON.parse reads it', () => {
    const lockfile = readFileSync('package-lock.json', 'utf8');
    expect(accepted(lockfile, UPSTREAM_LIST_LIMITS)).toEqual(JSON.parse(lockfile));
  });
});
