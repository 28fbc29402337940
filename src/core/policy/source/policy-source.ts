import type { JsonValue } from '../../mcp/json/value.ts';

/** The value of a policy text and the place of everything in it. */
export interface PolicySource {
  readonly value: JsonValue;
  /** The place of a member's key or of a value, by JSON Pointer; undefined for what the text does not have. */
  readonly placeOf: (pointer: string, part: 'key' | 'value') => SourcePlace | undefined;
}

/** As editors count: both from 1, the column in UTF-16 units. */
export interface SourcePlace {
  readonly line: number;
  readonly column: number;
}

/** Bounds of every policy text, whatever its format. */
export const sourceBounds = {
  /** A policy that governs a thousand tools by hand has about 300 KiB. */
  bytes: 1_048_576,
  /** The deepest legal document has ten levels (`tools`, name, `require`, index, `conditions`, index, `value`, index). */
  depth: 32,
  /** As many keys and values as 1 MiB can hold in practice; bounds the memory of the positions. */
  nodes: 500_000,
} as const;
