import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { type SchemaContext, stringsOf } from '../context.ts';
import { applyBelow } from '../location.ts';
import type { SchemaNode } from '../node.ts';
import { quoted } from '../place.ts';
import type { Run } from '../run.ts';

/** The keywords for objects (2020-12 core §10.3.2, validation §6.5). Members are own properties only. */
export function compileObjects(context: SchemaContext): void {
  compileCounts(context);
  compileRequired(context);
  compileMembers(context);
  const propertyNames = context.subschema('propertyNames');
  if (propertyNames === undefined) return;
  context.rule(['object'], (value, run) => {
    for (const name of Object.keys(value as JsonObject)) {
      if (applyBelow(propertyNames, name, run)) continue;
      if (run.halted === undefined)
        run.fail(`has the property ${quoted(name)}, whose name ${run.rule} (propertyNames)`);
      return false;
    }
    return true;
  });
}

function compileCounts(context: SchemaContext): void {
  const [min, max] = [context.count('minProperties'), context.count('maxProperties')];
  if (min === undefined && max === undefined) return;
  const least = `must have at least ${min} properties (minProperties)`;
  const most = `must have at most ${max} properties (maxProperties)`;
  context.rule(['object'], (value, run) => {
    const count = Object.keys(value as JsonObject).length;
    if (min !== undefined && count < min) return run.fail(least);
    return max === undefined || count <= max || run.fail(most);
  });
}

function compileRequired(context: SchemaContext): void {
  const required = context.names('required');
  if (required !== undefined && required.length > 0) {
    context.rule(['object'], (value, run) => haveAll(value as JsonObject, required, 'required', run));
  }
  // In `dependencies`, what is no list is a schema (see logic.ts).
  for (const keyword of ['dependentRequired', 'dependencies'] as const) {
    const members = context.members(keyword)?.filter(([, names]) => keyword !== 'dependencies' || Array.isArray(names));
    const dependencies = members?.map(([name, names]) => ({ name, names: stringsOf(names) })) ?? [];
    if (dependencies.some(({ names }) => names === undefined))
      context.refuse(keyword, 'is not a list of names for each name');
    if (dependencies.length === 0) continue;
    context.rule(['object'], (value, run) => {
      for (const { name, names } of dependencies) {
        if (!run.spend(1)) return false;
        const isPresent = names !== undefined && Object.hasOwn(value as JsonObject, name);
        if (isPresent && !haveAll(value as JsonObject, names, keyword, run)) return false;
      }
      return true;
    });
  }
}

function haveAll(object: JsonObject, names: readonly string[], keyword: string, run: Run): boolean {
  if (!run.spend(names.length)) return false;
  const missing = names.find((name) => !Object.hasOwn(object, name));
  return missing === undefined || run.fail(`must have the property ${quoted(missing)} (${keyword})`);
}

function compileMembers(context: SchemaContext): void {
  const { node } = context;
  const properties = context.members('properties');
  if (properties !== undefined) {
    node.declaresProperties = true;
    node.properties = new Map(
      properties.flatMap(([name, schema]) => {
        const child = context.child(schema, ['properties', name]);
        return child === undefined ? [] : [[name, child] as const];
      }),
    );
  }
  node.patterns = (context.members('patternProperties') ?? []).flatMap(([source, schema]) => {
    const matches = context.pattern('patternProperties', source);
    const child = context.child(schema, ['patternProperties', source]);
    return matches === undefined || child === undefined ? [] : [{ matches, node: child }];
  });
  const additional = context.subschema('additionalProperties');
  const allowsNoOther = context.read('additionalProperties') === false;
  node.isOpen = additional !== undefined;
  if (properties === undefined && node.patterns.length === 0 && additional === undefined) return;

  context.rule(['object'], (value, run) => {
    const object = value as JsonObject;
    for (const name of Object.keys(object)) {
      if (!run.spend(1)) return false;
      // `keys` lists it, so it is there.
      const member = object[name] as JsonValue;
      const declared = node.properties.get(name);
      let isCovered = declared !== undefined;
      if (declared !== undefined && !applyBelow(declared, member, run)) return failBelow(run, name);
      for (const pattern of node.patterns) {
        if (!pattern.matches(name, run)) continue;
        isCovered = true;
        if (!applyBelow(pattern.node, member, run)) return failBelow(run, name);
      }
      if (run.halted !== undefined) return false;
      if (isCovered || additional === undefined) continue;
      if (allowsNoOther) return run.fail(`must not have the property ${quoted(name)} (additionalProperties)`);
      if (!applyBelow(additional, member, run)) return failBelow(run, name);
    }
    if (run.collects) run.trail.push({ instance: value, node, covers: (name) => coversName(node, String(name), run) });
    return true;
  });
}

function failBelow(run: Run, name: string): false {
  run.place.push(name);
  return false;
}

/** Whether a member is evaluated by `properties`, `patternProperties` or `additionalProperties` of this subschema. */
export function coversName(node: SchemaNode, name: string, run: Run): boolean {
  return node.isOpen || node.properties.has(name) || node.patterns.some((pattern) => pattern.matches(name, run));
}

/** `unevaluatedProperties` (2020-12 core §11.3): what no subschema of this one has looked at. */
export function compileUnevaluatedProperties(context: SchemaContext): void {
  const child = context.subschema('unevaluatedProperties');
  if (child === undefined) return;
  const { node } = context;
  const allowsNone = context.read('unevaluatedProperties') === false;
  context.lastRule((value, run, mark) => {
    if (!isJsonObject(value)) return true;
    if (!run.spend(run.trail.length - mark)) return false;
    const looked = run.trail.slice(mark).filter((entry) => entry.instance === value);
    for (const name of Object.keys(value)) {
      if (!run.spend(1 + looked.length)) return false;
      if (looked.some((entry) => entry.covers(name))) continue;
      if (allowsNone) return run.fail(`must not have the property ${quoted(name)} (unevaluatedProperties)`);
      if (!applyBelow(child, value[name] as JsonValue, run)) return failBelow(run, name);
    }
    run.trail.push({ instance: value, node, covers: () => true });
    return true;
  });
}
