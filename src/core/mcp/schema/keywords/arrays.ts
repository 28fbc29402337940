import { canonicalText } from '../../json/canonical.ts';
import { type JsonValue, toPlainJson } from '../../json/value.ts';
import type { SchemaContext } from '../context.ts';
import { applyBelow } from '../location.ts';
import type { Run } from '../run.ts';

/** The keywords for arrays (2020-12 core §10.3.1, validation §6.4), in the older writing too (`items` as a list). */
export function compileArrays(context: SchemaContext): void {
  compileCounts(context);
  compileItems(context);
  compileContains(context);
  if (context.boolean('uniqueItems') === true) context.rule(['array'], allDifferent);
}

function compileCounts(context: SchemaContext): void {
  const [min, max] = [context.count('minItems'), context.count('maxItems')];
  if (min === undefined && max === undefined) return;
  const least = `must have at least ${min} items (minItems)`;
  const most = `must have at most ${max} items (maxItems)`;
  context.rule(['array'], (value, run) => {
    const count = (value as readonly JsonValue[]).length;
    if (min !== undefined && count < min) return run.fail(least);
    return max === undefined || count <= max || run.fail(most);
  });
}

function compileItems(context: SchemaContext): void {
  const isTuple = Array.isArray(context.read('items'));
  const prefix = context.subschemas('prefixItems') ?? (isTuple ? context.subschemas('items') : undefined) ?? [];
  if (isTuple && context.read('prefixItems') !== undefined) context.refuse('items', 'is a list beside prefixItems');
  const rest = isTuple ? context.subschema('additionalItems') : context.subschema('items');
  if (prefix.length === 0 && rest === undefined) return;
  const { node } = context;
  const keyword = isTuple ? 'additionalItems' : 'items';
  const allowsNoMore = context.read(keyword) === false;
  const most = `must have at most ${prefix.length} items (${keyword})`;
  context.rule(['array'], (value, run) => {
    const array = value as readonly JsonValue[];
    for (const [index, item] of array.entries()) {
      const child = prefix[index] ?? rest;
      if (child === undefined) break;
      if (child === rest && allowsNoMore) return run.fail(most);
      if (!applyBelow(child, item, run)) return failBelow(run, index);
    }
    const covered = rest === undefined ? prefix.length : array.length;
    if (run.collects) run.trail.push({ instance: value, node, covers: (index) => Number(index) < covered });
    return true;
  });
}

function compileContains(context: SchemaContext): void {
  const child = context.subschema('contains');
  const [min = 1, max = Number.POSITIVE_INFINITY] = [context.count('minContains'), context.count('maxContains')];
  if (child === undefined) return;
  const { node } = context;
  const { containsEvaluates } = context.dialect;
  const rule =
    max === Number.POSITIVE_INFINITY
      ? `must contain at least ${min} of the wanted items (contains)`
      : `must contain between ${min} and ${max} of the wanted items (contains)`;
  context.rule(['array'], (value, run) => {
    const matching = new Set<string | number>();
    for (const [index, item] of (value as readonly JsonValue[]).entries()) {
      if (applyBelow(child, item, run)) matching.add(index);
      else if (run.halted !== undefined) return false;
    }
    if (matching.size < min || matching.size > max) return run.fail(rule);
    if (run.collects && containsEvaluates) {
      run.trail.push({ instance: value, node, covers: (index) => matching.has(index) });
    }
    return true;
  });
}

function allDifferent(value: JsonValue, run: Run): boolean {
  const array = value as readonly JsonValue[];
  const exact = new Set<string>();
  const doubles = new Set<string>();
  for (const item of array) {
    const text = canonicalText(item);
    if (!run.spend(8 + text.length / 4)) return false;
    exact.add(text);
    // A plain value, since raw numbers are replaced.
    doubles.add(canonicalText(toPlainJson(item) as JsonValue));
  }
  if (exact.size !== doubles.size)
    return run.undecided('whether items are equal depends on their precision (uniqueItems)');
  return exact.size === array.length || run.fail('must not have the same item twice (uniqueItems)');
}

function failBelow(run: Run, index: number): false {
  run.place.push(index);
  return false;
}

/** `unevaluatedItems` (2020-12 core §11.2): what no subschema of this one has looked at. */
export function compileUnevaluatedItems(context: SchemaContext): void {
  const child = context.subschema('unevaluatedItems');
  if (child === undefined) return;
  const { node } = context;
  const allowsNone = context.read('unevaluatedItems') === false;
  context.lastRule((value, run, mark) => {
    if (!Array.isArray(value)) return true;
    if (!run.spend(run.trail.length - mark)) return false;
    const looked = run.trail.slice(mark).filter((entry) => entry.instance === value);
    for (const [index, item] of (value as readonly JsonValue[]).entries()) {
      if (!run.spend(1 + looked.length)) return false;
      if (looked.some((entry) => entry.covers(index))) continue;
      if (allowsNone) return run.fail(`must not have an item ${index} (unevaluatedItems)`);
      if (!applyBelow(child, item, run)) return failBelow(run, index);
    }
    run.trail.push({ instance: value, node, covers: () => true });
    return true;
  });
}
