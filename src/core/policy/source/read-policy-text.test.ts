import { describe, expect, test } from 'vitest';
import { readPolicyText } from './read-policy-text.ts';

const value = (text: string, format?: 'json' | 'yaml') => {
  const reading = readPolicyText(text, format);
  expect(reading.problems).toEqual([]);
  return reading.source?.value;
};
const problems = (text: string, format?: 'json' | 'yaml') =>
  readPolicyText(text, format).problems.map((problem) => `${problem.line}:${problem.column} ${problem.message}`);

describe('both formats', () => {
  test('a text that begins with a brace is JSON, every other is YAML', () => {
    expect(value('\n {"a": [1, "x", null, true]}')).toEqual({ a: [1, 'x', null, true] });
    expect(value('a:\n  - 1\n  - x\n  - null\n  - true\n')).toEqual({ a: [1, 'x', null, true] });
  });

  test('a number keeps its source text where JavaScript would print another', () => {
    for (const reading of [value('{"a": 9007199254740993}'), value('a: 9007199254740993')]) {
      expect(JSON.stringify(reading)).toBe('{"a":9007199254740993}');
    }
  });

  test.each(['json', 'yaml'] as const)('%s: every key and value has its place', (format) => {
    const source = readPolicyText('{\n  "a": [ 1,\n {"b/c": 2} ] }', format).source;
    expect(source?.placeOf('', 'value')).toMatchObject({ line: 1, column: 1 });
    expect(source?.placeOf('/a', 'key')).toMatchObject({ line: 2, column: 3 });
    expect(source?.placeOf('/a/0', 'value')).toMatchObject({ line: 2, column: 10 });
    expect(source?.placeOf('/a/1/b~1c', 'key')).toMatchObject({ line: 3, column: 3 });
    expect(source?.placeOf('/a/1/b~1c', 'value')).toMatchObject({ line: 3, column: 10 });
    expect(source?.placeOf('/nowhere', 'value')).toBeUndefined();
  });

  test.each(['json', 'yaml'] as const)('%s: all duplicate keys are told, and the rest is still read', (format) => {
    const reading = readPolicyText('{"a": 1,\n "b": {"c": 1, "c": 2},\n "a": 3}', format);
    expect(new Set(reading.problems.map(({ pointer, line, column }) => `${pointer} ${line}:${column}`))).toEqual(
      new Set(['/a 3:2', '/b/c 2:16']),
    );
    expect(reading.source?.value).toEqual({ a: 3, b: { c: 2 } });
    expect(reading.source?.placeOf('/b/c', 'value')).toMatchObject({ line: 2 });
  });
});

describe('what is refused', () => {
  test.each([
    ['{"a": 1,}', '1:9 A comma is followed by no further member (character 8).'],
    ['{"a": NaN}', '1:7 A number is not written as JSON writes numbers (character 6).'],
    ['{"a": 1} x', '1:10 Something follows the value (character 9).'],
    ['{"a": "\\ud800"}', '1:8 A string holds half of a surrogate pair (character 7).'],
  ])('JSON: %s', (text, problem) => {
    expect(problems(text)).toEqual([problem]);
  });

  test.each([
    ['anchor', 'a: &x 1', ['1:7 Anchors are not allowed; write the value out.']],
    [
      'alias',
      'a: &x 1\nb: *x',
      ['1:7 Anchors are not allowed; write the value out.', '2:4 Aliases are not allowed; write the value out.'],
    ],
    ['tag', 'a: !!str 1', ['1:10 Tags are not allowed.']],
    ['tag on a key', '!!str a: 1', ['1:7 A key must be a plain string; put numbers, true, false and null in quotes.']],
    ['merge key', '<<: {a: 1}', ['1:1 Merge keys are not allowed; write the members out.']],
    ['number as a key', '1: x', ['1:1 A key must be a plain string; put numbers, true, false and null in quotes.']],
    ['list as a key', '? [a]\n: 1', ['1:3 A key must be a plain string; put numbers, true, false and null in quotes.']],
    ['second document', 'a: 1\n---\nb: 1', ['2:1 A policy is one YAML document; a second one begins here.']],
    ['YAML 1.1', '%YAML 1.1\n---\na: yes', ['1:1 The `%YAML` directive must name version 1.2.']],
    ['infinity', 'a: .inf', ['1:4 Write this number as JSON does (invalid number).']],
    ['a number without digits before its point', 'a: .5', ['1:4 Write this number as JSON does (invalid number).']],
    ['half of a surrogate pair', 'a: "\\ud800"', ['1:4 A string holds half of a surrogate pair.']],
    ['nothing', '# only a comment\n', ['1:1 The text is empty; a policy is an object with `version` and `default`.']],
    ['a byte order mark', '\uFEFFa: 1', ['1:1 The text begins with a byte order mark; remove it.']],
  ])('YAML: %s', (_name, text, expected) => {
    expect(problems(text, 'yaml')).toEqual(expected);
  });

  test('YAML that does not parse is told with its place', () => {
    expect(problems('a: b: c', 'yaml')[0]).toMatch(/^1:4 This is not YAML 1.2 as policies use it: Nested mappings/);
  });

  test('core schema integers in other bases are integers; what YAML 1.1 made of `yes` and dates is text', () => {
    expect(value('a: 0x1F\nb: +5\nc: yes\nd: 2027-01-01\n')).toEqual({ a: 31, b: 5, c: 'yes', d: '2027-01-01' });
  });

  test('`__proto__` is a key like any other', () => {
    for (const reading of [value('{"__proto__": 1}'), value('__proto__: 1')]) {
      expect(Object.keys(reading as object)).toEqual(['__proto__']);
    }
  });
});

describe('bounds', () => {
  const mebibyte = 1_048_576;
  test.each([
    ['flow lists', '['],
    ['block lists', '- '],
    ['explicit keys', '? '],
    ['flow maps', '{a: '],
    ['JSON objects', '{"a":'],
  ])('deep nesting of %s is refused without recursion', (_name, unit) => {
    expect(problems(unit.repeat(100_000), unit === '{"a":' ? 'json' : 'yaml')).toHaveLength(1);
  });

  test.each(['json', 'yaml'] as const)('%s: a text of more than 1 MiB is refused, counted in UTF-8', (format) => {
    expect(problems(`"${'x'.repeat(mebibyte - 2)}"`, format)).toEqual([]);
    expect(problems(`"${'x'.repeat(mebibyte - 1)}"`, format)).toHaveLength(1);
    expect(problems(`"${'é'.repeat(mebibyte / 2)}"`, format)).toHaveLength(1);
  });

  test.each(['}', ',', '! ', '%\n', '---\n', '#\n', '"', ': '])(
    'a mebibyte of %j yields a bounded list of problems',
    (unit) => {
      expect(problems(unit.repeat(mebibyte / unit.length), 'yaml').length).toBeLessThanOrEqual(500);
    },
  );
});
