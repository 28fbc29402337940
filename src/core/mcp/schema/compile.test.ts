import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { valueText } from '../../../../test/arbitraries/json-text.ts';
import { CLIENT_MESSAGE_LIMITS } from '../json/limits.ts';
import { readJsonText } from '../json/read.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { checkArguments } from './check.ts';
import { compileSchema } from './compile.ts';
import { SCHEMA_LIMITS } from './limits.ts';

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const named = (count: number, make: (index: number) => JsonValue): JsonObject =>
  Object.fromEntries(times(count, (index) => [`p${index}`, make(index)]));
const nested = (open: string, core: string, close: string, depth: number): JsonValue =>
  JSON.parse(open.repeat(depth) + core + close.repeat(depth));

describe('a schema is unsupported, with the place and the reason,', () => {
  test.each([
    ['a string', '#', 'the schema is neither an object nor a boolean'],
    [{ $schema: 'http://json-schema.org/draft-04/schema#' }, '', '#/$schema names a dialect that is not supported'],
    [{ $schema: 5 }, '', '#/$schema names a dialect that is not supported'],
    [
      { properties: { a: { $schema: 'http://json-schema.org/draft-07/schema#' } } },
      '',
      '#/properties/a/$schema names another dialect than the document',
    ],
    [{ type: 'text' }, '', '#/type is not a type, nor a list of types'],
    [{ properties: { required: ['a'] } }, '', '#/properties/required is not a schema'],
    [{ properties: [] }, '', '#/properties is not an object'],
    [{ required: 'a' }, '', '#/required is not a list of names'],
    [{ minimum: '1' }, '', '#/minimum is not a number'],
    [{ exclusiveMinimum: true }, '', '#/exclusiveMinimum is not a number'],
    [{ multipleOf: 0 }, '', '#/multipleOf is not positive'],
    [{ maxLength: -1 }, '', '#/maxLength is not a count'],
    [{ maxItems: 1.5 }, '', '#/maxItems is not a count'],
    [{ anyOf: [] }, '', '#/anyOf is an empty list'],
    [{ enum: 'x' }, '', '#/enum is not a list'],
    [{ uniqueItems: 1 }, '', '#/uniqueItems is not true or false'],
    [{ items: [{}], prefixItems: [{}] }, '', '#/items is a list beside prefixItems'],
    [{ dependentRequired: { a: 'b' } }, '', '#/dependentRequired is not a list of names for each name'],
    [{ pattern: 'a(?=b)' }, '', '#/pattern uses look-around, which the linear-time matcher does not have'],
    [
      { patternProperties: { '(a)\\1': {} } },
      '',
      '#/patternProperties uses a back reference, which the linear-time matcher does not have',
    ],
    [{ pattern: '(' }, '', '#/pattern is not a regular expression'],
    [
      { $ref: 'http://169.254.169.254/latest/meta-data' },
      '',
      '#/$ref refers to "http://169.254.169.254/latest/meta-data", which is not in the document',
    ],
    [{ $ref: 'file:///etc/passwd' }, '', '#/$ref refers to "file:///etc/passwd", which is not in the document'],
    [{ $ref: '#/$defs/missing' }, '', '#/$ref refers to "#/$defs/missing", which is not in the document'],
    [{ $ref: '#/constructor/name' }, '', '#/$ref refers to "#/constructor/name", which is not in the document'],
    [{ $ref: '#' }, '', '# refers to itself without end'],
    [{ properties: { a: { allOf: [{ $ref: '#/properties/a' }] } } }, '', '#/properties/a refers to itself without end'],
    [
      { $defs: { a: { anyOf: [{ $ref: '#/$defs/b' }] }, b: { not: { $ref: '#/$defs/a' } } }, $ref: '#/$defs/a' },
      '',
      '#/$defs/a refers to itself without end',
    ],
    [{ $defs: { a: { $id: 'x' }, b: { $id: 'x' } } }, '', '#/$defs/b/$id is an address that is taken'],
    [{ $defs: { a: { $anchor: 'x' }, b: { $anchor: 'x' } } }, '', '#/$defs/b has an anchor that is taken'],
    [{ $id: 'http://[' }, '', '#/$id is not an address'],
    [{ type: 'x', minimum: '' }, '', '#/type is not a type, nor a list of types (and 1 more)'],
  ] as const)('%j', (schema, _unused, reason) => {
    expect(compileSchema(schema as JsonValue)).toEqual({ ok: false, error: reason });
  });
});

describe('a hostile schema', () => {
  // Each would keep a validator busy for seconds to years, or take gigabytes. The bound leaves room for a loaded machine.
  const msMax = 3_000;

  const doubling = (keyword: string, depth: number) => ({
    $ref: '#/$defs/p0',
    $defs: named(depth, (index) =>
      index === depth - 1 ? { type: 'object' } : { [keyword]: times(2, () => ({ $ref: `#/$defs/p${index + 1}` })) },
    ),
  });
  const tooMuch = 'the schema asks for too much work on these arguments';

  test.each<[string, JsonValue, JsonObject, string | RegExp]>([
    ['doubles its work forty times (allOf)', doubling('allOf', 40), {}, tooMuch],
    ['doubles its work forty times (oneOf)', doubling('oneOf', 40), {}, tooMuch],
    [
      'doubles its work with every level of the arguments',
      {
        properties: { a: { $ref: '#' } },
        allOf: [{ properties: { a: { $ref: '#' } } }, { properties: { a: { $ref: '#' } } }],
      },
      nested('{"a":', '{}', '}', 60) as JsonObject,
      tooMuch,
    ],
    [
      'refers along a chain of thousands',
      {
        $ref: '#/$defs/p0',
        $defs: named(4_000, (index) => (index === 3_999 ? true : { $ref: `#/$defs/p${index + 1}` })),
      },
      {},
      'too many levels',
    ],
    [
      'has patterns that explode in the number of states',
      {
        properties: { a: { pattern: '(a|b)*a(a|b){900}$' } },
      },
      { a: 'ab'.repeat(5_000) },
      tooMuch,
    ],
    [
      'has patterns that are small to write and large to compile',
      { pattern: '[^a]{1000}'.repeat(300) },
      {},
      'too large',
    ],
    ['has a thousand such patterns', { allOf: times(1_000, () => ({ pattern: '(\\w|\\W){900}' })) }, {}, 'too large'],
    [
      'has patterns that backtrack',
      { properties: { a: { pattern: '^(a+)+$' } } },
      { a: `${'a'.repeat(10_000)}!` },
      'pattern',
    ],
    ['has a megabyte of text', { description: 'x'.repeat(1 << 20) }, {}, 'more than 524288 characters'],
    ['has a huge list of values', { enum: times(50_000, (index) => index) }, {}, 'more than 20000 values'],
    ['is very deep', nested('{"not":', 'true', '}', 5_000), {}, 'deeper than 64 levels'],
    [
      'counts the characters of a long text again and again',
      {
        allOf: times(2_000, () => ({ $ref: '#/$defs/l' })),
        $defs: { l: { properties: { a: { minLength: 400_000 } } } },
      },
      { a: 'x'.repeat(700_000) },
      tooMuch,
    ],
    [
      'compares large values again and again',
      {
        properties: { a: { allOf: times(2_000, () => ({ $ref: '#/$defs/e' })) } },
        $defs: { e: { not: { enum: [times(9_000, (index) => index)] } } },
      },
      { a: times(9_000, (index) => (index === 8_999 ? -1 : index)) },
      tooMuch,
    ],
  ])('that %s is refused in time', (_name, schema, args, expected) => {
    const start = performance.now();
    const compiled = compileSchema(schema);
    const reason = compiled.ok ? checkArguments(compiled.value, args, 'strict', new Set()) : compiled.error;
    expect(performance.now() - start).toBeLessThan(msMax);
    expect(JSON.stringify(reason)).toMatch(expected);
    expect(JSON.stringify(reason)).not.toContain('"ok":true');
  });

  test.each<[string, JsonValue, JsonObject]>([
    ['thousands of properties', { properties: named(4_000, () => ({ type: 'string' })) }, named(3_000, () => 'x')],
    ['thousands of dependencies', { dependencies: named(9_000, () => true) }, { p1: 1 }],
    ['thousands of alternatives', { anyOf: times(4_000, (index) => ({ required: [`p${index}`] })) }, { p3999: 1 }],
    ['thousands of values', { properties: { a: { enum: times(15_000, (index) => `v${index}`) } } }, { a: 'v14999' }],
    [
      'a recursive type',
      { $defs: { n: { properties: { n: { $ref: '#/$defs/n' } } } }, $ref: '#/$defs/n' },
      nested('{"n":', '{}', '}', 60) as JsonObject,
    ],
    [
      'unique items in thousands',
      { properties: { a: { uniqueItems: true } } },
      { a: times(4_000, (index) => ({ index })) },
    ],
  ])('or an unusual one with %s is checked in time', (_name, schema, args) => {
    const start = performance.now();
    const compiled = compileSchema(schema);
    expect(compiled.ok && checkArguments(compiled.value, args, 'declared', new Set())).toEqual({ ok: true });
    expect(performance.now() - start).toBeLessThan(msMax);
  });
});

test('no schema and no arguments make it throw', () => {
  const keyword = fc.constantFrom(
    'type',
    'properties',
    'items',
    '$ref',
    '$id',
    'anyOf',
    'pattern',
    'enum',
    'required',
    'not',
    '$dynamicRef',
    'if',
    'dependencies',
    '$anchor',
    'contains',
    'unevaluatedProperties',
  );
  const anything = valueText.map((text) => {
    const result = readJsonText(text, CLIENT_MESSAGE_LIMITS);
    return result.ok ? result.value : null;
  });
  const schema = fc.dictionary(
    keyword,
    fc.oneof(anything, fc.dictionary(keyword, anything), fc.constantFrom('#', '#/properties', 'x', 'string')),
  );
  fc.assert(
    fc.property(
      schema,
      fc.dictionary(fc.string(), anything),
      fc.constantFrom('declared', 'strict'),
      (value, args, mode) => {
        const compiled = compileSchema(value, { ...SCHEMA_LIMITS, steps: 100_000 });
        if (compiled.ok) checkArguments(compiled.value, args, mode, new Set());
      },
    ),
    { numRuns: 500 },
  );
});
