import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { SchemaContext } from '../context.ts';
import { evaluate, kinds, type SchemaNode } from '../node.ts';
import type { Run } from '../run.ts';

/** Subschemas applied to the same value: `allOf`, `anyOf`, `oneOf`, `not`, `if`, `dependentSchemas` (2020-12 core §10.2). */
export function compileLogic(context: SchemaContext): void {
  const allOf = listOf(context, 'allOf');
  if (allOf.length > 0) context.rule(kinds, (value, run) => allOf.every((child) => evaluate(child, value, run)));
  const anyOf = listOf(context, 'anyOf');
  if (anyOf.length > 0) context.rule(kinds, (value, run) => someHold(anyOf, 'anyOf', value, run));
  const oneOf = listOf(context, 'oneOf');
  if (oneOf.length > 0) context.rule(kinds, (value, run) => someHold(oneOf, 'oneOf', value, run));
  const not = inPlace(context, context.subschema('not'));
  if (not !== undefined) context.rule(kinds, (value, run) => holdsNot(not, value, run));
  compileIf(context);
  compileDependentSchemas(context);
}

function listOf(context: SchemaContext, keyword: string): readonly SchemaNode[] {
  const children = context.subschemas(keyword);
  if (children?.length === 0) context.refuse(keyword, 'is an empty list');
  context.inPlace(...(children ?? []));
  return children ?? [];
}

function inPlace<T extends SchemaNode | undefined>(context: SchemaContext, child: T): T {
  if (child !== undefined) context.inPlace(child);
  return child;
}

function someHold(children: readonly SchemaNode[], keyword: 'anyOf' | 'oneOf', value: JsonValue, run: Run): boolean {
  let count = 0;
  // When all but one fail by the mere type of the value, that one was meant, and its reason is the helpful one.
  const telling: { rule: string; place: (string | number)[] }[] = [];
  for (const child of children) {
    if (evaluate(child, value, run)) {
      count += 1;
      if (keyword === 'anyOf' && !run.collects) return true;
      if (count > 1 && keyword === 'oneOf') return run.fail('must match only one of the alternatives (oneOf)');
    } else if (run.halted !== undefined) {
      return false;
    } else if (run.place.length > 0 || !run.rule.endsWith(' (type)')) {
      telling.push({ rule: run.rule, place: [...run.place] });
    }
  }
  if (count > 0) return true;
  const [only] = telling;
  if (only === undefined || telling.length > 1) {
    return run.fail(`must match one of the ${children.length} alternatives (${keyword})`);
  }
  run.fail(only.rule);
  run.place.push(...only.place);
  return false;
}

function holdsNot(child: SchemaNode, value: JsonValue, run: Run): boolean {
  const mark = run.trail.length;
  const holds = evaluate(child, value, run);
  run.trail.length = mark;
  if (run.halted !== undefined) return false;
  return !holds || run.fail('must not be what the schema excludes (not)');
}

function compileIf(context: SchemaContext): void {
  const [condition, then, otherwise] = ['if', 'then', 'else'].map((keyword) => context.subschema(keyword));
  if (condition === undefined) return;
  for (const child of [condition, then, otherwise]) inPlace(context, child);
  context.rule(kinds, (value, run) => {
    const holds = evaluate(condition, value, run);
    if (run.halted !== undefined) return false;
    const child = holds ? then : otherwise;
    return child === undefined || evaluate(child, value, run);
  });
}

function compileDependentSchemas(context: SchemaContext): void {
  for (const keyword of ['dependentSchemas', 'dependencies'] as const) {
    // In `dependencies`, a list names properties (see objects.ts).
    const members = context
      .members(keyword)
      ?.filter(([, schema]) => keyword !== 'dependencies' || !Array.isArray(schema));
    const dependencies = (members ?? []).flatMap(([name, schema]) => {
      const child = context.child(schema, [keyword, name]);
      return child === undefined ? [] : [{ name, child }];
    });
    if (dependencies.length === 0) continue;
    context.inPlace(...dependencies.map(({ child }) => child));
    context.rule(['object'], (value, run) => {
      for (const { name, child } of dependencies) {
        if (!run.spend(1) || (Object.hasOwn(value as JsonObject, name) && !evaluate(child, value, run))) return false;
      }
      return true;
    });
  }
}
