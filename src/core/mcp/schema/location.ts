import { isFoldedVariantOf, type KnownKeys, knownKeys } from '../json/folded-keys.ts';
import { isJsonObject, type JsonValue } from '../json/value.ts';
import { evaluate, type SchemaNode } from './node.ts';
import { quoted } from './place.ts';
import type { Run } from './run.ts';

/**
 * Applies a subschema to a member, item or the whole of the arguments: a value that no schema around it has been applied
 * to as such.
 *
 * A key that is equal to a declared property except for case (`Path` for `path`) is refused here, whatever the schema
 * says of undeclared properties: servers whose parser ignores case would take it for the declared one, which was not
 * checked. Declared is what any subschema for this place declares, chosen alternative or not.
 */
export function applyBelow(node: SchemaNode, value: JsonValue, run: Run): boolean {
  if (isJsonObject(value)) {
    const declared = declaredAt(node, run);
    if (declared.length > 0) {
      const keys = Object.keys(value);
      if (!run.spend(8 + keys.length * declared.length * 4)) return false;
      for (const key of keys) {
        if (declared.some(({ exact }) => exact.has(key))) continue;
        if (!declared.some((known) => isFoldedVariantOf(key, known))) continue;
        return run.halt(
          `has the property ${quoted(key)}, which differs from a declared one only in how it is written`,
          false,
        );
      }
    }
  }
  return evaluate(node, value, run);
}

/** The names that a subschema and everything it applies in place declare, by the subschema that does. */
export function declaredAt(node: SchemaNode, run: Run): readonly KnownKeys[] {
  if (node.inPlace.length === 0) return node.properties.size === 0 ? [] : [namesOf(node)];
  // Gone through anew each time: kept unions of names could grow with the square of the schema.
  const seen = new Set([node]);
  const declared: KnownKeys[] = [];
  for (const next of seen) {
    if (!run.spend(8)) break;
    if (next.properties.size > 0) declared.push(namesOf(next));
    for (const child of next.inPlace) seen.add(child);
  }
  return declared;
}

function namesOf(node: SchemaNode): KnownKeys {
  node.names ??= knownKeys(node.properties.keys());
  return node.names;
}
