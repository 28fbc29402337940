import { describe, expect, test } from 'vitest';
import { CLIENT_MESSAGE_LIMITS } from '../json/limits.ts';
import { readJsonText } from '../json/read.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { type CheckMode, checkArguments } from './check.ts';
import { compileSchema } from './compile.ts';

function read(text: string): JsonValue {
  const result = readJsonText(text, CLIENT_MESSAGE_LIMITS);
  if (!result.ok) throw new Error(result.error.text);
  return result.value;
}

/** Checks arguments given as JSON text; `ok` or the reason, with a leading `?` where it could not be decided. */
function check(schema: string, args: string, mode: CheckMode = 'declared', names: string[] = []): string {
  const compiled = compileSchema(read(schema));
  if (!compiled.ok) throw new Error(compiled.error);
  const verdict = checkArguments(compiled.value, read(args) as JsonObject, mode, new Set(names));
  if (verdict.ok) return 'ok';
  return (verdict.unsupported === true ? '?' : '') + verdict.reason;
}

const inner = '{"type":"object","properties":{"n":{"type":"integer","maximum":10}},"required":["n"]}';

describe('a refusal names the place and the rule', () => {
  test.each([
    ['{"type":"object","required":["q"]}', '{}', 'args must have the property "q" (required)'],
    [
      `{"properties":{"list":{"items":${inner}}}}`,
      '{"list":[{"n":1},{"n":11}]}',
      'args.list[1].n must be at most 10 (maximum)',
    ],
    [`{"properties":{"a b":${inner}}}`, '{"a b":{}}', 'args["a b"] must have the property "n" (required)'],
    ['{"properties":{"a":{"type":["string","null"]}}}', '{"a":1}', 'args.a must be null or a string (type)'],
    [
      '{"properties":{"a":{"enum":["secret"]}}}',
      '{"a":"other"}',
      'args.a must be one of the values that the schema lists (enum)',
    ],
    [
      '{"additionalProperties":false}',
      '{"a\\u202eb":1}',
      'args must not have the property "a\\u202eb" (additionalProperties)',
    ],
    ['{"properties":{"a":false}}', '{"a":1}', 'args.a must not be there (false)'],
    [
      '{"propertyNames":{"maxLength":1}}',
      '{"ab":1}',
      'args has the property "ab", whose name must have at most 1 characters (maxLength) (propertyNames)',
    ],
    [
      '{"properties":{"a":{"anyOf":[{"type":"null"},{"type":"string","pattern":"^x"}]}}}',
      '{"a":"secret"}',
      'args.a must match the pattern of the schema (pattern)',
    ],
    [
      `{"properties":{"a":{"anyOf":[{"type":"null"},${inner}]}}}`,
      '{"a":{"n":99}}',
      'args.a.n must be at most 10 (maximum)',
    ],
    [
      '{"properties":{"a":{"anyOf":[{"const":1},{"const":2}]}}}',
      '{"a":3}',
      'args.a must match one of the 2 alternatives (anyOf)',
    ],
    [
      '{"properties":{"a":{"oneOf":[{"minimum":1},{"maximum":5}]}}}',
      '{"a":3}',
      'args.a must match only one of the alternatives (oneOf)',
    ],
    [
      '{"properties":{"a":{"not":{"type":"string"}}}}',
      '{"a":"x"}',
      'args.a must not be what the schema excludes (not)',
    ],
  ])('%s on %s', (schema, args, reason) => {
    expect(check(schema, args)).toBe(reason);
  });

  test('and never a value of the arguments', () => {
    const schema = `{"properties":{"a":{"enum":["x"],"pattern":"^y","maxLength":1,"format":"email"},"b":{"const":1}},
      "patternProperties":{"^c":{"type":"number","multipleOf":7}}}`;
    for (const args of [
      '{"a":"canary-4711"}',
      '{"b":"canary-4711"}',
      '{"c":47.11}',
      '{"c":"canary-4711"}',
      '{"c1":4712}',
    ]) {
      const reason = check(schema, args);
      expect(reason).not.toBe('ok');
      expect(reason).not.toMatch(/canary|471|47\.1/);
    }
  });
});

describe('own properties', () => {
  test.each([
    ['{"required":["toString"]}', '{}', 'args must have the property "toString" (required)'],
    ['{"required":["constructor","__proto__"]}', '{"constructor":1,"__proto__":2}', 'ok'],
    ['{"properties":{"__proto__":{"type":"string"}}}', '{"__proto__":1}', 'args.__proto__ must be a string (type)'],
    ['{"properties":{"constructor":{"type":"string"}}}', '{}', 'ok'],
    [
      '{"properties":{},"additionalProperties":false}',
      '{"toString":1}',
      'args must not have the property "toString" (additionalProperties)',
    ],
    ['{"dependentRequired":{"toString":["x"]}}', '{}', 'ok'],
    [
      '{"properties":{"a":{"const":{}}}}',
      '{"a":{"__proto__":{}}}',
      'args.a must be the one value that the schema allows (const)',
    ],
  ])('are the only ones: %s on %s', (schema, args, expected) => {
    expect(check(schema, args)).toBe(expected);
  });
});

describe('numbers', () => {
  const undecided = expect.stringMatching(/^\?args\.a cannot be decided: /);
  const number = (rules: string) => `{"properties":{"a":{${rules}}}}`;

  test.each([
    ['"maximum":500', '500.0000000000000001', undecided],
    ['"maximum":500', '400.0000000000000001', 'ok'],
    ['"exclusiveMinimum":9007199254740992', '9007199254740993', undecided],
    ['"maximum":9007199254740993', '9007199254740993', 'ok'],
    ['"maximum":9007199254740992', '9007199254740993', undecided],
    ['"type":"integer"', '9007199254740993', 'ok'],
    ['"type":"integer"', '1.0', 'ok'],
    ['"type":"integer"', '1e2', 'ok'],
    ['"type":"integer"', '1.5', 'args.a must be a whole number (type)'],
    ['"type":"integer"', '1.00000000000000000001', undecided],
    ['"multipleOf":0.1', '0.3', 'ok'],
    ['"multipleOf":0.01', '19.99', 'ok'],
    ['"multipleOf":0.01', '19.999', 'args.a must be a multiple of 0.01 (multipleOf)'],
    ['"multipleOf":2', '9007199254740993', undecided],
    ['"enum":[9007199254740992]', '9007199254740993', undecided],
    ['"enum":[9007199254740993]', '9007199254740993', 'ok'],
    ['"const":1.0', '1', 'ok'],
    ['"const":100', '1e2', 'ok'],
    ['"uniqueItems":true', '[1, 1.0]', 'args.a must not have the same item twice (uniqueItems)'],
    ['"uniqueItems":true', '[9007199254740992, 9007199254740993]', undecided],
    ['"type":"number"', '9007199254740993', 'ok'],
  ])('are compared exactly and as doubles: {%s} on %s', (rules, value, expected) => {
    expect(check(number(rules), `{"a":${value}}`)).toEqual(expected);
  });

  test('that cannot be decided are not passed by another alternative', () => {
    const schema = number('"anyOf":[{"maximum":500},{"type":"number"}]');
    expect(check(schema, '{"a":500.0000000000000001}')).toEqual(undecided);
    expect(check(number('"not":{"maximum":500}'), '{"a":500.0000000000000001}')).toEqual(undecided);
    expect(check(number('"if":{"maximum":500},"then":true'), '{"a":500.0000000000000001}')).toEqual(undecided);
  });
});

describe('strict', () => {
  const nested =
    '{"type":"object","properties":{"a":{"type":"string"},"o":{"type":"object","properties":{"b":{}}},"free":{"type":"object"}}}';
  const refusal = (place: string, name: string) =>
    `${place} must not have the property "${name}", which the schema does not declare (strict)`;

  test.each([
    [nested, '{"a":"x","o":{"b":1},"free":{"anything":{"deep":1}}}', 'ok'],
    [nested, '{"x":1}', refusal('args', 'x')],
    [nested, '{"o":{"b":1,"x":1}}', refusal('args.o', 'x')],
    ['{"type":"object"}', '{"x":1}', refusal('args', 'x')],
    ['true', '{"x":1}', refusal('args', 'x')],
    ['{"type":"object","additionalProperties":true}', '{"x":1}', 'ok'],
    ['{"properties":{"a":{}},"additionalProperties":{"type":"number"}}', '{"x":1}', 'ok'],
    ['{"properties":{"a":{}},"patternProperties":{"^x":{}}}', '{"x1":1}', 'ok'],
    ['{"properties":{"a":{}},"patternProperties":{"^x":{}}}', '{"y1":1}', refusal('args', 'y1')],
    ['{"allOf":[{"properties":{"a":{}}},{"properties":{"b":{}}}]}', '{"a":1,"b":1}', 'ok'],
    ['{"allOf":[{"properties":{"a":{}}},{"properties":{"b":{}}}]}', '{"a":1,"c":1}', refusal('args', 'c')],
    [
      '{"anyOf":[{"properties":{"a":{"type":"string"}}},{"properties":{"b":{}}}]}',
      '{"a":1,"b":1}',
      refusal('args', 'a'),
    ],
    ['{"anyOf":[{"properties":{"a":{}}},{"properties":{"b":{}}}]}', '{"a":1,"b":1}', 'ok'],
    [
      '{"if":{"properties":{"k":{"const":1}}},"then":{"properties":{"a":{}}},"else":{"properties":{"b":{}}}}',
      '{"k":1,"a":1}',
      'ok',
    ],
    ['{"if":{"required":["k"]},"then":{"properties":{"k":{},"a":{}}}}', '{"a":1}', refusal('args', 'a')],
    ['{"not":{"properties":{"a":{"type":"string"}}}}', '{"a":1}', refusal('args', 'a')],
    ['{"$ref":"#/$defs/x","$defs":{"x":{"properties":{"a":{}}}}}', '{"a":1}', 'ok'],
    [
      '{"properties":{"list":{"items":{"properties":{"a":{}}}}}}',
      '{"list":[{"a":1},{"x":1}]}',
      refusal('args.list[1]', 'x'),
    ],
    ['{"properties":{"o":{"properties":{}}}}', '{"o":{"x":1}}', refusal('args.o', 'x')],
    ['{"unevaluatedProperties":{"type":"number"}}', '{"x":1}', 'ok'],
  ])('%s on %s', (schema, args, expected) => {
    expect(check(schema, args, 'strict')).toBe(expected);
    // Whatever strict allows, the schema as it stands allows.
    if (expected === 'ok') expect(check(schema, args)).toBe('ok');
  });

  test('takes the names of the policy as declared, at the top level only', () => {
    expect(check(nested, '{"x":1}', 'strict', ['x'])).toBe('ok');
    expect(check(nested, '{"o":{"x":1}}', 'strict', ['x'])).toBe(refusal('args.o', 'x'));
  });
});

describe('a key that differs from a declared one only in how it is written', () => {
  const refusal = (place: string, key: string) =>
    `${place} has the property "${key}", which differs from a declared one only in how it is written`;

  test.each([
    ['{"properties":{"path":{}}}', '{"Path":1}', refusal('args', 'Path')],
    ['{"properties":{"path":{}}}', '{"path":1,"PATH":2}', refusal('args', 'PATH')],
    ['{"properties":{"kind":{}}}', '{"\u212aind":1}', refusal('args', '\\u212aind')],
    ['{"properties":{"o":{"properties":{"id":{}}}}}', '{"o":{"ID":1}}', refusal('args.o', 'ID')],
    ['{"properties":{"l":{"items":{"properties":{"id":{}}}}}}', '{"l":[{},{"Id":1}]}', refusal('args.l[1]', 'Id')],
    ['{"additionalProperties":{"properties":{"id":{}}}}', '{"any":{"Id":1}}', refusal('args.any', 'Id')],
    ['{"allOf":[{"$ref":"#/$defs/x"}],"$defs":{"x":{"properties":{"id":{}}}}}', '{"Id":1}', refusal('args', 'Id')],
    [
      '{"anyOf":[{"properties":{"id":{}},"required":["id"]},{"properties":{"x":{}}}]}',
      '{"Id":1}',
      refusal('args', 'Id'),
    ],
    ['{"properties":{"path":{},"Path":{}}}', '{"Path":1}', 'ok'],
    [
      '{"oneOf":[{"properties":{"id":{"const":1}},"required":["id"]},{"properties":{"Id":{}},"required":["Id"]}]}',
      '{"Id":1}',
      'ok',
    ],
    ['{"properties":{"path":{}}}', '{"paths":1}', 'ok'],
  ])('is refused although undeclared properties are allowed: %s on %s', (schema, args, expected) => {
    expect(check(schema, args)).toBe(expected);
  });

  test("is refused although the policy's own spelling would allow it: the server may read it as the declared one", () => {
    expect(check('{"properties":{"amount":{}}}', '{"Amount":1}', 'strict', ['Amount'])).toBe(refusal('args', 'Amount'));
  });
});

describe('dialects', () => {
  const draft07 = '"$schema":"http://json-schema.org/draft-07/schema#"';

  test.each([
    [
      `{${draft07},"properties":{"a":{"items":[{"type":"string"}],"additionalItems":false}}}`,
      '{"a":["x",1]}',
      'args.a must have at most 1 items (additionalItems)',
    ],
    [
      '{"properties":{"a":{"items":[{"type":"string"}],"additionalItems":false}}}',
      '{"a":["x",1]}',
      'args.a must have at most 1 items (additionalItems)',
    ],
    [
      '{"properties":{"a":{"prefixItems":[{"type":"string"}],"items":false}}}',
      '{"a":["x",1]}',
      'args.a must have at most 1 items (items)',
    ],
    [`{${draft07},"properties":{"a":{"prefixItems":[{"type":"string"}]}}}`, '{"a":[1]}', 'ok'],
    ['{"dependencies":{"a":["b"]}}', '{"a":1}', 'args must have the property "b" (dependencies)'],
    [`{${draft07},"dependencies":{"a":{"required":["b"]}}}`, '{"a":1}', 'args must have the property "b" (required)'],
    [
      `{${draft07},"definitions":{"x":{}},"properties":{"a":{"$ref":"#/definitions/x","type":"string"}}}`,
      '{"a":1}',
      'ok',
    ],
    [
      '{"definitions":{"x":{}},"properties":{"a":{"$ref":"#/definitions/x","type":"string"}}}',
      '{"a":1}',
      'args.a must be a string (type)',
    ],
    ['{"properties":{"a":{"type":"string","nullable":true}}}', '{"a":null}', 'ok'],
    ['{"properties":{"a":{"type":"string","format":"email"}}}', '{"a":"not an address"}', 'ok'],
  ])('%s on %s', (schema, args, expected) => {
    expect(check(schema, args)).toBe(expected);
  });
});
