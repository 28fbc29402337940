import type { Result } from '../../../src/core/result.ts';
import { firstWins } from './first-wins.ts';
import { go } from './go.ts';
import type { JsonTree, JsonTreeObject } from './json-tree.ts';
import { node } from './node.ts';
import { python } from './python.ts';

/** One way in which servers read what they are sent: what they refuse, and what they find under a name. */
export interface Personality {
  readonly name: string;
  /** The text as this parser takes it, or why it refuses. */
  parse(bytes: Uint8Array): Result<JsonTree, string>;
  /** What a program that uses this parser finds under a name that it knows. */
  member(object: JsonTreeObject, name: string): JsonTree | undefined;
}

export const PERSONALITIES: readonly Personality[] = [node, python, go, firstWins];
