/** How much of a foreign schema is taken, and how much work one check may be. */
export interface SchemaLimits {
  /** Values, keys included, in the schema. */
  readonly nodes: number;
  /** Nesting of objects and arrays in the schema. */
  readonly depth: number;
  /** Characters of all strings and keys of the schema together. */
  readonly characters: number;
  /** Characters of one pattern. */
  readonly patternCharacters: number;
  /** Instructions of all patterns, repetitions written out. */
  readonly patternSize: number;
  /** Steps of one check: work of about 20 ns, such as a name compared; a subschema applied to a value is four. */
  readonly steps: number;
  /** Nesting of subschemas during a check, references included. */
  readonly checkDepth: number;
}

/**
 * The largest of 1,363 real input schemas has 49 kB, 4,037 nodes and depth 23; none needs more than a hundredth of the
 * steps. Measured for hostile ones: at most 0.1 s to compile, and 0.4 s until a check is refused, at which a step takes
 * 85 ns (patterns that defeat the matcher's cache of states).
 */
export const SCHEMA_LIMITS: SchemaLimits = {
  nodes: 20_000,
  depth: 64,
  characters: 512 * 1024,
  patternCharacters: 4_096,
  patternSize: 20_000,
  steps: 4_000_000,
  checkDepth: 512,
};
