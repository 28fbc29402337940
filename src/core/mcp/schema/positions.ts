import { isJsonObject, type JsonObject, type JsonValue, ownMember } from '../json/value.ts';
import type { Dialect } from './dialect.ts';

/** A subschema and the path to it from the schema around it. What is no schema at all is given too; compiling refuses it. */
export interface Subschema {
  readonly schema: JsonValue;
  readonly path: readonly (string | number)[];
}

/** The places of a schema that hold schemas; anything else (`enum`, `default`, unknown keywords) is data. */
export function* subschemasOf(schema: JsonObject, dialect: Dialect): Generator<Subschema> {
  for (const keyword of Object.keys(schema)) {
    const shape = dialect.unknown.has(keyword) ? undefined : shapes.get(keyword);
    const value = ownMember(schema, keyword);
    if (shape === undefined || value === undefined) continue;
    if (shape === 'map') {
      if (isJsonObject(value)) {
        for (const [name, member] of Object.entries(value)) {
          // In `dependencies`, a list names properties.
          if (!Array.isArray(member)) yield { schema: member, path: [keyword, name] };
        }
      }
    } else if (Array.isArray(value)) {
      if (shape !== 'one')
        for (const [index, member] of value.entries()) yield { schema: member, path: [keyword, index] };
    } else if (shape !== 'list') {
      yield { schema: value, path: [keyword] };
    }
  }
}

const shapes: ReadonlyMap<string, 'one' | 'list' | 'one or list' | 'map'> = new Map([
  ['$defs', 'map'],
  ['definitions', 'map'],
  ['properties', 'map'],
  ['patternProperties', 'map'],
  ['dependentSchemas', 'map'],
  ['dependencies', 'map'],
  ['additionalProperties', 'one'],
  ['unevaluatedProperties', 'one'],
  ['propertyNames', 'one'],
  ['items', 'one or list'],
  ['prefixItems', 'list'],
  ['additionalItems', 'one'],
  ['unevaluatedItems', 'one'],
  ['contains', 'one'],
  ['allOf', 'list'],
  ['anyOf', 'list'],
  ['oneOf', 'list'],
  ['not', 'one'],
  ['if', 'one'],
  ['then', 'one'],
  ['else', 'one'],
]);
