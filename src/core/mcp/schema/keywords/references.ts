import { isJsonObject, ownMember } from '../../json/value.ts';
import type { SchemaContext } from '../context.ts';
import type { Located } from '../document.ts';
import { evaluate, kinds, type SchemaNode } from '../node.ts';
import { quoted } from '../place.ts';
import type { Run } from '../run.ts';

/** `$ref`, `$dynamicRef` and `$recursiveRef` (2020-12 core §8.2.3, 2019-09 core §8.2.4.2), within the document only. */
export function compileReferences(context: SchemaContext): void {
  const target = targetOf(context, '$ref');
  if (target !== undefined) {
    const child = context.target(target);
    context.inPlace(child);
    context.rule(kinds, (value, run) => evaluate(child, value, run));
  }
  compileDynamicRef(context);
  compileRecursiveRef(context);
}

function targetOf(context: SchemaContext, keyword: string): Located | undefined {
  const reference = context.string(keyword);
  if (reference === undefined) return undefined;
  const target = context.document.resolve(reference, context.node.resource);
  return target ?? context.refuse(keyword, `refers to ${quoted(reference)}, which is not in the document`);
}

function compileDynamicRef(context: SchemaContext): void {
  const initial = targetOf(context, '$dynamicRef');
  if (initial === undefined) return;
  // Only a reference whose first meaning is a dynamic anchor is dynamic.
  const name = isJsonObject(initial.schema) ? ownMember(initial.schema, '$dynamicAnchor') : undefined;
  const isDynamic = typeof name === 'string' && context.string('$dynamicRef')?.endsWith(`#${name}`) === true;
  const candidates = isDynamic ? context.document.withDynamicAnchor(name) : [];
  addDynamicRule(context, initial, candidates, (run) =>
    isDynamic ? run.scope.find((resource) => resource.dynamicAnchors.has(name)) : undefined,
  );
}

function compileRecursiveRef(context: SchemaContext): void {
  const initial = targetOf(context, '$recursiveRef');
  if (initial === undefined) return;
  const isDynamic = isJsonObject(initial.schema) && ownMember(initial.schema, '$recursiveAnchor') === true;
  const candidates = isDynamic ? context.document.withRecursiveAnchor() : [];
  addDynamicRule(context, initial, candidates, (run) =>
    isDynamic ? run.scope.find((resource) => resource.isRecursiveAnchor) : undefined,
  );
}

/** A reference that means the candidate in the outermost resource that has one, else what it meant at first. */
function addDynamicRule(
  context: SchemaContext,
  initial: Located,
  candidates: readonly Located[],
  outermost: (run: Run) => { readonly uri: string } | undefined,
): void {
  const first = context.target(initial);
  const nodes = new Map<unknown, SchemaNode>(candidates.map((located) => [located.resource, context.target(located)]));
  context.inPlace(first, ...nodes.values());
  context.rule(kinds, (value, run) => evaluate(nodes.get(outermost(run)) ?? first, value, run));
}
