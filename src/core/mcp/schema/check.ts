import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts';
import type { CompiledSchema } from './compile.ts';
import { applyBelow } from './location.ts';
import { placeText, quoted } from './place.ts';
import { Run } from './run.ts';

/** `declared`: the schema as it stands. `strict`: also nothing that the schema does not declare. */
export type CheckMode = 'declared' | 'strict';

/** The reason names the place and the rule, never a value. `unsupported`: it could not be decided, which refuses too. */
export type SchemaVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: string; readonly unsupported?: true };

/** Names that count as declared although the schema does not have them. */
export interface DeclaredNames {
  has(name: string): boolean;
}

/**
 * Whether the arguments of a call are what the schema allows. Names in `alsoDeclared` count as declared at the top level
 * in strict mode (paths that the policy's own rules speak of).
 *
 * Strict means: at the top level, and wherever a subschema for that place declares `properties`, a property must be
 * declared by a subschema that holds, unless one that holds says by itself what other properties may be.
 */
export function checkArguments(
  schema: CompiledSchema,
  args: JsonObject,
  mode: CheckMode,
  alsoDeclared: DeclaredNames,
): SchemaVerdict {
  const run = new Run(schema.limits, schema.collects || mode === 'strict');
  const holds = applyBelow(schema.root, args, run) && (mode === 'declared' || holdsStrictly(args, alsoDeclared, run));
  if (holds && run.halted === undefined) return { ok: true };
  const reason = `${placeText(run.place.toReversed())} ${run.rule}`;
  return run.halted?.isUnsupported === true ? { ok: false, reason, unsupported: true } : { ok: false, reason };
}

function holdsStrictly(args: JsonObject, alsoDeclared: DeclaredNames, run: Run): boolean {
  const looked = Map.groupBy(run.trail, (entry) => entry.instance);
  const walk = (value: JsonValue): boolean => {
    if (typeof value !== 'object' || value === null) return true;
    if (Array.isArray(value)) {
      const items: readonly JsonValue[] = value;
      const index = items.findIndex((item) => !walk(item));
      return index === -1 || below(run, index);
    }
    return (
      !isJsonObject(value) ||
      (isDeclared(value) && Object.entries(value).every(([name, member]) => walk(member) || below(run, name)))
    );
  };
  const isDeclared = (object: JsonObject): boolean => {
    const entries = looked.get(object) ?? [];
    if (object !== args && !entries.some(({ node }) => node.declaresProperties)) return true;
    for (const name of Object.keys(object)) {
      if (!run.spend(1 + entries.length)) return false;
      if (entries.some((entry) => entry.covers(name)) || (object === args && alsoDeclared.has(name))) continue;
      return run.fail(`must not have the property ${quoted(name)}, which the schema does not declare (strict)`);
    }
    return true;
  };
  return walk(args);
}

function below(run: Run, part: string | number): false {
  run.place.push(part);
  return false;
}
