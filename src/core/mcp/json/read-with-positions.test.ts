import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { valueText } from '../../../../test/arbitraries/json-text.ts';
import { CLIENT_MESSAGE_LIMITS as limits } from './limits.ts';
import { readJsonText } from './read.ts';
import { type JsonPosition, readJsonWithPositions } from './read-with-positions.ts';
import { isJsonObject, type JsonValue } from './value.ts';

const document = `{
  "version": "1",
  "tools": {
    "a/b~c": { "limits": [ { "max": 10 },\r
      -1.50 ] }
  }
}`;

function read(text: string) {
  const result = readJsonWithPositions(text, limits);
  if (!result.ok) throw new Error(result.error[0]?.text);
  return result.value;
}

const at = (position: JsonPosition | undefined) => {
  const place = position?.key?.start ?? position?.value.start;
  return `${place?.line}:${place?.column}`;
};

describe('positions', () => {
  test('every key and value has its place, by JSON Pointer', () => {
    const { positions } = read(document);
    expect(Object.fromEntries([...positions].map(([pointer, position]) => [pointer, at(position)]))).toEqual({
      '': '1:1',
      '/tools': '3:3',
      '/tools/a~1b~0c': '4:5',
      '/tools/a~1b~0c/limits': '4:16',
      '/tools/a~1b~0c/limits/0': '4:28',
      '/tools/a~1b~0c/limits/0/max': '4:30',
      '/tools/a~1b~0c/limits/1': '5:7',
      '/version': '2:3',
    });
  });

  test('the text of every span is the value that was read', () => {
    fc.assert(
      fc.property(valueText, (text) => {
        const { value, positions } = read(text);
        let seen = 0;
        const visit = (node: JsonValue, pointer: string): void => {
          seen += 1;
          const span = positions.get(pointer)?.value;
          expect(readJsonText(text.slice(span?.start.offset, span?.end.offset), limits)).toEqual({
            ok: true,
            value: node,
          });
          if (Array.isArray(node)) for (const [index, element] of node.entries()) visit(element, `${pointer}/${index}`);
          if (!isJsonObject(node)) return;
          for (const [key, member] of Object.entries(node)) {
            const child = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
            const keySpan = positions.get(child)?.key;
            expect(JSON.parse(text.slice(keySpan?.start.offset, keySpan?.end.offset))).toBe(key);
            visit(member, child);
          }
        };
        visit(value, '');
        expect(positions.size).toBe(seen);
      }),
    );
  });

  test('all duplicate keys are listed, each with the place of the first', () => {
    const result = readJsonWithPositions('{"a": {"x": 1,\n"x": 2},\n"b": 1, "\\u0061": 3, "b": {"x": 1}}', limits);
    expect(
      result.ok ? [] : result.error.map(({ pointer, place, first }) => [pointer, place.line, first?.line]),
    ).toEqual([
      ['/a/x', 2, 1],
      ['/a', 3, 1],
      ['/b', 3, 3],
    ]);
  });

  test('another mistake is listed by its place, behind the first duplicate', () => {
    const result = readJsonWithPositions('{"a": 1,\n "a": 2,\n "b": 01}', limits);
    expect(result.ok ? [] : result.error.map(({ reason, place }) => `${reason} ${place.line}:${place.column}`)).toEqual(
      ['duplicate_key 2:2', 'invalid_number 3:7'],
    );
    const cut = readJsonWithPositions('{\n  "a": ', limits);
    expect(cut.ok ? [] : cut.error.map(({ reason, place }) => `${reason} ${place.line}:${place.column}`)).toEqual([
      'unexpected_end 2:8',
    ]);
  });
});
