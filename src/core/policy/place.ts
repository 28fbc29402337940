import { isJsonObject, type JsonValue, ownMember } from '../mcp/json/value.ts';
import type { PathSegment } from './condition-path.ts';

/**
 * What stands at a path: a value that is neither missing nor null, `undefined` for missing and null, or `unreachable`
 * where the path goes through something that has no members or elements, which nobody could call missing for sure.
 */
export type Found = Exclude<JsonValue, null> | undefined | typeof unreachable;

export const unreachable = Symbol('unreachable');

/** Looks for a path in a value. Own members only; an index counts elements of an array only. */
export function find(root: JsonValue, segments: readonly PathSegment[]): Found {
  let value: JsonValue | undefined = root;
  for (const segment of segments) {
    if (value === undefined || value === null) return undefined;
    if (typeof segment === 'string') {
      if (!isJsonObject(value)) return unreachable;
      value = ownMember(value, segment);
    } else {
      if (!Array.isArray(value)) return unreachable;
      // Array.isArray does not narrow a readonly array.
      value = (value as readonly JsonValue[])[segment];
    }
  }
  return value ?? undefined;
}
