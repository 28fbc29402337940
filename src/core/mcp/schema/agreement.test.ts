import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { checkArguments } from './check.ts';
import { compileSchema } from './compile.ts';

/**
 * Ajv as the second opinion. Where the code it generates throws (2019-09 and 2020-12, "props0 is not defined" for
 * `{"not": true, "oneOf": [{"items": false}]}`) it has none; `unevaluatedProperties` and `unevaluatedItems`, with which it
 * often does, are left out. It generates code from the schema and does not bound its work, so it is fed only what is
 * made here or was published by real servers.
 */
const dialects = [
  { uri: 'http://json-schema.org/draft-07/schema#', Validator: Ajv },
  { uri: 'https://json-schema.org/draft/2019-09/schema', Validator: Ajv2019 },
  { uri: 'https://json-schema.org/draft/2020-12/schema', Validator: Ajv2020 },
] as const;
const options = { strict: false, validateFormats: false, ownProperties: true, logger: false } as const;

function ours(schema: JsonValue, args: JsonObject): boolean | string {
  const compiled = compileSchema(schema);
  return compiled.ok ? checkArguments(compiled.value, args, 'declared', new Set()).ok : compiled.error;
}

// Ajv throws on arguments with a member `toString` or `valueOf`; what we do with such names is in check.test.ts.
const name = fc.constantFrom('a', 'b', 'c', 'd');
// Ajv takes 1e21 for no multiple of 1, and 0.3 for none of 0.1; exact multiples are in check.test.ts too.
const scalar = fc.oneof(
  fc.constantFrom(null, true, false, 0, 1, -1, 1.5, 3, '', 'a', 'ab', 'abc', '😀', 'toString'),
  fc.integer({ min: -5, max: 5 }),
);
const instance = fc.letrec<{ value: JsonValue; object: JsonObject }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, scalar, fc.array(tie('value'), { maxLength: 4 }), tie('object')),
  object: fc.dictionary(name, tie('value'), { maxKeys: 3, noNullPrototype: true }),
}));

const schemas = fc.letrec<{ schema: JsonValue; object: JsonObject }>((tie) => {
  const one = tie('schema');
  const list = fc.array(one, { minLength: 1, maxLength: 3 });
  const map = fc.dictionary(name, one, { maxKeys: 3, noNullPrototype: true });
  const names = fc.uniqueArray(name, { maxLength: 2 });
  const count = fc.integer({ min: 0, max: 3 });
  const type = fc.constantFrom('null', 'boolean', 'number', 'integer', 'string', 'array', 'object');
  const keywords: [string, fc.Arbitrary<unknown>][] = [
    ['type', fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 3 }))],
    ['enum', fc.uniqueArray(scalar, { minLength: 1, maxLength: 4 })],
    ['const', instance.value],
    ['minimum', fc.integer({ min: -3, max: 3 })],
    ['exclusiveMaximum', fc.constantFrom(-1, 0, 1.5, 3)],
    ['multipleOf', fc.constantFrom(1, 2, 3)],
    ['minLength', count],
    ['maxLength', count],
    ['pattern', fc.constantFrom('^a', 'b$', '^.$', '[^a]', '^(?!ab).')],
    ['required', names],
    ['minProperties', count],
    ['maxProperties', count],
    ['properties', map],
    [
      'patternProperties',
      fc.dictionary(fc.constantFrom('^a', '[bc]', '.'), one, { maxKeys: 2, noNullPrototype: true }),
    ],
    ['additionalProperties', one],
    ['propertyNames', one],
    ['dependentRequired', fc.dictionary(name, names, { maxKeys: 2, noNullPrototype: true })],
    ['dependentSchemas', map],
    ['dependencies', fc.dictionary(name, fc.oneof(one, names), { maxKeys: 2, noNullPrototype: true })],
    ['prefixItems', list],
    ['items', one],
    ['minItems', count],
    ['maxItems', count],
    ['uniqueItems', fc.boolean()],
    ['contains', one],
    ['minContains', count],
    ['maxContains', count],
    ['allOf', list],
    ['anyOf', list],
    ['oneOf', list],
    ['not', one],
    ['if', one],
    ['then', one],
    ['else', one],
    ['$ref', fc.constantFrom('#/$defs/x', '#/$defs/y', '#y')],
  ];
  const keyword = fc.constantFrom(...keywords).chain(([key, value]) => fc.tuple(fc.constant(key), value));
  return {
    schema: fc.oneof({ maxDepth: 3 }, fc.boolean(), tie('object')),
    object: fc.array(keyword, { maxLength: 4 }).map((members) => Object.fromEntries(members) as JsonObject),
  };
});

describe('a check agrees with Ajv', () => {
  test.each(dialects)('on generated schemas of $uri', ({ uri, Validator }) => {
    const ajv = new Validator({ ...options, addUsedSchema: false });
    let compared = 0;
    fc.assert(
      fc.property(schemas.object, schemas.object, schemas.object, instance.object, (schema, x, y, args) => {
        // Ajv does not ignore what stands beside a reference in draft-07.
        fc.pre(uri !== dialects[0].uri || !JSON.stringify([schema, x, y]).includes('"$ref"'));
        const document = {
          $schema: uri,
          properties: { a: schema },
          anyOf: [schema, true],
          $defs: { x, y: { ...y, $anchor: 'y' } },
        };
        const mine = ours(document, args);
        // References in circles and, in draft-07, to an anchor: said to be unsupported.
        if (typeof mine === 'string') {
          expect(mine).toMatch(/refers to/);
          return;
        }
        const validate = ajv.compile(document);
        const second = attempt(() => validate(args));
        if (second === undefined) return;
        expect(mine).toBe(second);
        compared += 1;
      }),
      { numRuns: 500 },
    );
    expect(compared).toBeGreaterThan(200);
  });

  const folder = '../shared/data/dev/npm_servers';
  const files = existsSync(folder) ? readdirSync(folder) : [];
  if (files.length === 0) console.log(`real schemas are not compared: no ${folder}`);

  test.each(files)('on the real schemas of %s, with arguments made for them and broken', (file) => {
    const { tools } = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as {
      tools: { name: string; inputSchema: JsonObject }[];
    };
    const validators = dialects.map(({ uri, Validator }) => ({
      uri,
      ajv: new Validator({ ...options, addUsedSchema: false }),
    }));
    for (const { name: tool, inputSchema: schema } of tools) {
      const uri = schema['$schema'] ?? 'https://json-schema.org/draft/2020-12/schema';
      const validate = attempt(() => validators.find((known) => known.uri === uri)?.ajv.compile(schema));
      const made = sample(schema, 0) as JsonObject;
      for (const args of [
        made,
        {},
        ...Object.keys(made).flatMap((key) => [without(made, key), { ...made, [key]: [[]] }, { ...made, [key]: 'x' }]),
      ]) {
        const mine = ours(schema, args);
        // The one real schema that is not supported: a list stands where a schema should.
        if (typeof mine === 'string')
          expect([tool, mine]).toEqual(['get_l2_book', '#/properties/required is not a schema']);
        else if (validate !== undefined) expect([tool, args, mine]).toEqual([tool, args, validate(args)]);
      }
    }
  });
});

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

function without(object: JsonObject, key: string): JsonObject {
  const { [key]: _removed, ...rest } = object;
  return rest;
}

/** Something like what the schema asks for. */
function sample(schema: any, depth: number): JsonValue {
  if (typeof schema !== 'object' || depth > 6) return 'x';
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0] ?? null;
  const [alternative] = schema.anyOf ?? schema.oneOf ?? schema.allOf ?? [];
  if (alternative !== undefined) return sample(alternative, depth + 1);
  switch (Array.isArray(schema.type) ? schema.type[0] : (schema.type ?? (schema.properties ? 'object' : 'string'))) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([key, value]) => [key, sample(value, depth + 1)]),
      );
    case 'array':
      return [sample(schema.items ?? {}, depth + 1)];
    case 'integer':
    case 'number':
      return schema.minimum ?? schema.maximum ?? 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return 'x'.repeat(Math.max(1, schema.minLength ?? 0));
  }
}
