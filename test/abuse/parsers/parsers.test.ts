import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firstWins } from './first-wins.ts';
import { foldGoKey, go } from './go.ts';
import type { JsonTree } from './json-tree.ts';
import { node } from './node.ts';
import type { Personality } from './personality.ts';
import { parsePythonText, python } from './python.ts';
import { meaningOf, understand } from './understood.ts';

/** What a personality makes of a text, as plain data; `error` when it refuses. */
function read(personality: Personality, text: string | Uint8Array): unknown {
  const parsed = personality.parse(typeof text === 'string' ? Buffer.from(text) : text);
  return parsed.ok ? meaningOf(parsed.value, personality) : 'error';
}

const number = (text: string): unknown => ({ number: text });
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const method = (personality: Personality, text: string): string | undefined => {
  const understood = understand(personality, Buffer.from(text));
  return understood.kind === 'message' ? understood.method : undefined;
};

// The columns are what the real parsers do (Node 26, CPython 3.11.7, Go 1.26).
describe('the same text, read four ways', () => {
  test.each([
    ['two equal keys', '{"name":"a","name":"b"}', [['name', 'b']], [['name', 'b']], [['name', 'b']], [['name', 'a']]],
    ['NaN', 'NaN', 'error', number('NaN'), 'error', 'error'],
    ['-Infinity', '-Infinity', 'error', number('-Infinity'), 'error', 'error'],
    ['half a surrogate pair', '"\\ud800"', '\ud800', '\ud800', '\ufffd', '\ud800'],
    ['a raw control character', '"\u0001"', 'error', 'error', 'error', 'error'],
    ['leading zeros', '0100', 'error', 'error', 'error', 'error'],
    ['a trailing comma', '[1,]', 'error', 'error', 'error', 'error'],
    ['single quotes', "{'a':1}", 'error', 'error', 'error', 'error'],
    ['two values', '{}{}', 'error', 'error', 'error', 'error'],
    ['an escaped key', '{"\\u0061":1}', ...Array.from({ length: 4 }, () => [['a', number('1')]])],
    ['a number beyond a double', '1e400', number('Infinity'), number('Infinity'), 'error', number('Infinity')],
  ] as const)('%s', (_, text, ...expected) => {
    expect([node, python, go, firstWins].map((personality) => read(personality, text))).toEqual(expected);
  });

  test('a byte order mark is read by Python from bytes only', () => {
    const bytes = Buffer.from('\ufeff{}');
    expect([node, python, go, firstWins].map((personality) => read(personality, bytes))).toEqual([
      'error',
      [],
      'error',
      'error',
    ]);
    expect(parsePythonText('\ufeff{}').ok).toBe(false);
  });

  test('ill-formed UTF-8 is refused by Python and replaced by the others', () => {
    const bytes = Buffer.from([0x22, 0xff, 0x22]);
    expect([node, python, go].map((personality) => read(personality, bytes))).toEqual(['\ufffd', 'error', '\ufffd']);
    expect(read(python, Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]))).toBe('\ud800');
  });

  test('depth ends at 994 for Python, at 10,000 for Go, nowhere for Node', () => {
    expect([994, 995].map((depth) => python.parse(Buffer.from(nested(depth))).ok)).toEqual([true, false]);
    expect([10_000, 10_001].map((depth) => go.parse(Buffer.from(nested(depth))).ok)).toEqual([true, false]);
    expect(firstWins.parse(Buffer.from(nested(200_000))).ok).toBe(true);
  });

  test('integers are exact for Python, up to 4,300 digits', () => {
    const text = (tree: ReturnType<Personality['parse']>): unknown =>
      tree.ok ? (tree.value as { text: string }).text : '';
    expect(text(python.parse(Buffer.from('9007199254740993')))).toBe('9007199254740993');
    expect([4300, 4301].map((digits) => python.parse(Buffer.from('1'.repeat(digits))).ok)).toEqual([true, false]);
  });
});

describe('Go', () => {
  test('finds a field under any case of its name, the last one winning', () => {
    expect(method(go, '{"method":"ping","Method":"tools/call"}')).toBe('tools/call');
    expect(method(go, '{"METHOD":"ping","method":"tools/call"}')).toBe('tools/call');
    expect(method(node, '{"method":"ping","Method":"tools/call"}')).toBe('ping');
  });

  test('finds it under characters that fold to its own, and not under others', () => {
    expect(['params', 'paramſ', 'PARAMS'].map(foldGoKey)).toEqual(['params', 'params', 'params']);
    expect(foldGoKey('\u212aey')).toBe('key');
    expect(method(go, '{"method":"ping","method\\u0000":"tools/call"}')).toBe('ping');
    expect(foldGoKey('ı')).toBe('ı');
    expect(foldGoKey('İ')).toBe('İ');
    expect(foldGoKey('ﬁ')).toBe('ﬁ');
  });

  test('leaves a field as it was when it is null later', () => {
    expect(method(go, '{"method":"tools/call","method":null}')).toBe('tools/call');
    expect(method(node, '{"method":"tools/call","method":null}')).toBeUndefined();
  });
});

test('the tree of any JSON text says what JSON.parse says', () => {
  const plain = (tree: JsonTree): unknown => {
    switch (tree.kind) {
      case 'null':
        return null;
      case 'number':
        return Number(tree.text);
      case 'array':
        return tree.items.map(plain);
      case 'object':
        return Object.fromEntries(tree.members.map(([key, value]) => [key, plain(value)]));
      default:
        return tree.value;
    }
  };
  fc.assert(
    fc.property(fc.json(), (text) => {
      const parsed = firstWins.parse(Buffer.from(text));
      expect(parsed.ok && plain(parsed.value)).toEqual(JSON.parse(text));
    }),
  );
});

test('no parser throws, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      for (const personality of [node, python, go, firstWins]) understand(personality, bytes);
    }),
  );
});

test('two personalities understand the same where the text is plain', () => {
  const body = Buffer.from(
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":{"q":"x","n":1.50}}}',
  );
  const meanings = [node, python, go, firstWins].map((personality) => {
    const understood = understand(personality, body);
    return understood.kind === 'message' ? understood.meaning : 'nothing';
  });
  expect(new Set(meanings).size).toBe(1);
});
