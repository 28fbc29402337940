import { isFoldedVariantOf, type KnownKeys, knownKeys } from '../mcp/json/folded-keys.ts';
import { isJsonObject, type JsonValue, ownMember } from '../mcp/json/value.ts';
import type { PathSegment } from './condition-path.ts';

/** The names of arguments that a rule reads, at each level of nesting. */
export interface ArgumentNames {
  readonly known: KnownKeys;
  readonly members: ReadonlyMap<string, ArgumentNames>;
  /** For arrays: the names in every element. */
  readonly elements?: ArgumentNames;
}

/** The names on these paths; undefined when there is no path. */
export function argumentNames(paths: readonly (readonly PathSegment[])[]): ArgumentNames | undefined {
  if (paths.length === 0) return undefined;
  const byMember = new Map<string, (readonly PathSegment[])[]>();
  const ofElements: (readonly PathSegment[])[] = [];
  for (const [first, ...rest] of paths) {
    if (typeof first === 'string') byMember.set(first, [...(byMember.get(first) ?? []), rest]);
    else if (first !== undefined) ofElements.push(rest);
  }
  const elements = argumentNames(ofElements);
  return {
    known: knownKeys(byMember.keys()),
    members: new Map(
      [...byMember].flatMap(([name, rests]) => {
        const names = argumentNames(rests.filter((rest) => rest.length > 0));
        return names === undefined ? [] : [[name, names]];
      }),
    ),
    ...(elements === undefined ? {} : { elements }),
  };
}

/**
 * True when an argument has a key that is not a name the rule reads but may be taken for one by a parser that ignores
 * case, width or invisible characters. What the rule saw would then not be what the server acts on.
 */
export function hasLookalikeKey(names: ArgumentNames, value: JsonValue | undefined): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) {
    const { elements } = names;
    // Array.isArray does not narrow a readonly array.
    return (
      elements !== undefined && (value as readonly JsonValue[]).some((element) => hasLookalikeKey(elements, element))
    );
  }
  if (!isJsonObject(value)) return false;
  for (const key in value) if (isFoldedVariantOf(key, names.known)) return true;
  for (const [name, nested] of names.members) if (hasLookalikeKey(nested, ownMember(value, name))) return true;
  return false;
}
