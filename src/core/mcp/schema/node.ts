import type { KnownKeys } from '../json/folded-keys.ts';
import { isRawNumber, type JsonValue } from '../json/value.ts';
import type { Resource } from './resource.ts';
import type { Run } from './run.ts';

/** One rule of a subschema. False is a failure that the run describes. */
export type Check = (value: JsonValue, run: Run) => boolean;

/** Index into `SchemaNode.checks`. */
export const KIND = { null: 0, boolean: 1, number: 2, string: 3, array: 4, object: 5 } as const;
export type Kind = keyof typeof KIND;
export const kinds = Object.keys(KIND) as readonly Kind[];

/** The rules about one kind of value. */
export type Checks = readonly Check[];

/**
 * A compiled subschema: for each kind of value the rules that can say something about it, in order. There are a dozen in
 * a usual schema and a thousand schemas in a gateway, so what is empty takes no room.
 */
export class SchemaNode {
  readonly resource: Resource;
  /** By `KIND`. */
  checks: readonly [Checks, Checks, Checks, Checks, Checks, Checks] = noChecks;
  /** Rules about what the others left unevaluated; they run last and get the trail's length from before the first. */
  last: readonly ((value: JsonValue, run: Run, mark: number) => boolean)[] = none;
  /** Names under `properties`. */
  properties: ReadonlyMap<string, SchemaNode> = noProperties;
  /** The same names ready for comparison, made when first needed: not every subschema is the first at its place. */
  names: KnownKeys | undefined;
  patterns: readonly { readonly matches: (name: string, run: Run) => boolean; readonly node: SchemaNode }[] = none;
  /** Whether it says by itself what holds for other properties (`additionalProperties`). */
  isOpen = false;
  declaresProperties = false;
  /** Subschemas that are applied to the same value. */
  inPlace: readonly SchemaNode[] = none;

  constructor(resource: Resource) {
    this.resource = resource;
  }
}

const none: readonly never[] = [];
const noChecks: SchemaNode['checks'] = [none, none, none, none, none, none];
const noProperties: SchemaNode['properties'] = new Map();

/** Applies a subschema to a value. */
export function evaluate(node: SchemaNode, value: JsonValue, run: Run): boolean {
  if (run.halted !== undefined || !run.spend(4) || !run.enter()) return false;
  const mark = run.trail.length;
  run.scope.push(node.resource);
  let holds = true;
  for (const check of node.checks[kindOf(value)]) {
    if (!check(value, run)) {
      holds = false;
      break;
    }
  }
  if (holds) for (const check of node.last) holds &&= check(value, run, mark);
  run.scope.pop();
  run.leave();
  // What a failing subschema evaluated does not count (2020-12 core §7.7.1).
  if (!holds) run.trail.length = mark;
  return holds;
}

export function kindOf(value: JsonValue): (typeof KIND)[Kind] {
  switch (typeof value) {
    case 'string':
      return KIND.string;
    case 'number':
      return KIND.number;
    case 'boolean':
      return KIND.boolean;
    default:
      if (value === null) return KIND.null;
      if (Array.isArray(value)) return KIND.array;
      return isRawNumber(value) ? KIND.number : KIND.object;
  }
}
