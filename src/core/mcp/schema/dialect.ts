import { isJsonObject, type JsonValue, ownMember } from '../json/value.ts';

/** A revision of JSON Schema, as far as revisions differ in what a document means. */
export interface Dialect {
  readonly name: 'draft-07' | '2019-09' | '2020-12';
  /** draft-07 §8.3: a schema with `$ref` is the reference and nothing else. */
  readonly refIsAlone: boolean;
  /** 2020-12: `contains` evaluates the items it matches. */
  readonly containsEvaluates: boolean;
  /** Keywords that the revision does not have yet, and must ignore. */
  readonly unknown: ReadonlySet<string>;
}

/**
 * The dialect that a schema declares. Of real servers half declare draft-07, a few 2020-12, the rest none, which MCP
 * (2025-11-25, basic: JSON Schema usage) takes for 2020-12. What these write in the older way (`items` as a list,
 * `dependencies`) is understood in every dialect, since it has only one meaning. Undefined for any other dialect: its
 * keywords may mean something else.
 */
export function dialectOf(schema: JsonValue): Dialect | undefined {
  const declared = isJsonObject(schema) ? ownMember(schema, '$schema') : undefined;
  if (declared === undefined) return draft2020;
  return typeof declared === 'string'
    ? dialects.get(declared.replace(/^http:/, 'https:').replace(/#$/, ''))
    : undefined;
}

const newIn2019 = [
  '$anchor',
  '$recursiveRef',
  '$recursiveAnchor',
  'dependentRequired',
  'dependentSchemas',
  'minContains',
  'maxContains',
  'unevaluatedItems',
  'unevaluatedProperties',
];
const newIn2020 = ['$dynamicRef', '$dynamicAnchor', 'prefixItems'];

const draft07: Dialect = {
  name: 'draft-07',
  refIsAlone: true,
  containsEvaluates: false,
  unknown: new Set([...newIn2019, ...newIn2020]),
};
const draft2019: Dialect = {
  name: '2019-09',
  refIsAlone: false,
  containsEvaluates: false,
  unknown: new Set(newIn2020),
};
const draft2020: Dialect = {
  name: '2020-12',
  refIsAlone: false,
  containsEvaluates: true,
  unknown: new Set(['$recursiveRef', '$recursiveAnchor']),
};

const dialects: ReadonlyMap<string, Dialect> = new Map([
  // draft-06 is draft-07 without `if`, which a schema of its time does not contain.
  ['https://json-schema.org/draft-06/schema', draft07],
  ['https://json-schema.org/draft-07/schema', draft07],
  ['https://json-schema.org/draft/2019-09/schema', draft2019],
  ['https://json-schema.org/draft/2020-12/schema', draft2020],
]);
