/**
 * Keys that are different here and the same to a parser that ignores case (Go's encoding/json, .NET, case-insensitive
 * mappers): `Method` and `method`, `paramſ` and `params`.
 */
import type { JsonObject } from './value.ts';

/**
 * Gives one text for all keys that any common parser may take for the same: NFKC, without default-ignorable characters,
 * then lower, upper and lower case again, NFKC, and i without a dot above.
 *
 * It covers ASCII, simple case folding (every pair that is equal to a regular expression with `iu`: ſ and s, the Kelvin
 * sign and k, ς and σ), full folding (ß, ẞ and ss; ŉ; ligatures), the Turkish İ and ı (both are i), width and other
 * compatibility forms, zero-width characters and variation selectors. It joins more than any one parser does, which
 * refuses too much rather than too little. It does not join look-alikes of different scripts, nor what folds alike only
 * when an iota subscript is followed by further combining marks.
 */
export function foldKey(key: string): string {
  if (isAscii(key)) return key.toLowerCase();
  const bare = key.normalize('NFKC').replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  return bare.toLowerCase().toUpperCase().toLowerCase().normalize('NFKC').replaceAll('i\u0307', 'i');
}

/** The first two keys of the object that fold to the same, in the object's order; undefined when there are none. */
export function duplicateUnderFolding(object: JsonObject): readonly [string, string] | undefined {
  const keys = Object.keys(object);
  // Keys without anything to fold differ as they stand, and most objects have no others.
  if (!keys.some(mayFold)) return undefined;
  const seen = new Map<string, string>();
  for (const key of keys) {
    const folded = foldKey(key);
    const other = seen.get(folded);
    if (other !== undefined) return [other, key];
    seen.set(folded, key);
  }
  return undefined;
}

/** Keys that mean something: the members of an envelope, the declared properties of a schema. Made once, asked often. */
export interface KnownKeys {
  readonly exact: ReadonlySet<string>;
  readonly folded: ReadonlySet<string>;
}

export function knownKeys(keys: Iterable<string>): KnownKeys {
  const exact = new Set(keys);
  return { exact, folded: new Set([...exact].map(foldKey)) };
}

/** True for a key that folds to a known one without being any of the known ones. */
export function isFoldedVariantOf(key: string, known: KnownKeys): boolean {
  return !known.exact.has(key) && known.folded.has(foldKey(key));
}

function isAscii(key: string): boolean {
  // oxlint-disable-next-line no-control-regex -- all of ASCII
  return /^[\0-\x7f]*$/.test(key);
}

function mayFold(key: string): boolean {
  // oxlint-disable-next-line no-control-regex -- anything but ASCII without capital letters
  return /[^\0-@[-\x7f]/.test(key);
}
