import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadPostgresqlParser } from '../../../main/postgresql-parser.ts';
import type { JsonObject, JsonValue } from '../../mcp/json/value.ts';
import { compileCondition, conditionInWords, evaluateCondition } from '../compiled-condition.ts';
import { type Condition, condition } from '../condition.ts';
import type { PolicyRequest } from '../request.ts';
import { operators } from './operators.ts';

const raw = (text: string): JsonValue => JSON.rawJSON(text);

const context = { sql: { postgresql: await loadPostgresqlParser() } };

function outcomeOf(source: Condition, args: JsonObject) {
  const compiled = compileCondition(source, '', context);
  if (!compiled.ok) throw new Error(compiled.error);
  const request: PolicyRequest = {
    kind: 'tool',
    name: 't',
    arguments: args,
    definition: { state: 'none' },
    grant: { counterKey: 'g', label: 'g', labels: {} },
    labels: new Map(),
    now: 0,
  };
  return evaluateCondition(compiled.value, request);
}

const letter = (outcome: unknown) => (outcome === true ? 'T' : outcome === false ? 'F' : '?');
const parsed = (text: string): Condition => condition.parse(JSON.parse(text));

describe('the truth table', () => {
  const columns: readonly (readonly [string, JsonObject])[] = [
    ['missing', {}],
    ['null', { v: null }],
    ['"a"', { v: 'a' }],
    ['""', { v: '' }],
    ['"5"', { v: '5' }],
    ['5', { v: 5 }],
    ['5.0', { v: raw('5.0') }],
    ['7', { v: 7 }],
    ['true', { v: true }],
    ['[]', { v: [] }],
    ['["a"]', { v: ['a'] }],
    ['[5]', { v: [5] }],
    ['["b",5]', { v: ['b', 5] }],
    ['{}', { v: {} }],
  ];
  const rows = [
    ['eq', '"a"'],
    ['eq', '5'],
    ['eq', 'true'],
    ['eq', 'null'],
    ['neq', '"a"'],
    ['neq', '5'],
    ['neq', 'true'],
    ['neq', 'null'],
    ['in', '["a","c"]'],
    ['in', '[5,6]'],
    ['in', '["a",5]'],
    ['in', '[]'],
    ['not_in', '["a","c"]'],
    ['not_in', '[5,6]'],
    ['not_in', '["a",5]'],
    ['not_in', '[]'],
    ['lt', '5'],
    ['lte', '5'],
    ['gt', '5'],
    ['gte', '5'],
    ['exists', 'true'],
    ['exists', 'false'],
    ['regex', '"a"'],
    ['matches', '"a"'],
    ['contains', '"a"'],
    ['contains', '5'],
    ['starts_with', '"a"'],
    ['ends_with', '"a"'],
    ['length_lte', '0'],
    ['length_lte', '1'],
    ['host_in', '["a.com"]'],
    ['path_under', '["a"]'],
    ['cidr_in', '["10.0.0.0/8"]'],
    ['email_domain_in', '["a.com"]'],
    ['argv_in', '["a"]'],
    ['sql_read_only', 'true,"dialect":"postgresql"'],
  ] as const;

  test('of every operator on every kind of value (T true, F false, ? cannot decide)', () => {
    const width = Math.max(...columns.map(([name]) => name.length)) + 1;
    const lines = rows.map(([op, value]) => {
      const source = parsed(`{"path":"args.v","op":"${op}","value":${value}}`);
      return (
        `${op} ${value}`.slice(0, 27).padEnd(28) +
        columns
          .map(([, args]) => letter(outcomeOf(source, args)).padEnd(width))
          .join('')
          .trimEnd()
      );
    });
    expect(
      [
        '\n',
        ' '.repeat(28) +
          columns
            .map(([name]) => name.padEnd(width))
            .join('')
            .trimEnd(),
        ...lines,
      ].join('\n'),
    ).toMatchInlineSnapshot(`
      "

                                  missing null    "a"     ""      "5"     5       5.0     7       true    []      ["a"]   [5]     ["b",5] {}
      eq "a"                      F       F       T       F       F       ?       ?       ?       ?       ?       ?       ?       ?       ?
      eq 5                        F       F       ?       ?       ?       T       T       F       ?       ?       ?       ?       ?       ?
      eq true                     F       F       ?       ?       ?       ?       ?       ?       T       ?       ?       ?       ?       ?
      eq null                     F       F       ?       ?       ?       ?       ?       ?       ?       ?       ?       ?       ?       ?
      neq "a"                     F       F       F       T       T       ?       ?       ?       ?       ?       ?       ?       ?       ?
      neq 5                       F       F       ?       ?       ?       F       F       T       ?       ?       ?       ?       ?       ?
      neq true                    F       F       ?       ?       ?       ?       ?       ?       F       ?       ?       ?       ?       ?
      neq null                    F       F       ?       ?       ?       ?       ?       ?       ?       ?       ?       ?       ?       ?
      in ["a","c"]                F       F       T       F       F       ?       ?       ?       ?       ?       ?       ?       ?       ?
      in [5,6]                    F       F       ?       ?       ?       T       T       F       ?       ?       ?       ?       ?       ?
      in ["a",5]                  F       F       T       ?       ?       T       T       ?       ?       ?       ?       ?       ?       ?
      in []                       F       F       F       F       F       F       F       F       F       ?       ?       ?       ?       ?
      not_in ["a","c"]            F       F       F       T       T       ?       ?       ?       ?       ?       ?       ?       ?       ?
      not_in [5,6]                F       F       ?       ?       ?       F       F       T       ?       ?       ?       ?       ?       ?
      not_in ["a",5]              F       F       F       ?       ?       F       F       ?       ?       ?       ?       ?       ?       ?
      not_in []                   F       F       T       T       T       T       T       T       T       ?       ?       ?       ?       ?
      lt 5                        F       F       ?       ?       ?       F       F       F       ?       ?       ?       ?       ?       ?
      lte 5                       F       F       ?       ?       ?       T       T       F       ?       ?       ?       ?       ?       ?
      gt 5                        F       F       ?       ?       ?       F       F       T       ?       ?       ?       ?       ?       ?
      gte 5                       F       F       ?       ?       ?       T       T       T       ?       ?       ?       ?       ?       ?
      exists true                 F       F       T       T       T       T       T       T       T       T       T       T       T       T
      exists false                T       T       F       F       F       F       F       F       F       F       F       F       F       F
      regex "a"                   F       F       T       F       F       ?       ?       ?       ?       ?       ?       ?       ?       ?
      matches "a"                 F       F       T       F       F       ?       ?       ?       ?       ?       ?       ?       ?       ?
      contains "a"                F       F       T       F       F       ?       ?       ?       ?       F       T       ?       ?       ?
      contains 5                  F       F       ?       ?       ?       ?       ?       ?       ?       F       ?       T       T       ?
      starts_with "a"             F       F       T       F       F       ?       ?       ?       ?       ?       ?       ?       ?       ?
      ends_with "a"               F       F       T       F       F       ?       ?       ?       ?       ?       ?       ?       ?       ?
      length_lte 0                F       F       F       T       F       ?       ?       ?       ?       T       F       F       F       ?
      length_lte 1                F       F       T       T       T       ?       ?       ?       ?       T       T       T       F       ?
      host_in ["a.com"]           F       F       ?       ?       ?       ?       ?       ?       ?       ?       ?       ?       ?       ?
      path_under ["a"]            F       F       T       ?       F       ?       ?       ?       ?       ?       ?       ?       ?       ?
      cidr_in ["10.0.0.0/8"]      F       F       ?       ?       ?       ?       ?       ?       ?       ?       ?       ?       ?       ?
      email_domain_in ["a.com"]   F       F       ?       ?       ?       ?       ?       ?       ?       ?       ?       ?       ?       ?
      argv_in ["a"]               F       F       T       ?       F       ?       ?       ?       ?       ?       T       ?       ?       ?
      sql_read_only true,"dialect F       F       ?       ?       ?       ?       ?       ?       ?       ?       ?       ?       ?       ?"
    `);
  });

  test('names every operator', () => {
    expect(new Set(rows.map(([op]) => op))).toEqual(new Set(operators.map(({ op }) => op)));
  });
});

describe('numbers', () => {
  const compare = (op: string, value: string, given: string) =>
    letter(outcomeOf(parsedExactly(op, value), { v: raw(given) }));
  // A policy's own numbers come from the strict reader, which keeps the source text of unusual ones.
  const parsedExactly = (op: string, value: string): Condition =>
    condition.parse({
      path: 'args.v',
      op,
      value: String(Number(value)) === value ? Number(value) : JSON.rawJSON(value),
    });

  test.each([
    ['lte', '500', '500.00', 'T'],
    ['lte', '500', '5e2', 'T'],
    ['lte', '500', '500.0000000000000001', '?'],
    ['gt', '500', '500.0000000000000001', '?'],
    ['eq', '9007199254740993', '9007199254740993', 'T'],
    ['eq', '9007199254740993', '9007199254740992', '?'],
    ['lt', '9007199254740993', '9007199254740992', '?'],
    ['lt', '0.3', '0.1', 'T'],
    ['eq', '0.1', '0.10', 'T'],
    ['eq', '0', '-0', 'T'],
    ['gte', '0', '-0.0', 'T'],
    ['lt', '1e300', '1e299', 'T'],
  ])('%s %s of %s: %s', (op, value, given, expected) => {
    expect(compare(op, value, given)).toBe(expected);
  });

  test('agree with doubles wherever they are decided on plain numbers', () => {
    const double = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(double, double, (a, b) => {
        const decided = (op: string) => outcomeOf(condition.parse({ path: 'args.v', op, value: b }), { v: a });
        expect([decided('lt'), decided('lte'), decided('gt'), decided('gte'), decided('eq')]).toEqual([
          a < b,
          a <= b,
          a > b,
          a >= b,
          a === b,
        ]);
      }),
    );
  });
});

describe('text', () => {
  const on = (op: string, value: unknown, given: JsonValue) =>
    letter(outcomeOf(condition.parse({ path: 'args.v', op, value }), { v: given }));

  test.each([
    ['matches', 'ls', 'ls', 'T'],
    ['matches', 'ls', 'ls\n', 'F'],
    ['matches', 'ls$', 'ls\n', 'F'],
    ['matches', '^ls', 'ls -a', 'F'],
    ['matches', 'a|ab', 'ab', 'T'],
    ['matches', '(?m)^ls$', 'ls\nrm -rf /', 'F'],
    ['matches', 'ls.*', 'ls\nrm -rf /', 'F'],
    ['regex', '^ls$', 'ls\nrm -rf /', 'F'],
    ['regex', 'ls', 'rm; ls', 'T'],
    ['regex', '(a+)+$', `${'a'.repeat(40)}!`, 'F'],
    ['eq', 'é', 'e\u0301', 'F'],
    ['eq', 'admin', 'Admin', 'F'],
    ['length_lte', 2, '😀😀', 'T'],
    ['length_lte', 1, '😀😀', 'F'],
  ])('%s %j of %j: %s', (op, value, given, expected) => {
    expect(on(op, value, given)).toBe(expected);
  });

  test('a text that is too long for a pattern of its size cannot be decided', () => {
    expect(on('regex', '[ab]*a[ab]{400}c', 'a'.repeat(1_000_000))).toBe('?');
    expect(on('regex', 'secret', 'a'.repeat(1_000_000))).toBe('F');
  });
});

describe('paths', () => {
  const at = (path: string, args: JsonObject, op = 'eq', value: unknown = 1) =>
    letter(outcomeOf(condition.parse({ path, op, value }), args));

  test.each([
    ['args.a.b', { a: { b: 1 } }, 'T'],
    ['args.a[1]', { a: [0, 1] }, 'T'],
    ['args.a[2]', { a: [0, 1] }, 'F'],
    ['args.a[0].b', { a: [{ b: 1 }] }, 'T'],
    ['args.a.b', { a: null }, 'F'],
    ['args.a.b', {}, 'F'],
    ['args.a.b', { a: [{ b: 1 }] }, '?'],
    ['args.a.b', { a: 'text' }, '?'],
    ['args.a.length', { a: 'x' }, '?'],
    ['args.a.length', { a: ['x'] }, '?'],
    ['args.a[0]', { a: { 0: 1 } }, '?'],
    ['args.a[0]', { a: 'text' }, '?'],
    ['args.constructor', {}, 'F'],
    ['args.constructor.name', {}, 'F'],
    ['args.__proto__', {}, 'F'],
    ['args.a.rawJSON', { a: JSON.rawJSON('1.0') }, '?'],
    ['args.a b-c', { 'a b-c': 1 }, 'T'],
  ] as const)('%s of %j: %s', (path, args, expected) => {
    expect(at(path, args as unknown as JsonObject)).toBe(expected);
  });

  test('`exists` is decided everywhere', () => {
    for (const args of [{}, { a: null }, { a: 'x' }, { a: [1] }, { a: { b: null } }] as JsonObject[]) {
      expect(at('args.a.b', args, 'exists', true)).toBe('F');
      expect(at('args.a.b', args, 'exists', false)).toBe('T');
    }
  });
});

describe('every and some', () => {
  const over = (quantifier: 'every' | 'some', items: JsonValue | undefined) =>
    letter(
      outcomeOf(
        condition.parse({ [quantifier]: 'args.items', path: 'item.n', op: 'lte', value: 5 }),
        items === undefined ? {} : { items },
      ),
    );

  test.each([
    [[{ n: 1 }, { n: 5 }], 'T', 'T'],
    [[{ n: 1 }, { n: 6 }], 'F', 'T'],
    [[{ n: 7 }, { n: 6 }], 'F', 'F'],
    [[{ n: 1 }, { n: '6' }], '?', 'T'],
    [[{ n: '1' }, { n: 6 }], 'F', '?'],
    [[{ n: 1 }, {}], 'F', 'T'],
    [[{ n: 1 }, null], 'F', 'T'],
    [[{ n: 1 }, 3], '?', 'T'],
    [[[{ n: 1 }]], '?', '?'],
    [[], '?', 'F'],
    [undefined, 'F', 'F'],
    [null, 'F', 'F'],
    ['x', '?', '?'],
    [{ 0: { n: 1 } }, '?', '?'],
  ] as const)('%j: every %s, some %s', (items, every, some) => {
    expect(over('every', items as JsonValue | undefined)).toBe(every);
    expect(over('some', items as JsonValue | undefined)).toBe(some);
  });
});

test('no condition throws on any arguments, and none says more than true, false or cannot decide', () => {
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom('-0', '1.0', '1e300').map(raw)) as fc.Arbitrary<JsonValue>;
  const conditions = [
    ['eq', 1],
    ['in', ['a', 1]],
    ['gt', 0.5],
    ['exists', true],
    ['regex', 'a+b'],
    ['matches', '.*'],
    ['contains', 'a'],
    ['starts_with', ''],
    ['length_lte', 3],
    ['not_in', [true]],
  ].map(([op, expected]) => condition.parse({ path: 'args.v', op, value: expected }));
  fc.assert(
    fc.property(value, fc.constantFrom(...conditions), (given, source) => {
      const outcome = outcomeOf(source, { v: given });
      expect(typeof outcome === 'boolean' || typeof outcome.cannotDecide === 'string').toBe(true);
    }),
  );
});

test('a condition in words names its path and what it expects, and no value of a call', () => {
  const words = (text: string) => conditionInWords(parsed(text));
  expect(words('{"path":"args.n","op":"lte","value":500}')).toBe('`args.n` is at most 500');
  expect(words('{"path":"args.c","op":"in","value":["USD","EUR"]}')).toBe('`args.c` is "USD" or "EUR"');
  expect(words('{"every":"args.to","path":"item","op":"ends_with","value":"@example.com"}')).toBe(
    'for every item of `args.to` `item` ends with "@example.com"',
  );
});
