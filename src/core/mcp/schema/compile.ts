import { err, ok, type Result } from '../../result.ts';
import { isJsonObject, type JsonValue } from '../json/value.ts';
import { SchemaContext } from './context.ts';
import { dialectOf } from './dialect.ts';
import { type Located, SchemaDocument } from './document.ts';
import { compileArrays, compileUnevaluatedItems } from './keywords/arrays.ts';
import { compileLogic } from './keywords/logic.ts';
import { compileNumbers } from './keywords/numbers.ts';
import { compileObjects, compileUnevaluatedProperties } from './keywords/objects.ts';
import { compileReferences } from './keywords/references.ts';
import { compileStrings } from './keywords/strings.ts';
import { compileType } from './keywords/type.ts';
import { compileValues } from './keywords/values.ts';
import { SCHEMA_LIMITS, type SchemaLimits } from './limits.ts';
import { SchemaNode } from './node.ts';
import { printable } from './place.ts';
import type { Run } from './run.ts';

/** A schema that arguments can be checked against. */
export interface CompiledSchema {
  readonly root: SchemaNode;
  readonly limits: SchemaLimits;
  /** Whether some keyword needs to know what others evaluated. */
  readonly collects: boolean;
}

/**
 * Compiles a foreign JSON Schema (draft-07, 2019-09, 2020-12), or says why arguments cannot be checked against it.
 *
 * The schema comes from a server and is hostile until shown otherwise, so no code is generated from it: it becomes a
 * graph of closures that are written here (DESIGN.md says why not Ajv). Compiling takes time linear in the schema (nothing
 * is copied where it is referred to), and the size is bounded, so it needs no thread of its own and no deadline. Checking
 * is bounded by a count of steps: a schema of sixty lines (`allOf` of two references, sixty times over) would otherwise
 * keep a check busy for centuries.
 *
 * A keyword with a value that its specification does not allow makes the schema unsupported; guessing what was meant
 * would check something else than the server does. Unknown keywords mean nothing.
 */
export function compileSchema(schema: JsonValue, limits: SchemaLimits = SCHEMA_LIMITS): Result<CompiledSchema, string> {
  const size = outsizeOf(schema, limits);
  if (size !== undefined) return err(size);
  if (typeof schema !== 'boolean' && !isJsonObject(schema)) return err('the schema is neither an object nor a boolean');
  const dialect = dialectOf(schema);
  if (dialect === undefined) return err('#/$schema names a dialect that is not supported');
  const document = new SchemaDocument(schema, dialect);
  const compiler = new Compiler(document, limits);
  const root = compiler.nodeOf(document.root);
  compiler.compileAll();
  const [problem, ...others] = [...document.problems, ...compiler.problems];
  if (problem !== undefined) {
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    return err(`${printable(`#${problem}`, 300)}${more}`);
  }
  const loop = compiler.endlessReference();
  if (loop !== undefined) return err(`${printable(`#${loop}`, 300)} refers to itself without end`);
  return ok({ root, limits, collects: compiler.collects });
}

class Compiler {
  readonly document: SchemaDocument;
  readonly limits: SchemaLimits;
  readonly problems: string[] = [];
  collects = false;
  patternSize = 0;
  readonly #nodes = new Map<JsonValue, SchemaNode>();
  /** Grows while it is worked through, so that a long chain of references needs no deep stack. */
  readonly #queue: { readonly located: Located; readonly node: SchemaNode }[] = [];

  constructor(document: SchemaDocument, limits: SchemaLimits) {
    this.document = document;
    this.limits = limits;
  }

  nodeOf(located: Located): SchemaNode {
    const { schema } = located;
    const known = typeof schema === 'boolean' ? undefined : this.#nodes.get(schema);
    if (known !== undefined) return known;
    const node = new SchemaNode(located.resource);
    if (typeof schema !== 'boolean') this.#nodes.set(schema, node);
    this.#queue.push({ located, node });
    return node;
  }

  compileAll(): void {
    for (const { located, node } of this.#queue) {
      const { schema } = located;
      if (typeof schema === 'boolean') {
        if (!schema) node.checks = nothingHolds;
        continue;
      }
      const context = new SchemaContext(located, schema, node, this);
      const isReference = this.document.dialect.refIsAlone && Object.hasOwn(schema, '$ref');
      for (const compile of isReference ? [compileReferences] : keywords) compile(context);
    }
  }

  /** The place of a subschema that comes to be applied to the same value again, and so for ever. */
  endlessReference(): string | undefined {
    /** How many of its subschemas have been gone through; all of them when it is finished. */
    const progress = new Map<SchemaNode, number>();
    for (const { node: start } of this.#queue) {
      // A stack of our own: each node is left after everything that it applies in place.
      const stack = progress.has(start) ? [] : [start];
      for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
        const done = progress.get(node) ?? 0;
        const next = node.inPlace[done];
        progress.set(node, next === undefined ? finished : done + 1);
        if (next === undefined) stack.pop();
        else if (!progress.has(next)) stack.push(next);
        else if (progress.get(next) !== finished)
          return this.#queue.find((queued) => queued.node === next)?.located.pointer;
      }
    }
    return undefined;
  }
}

const finished = -1;
const refused = [(_value: JsonValue, run: Run) => run.fail('must not be there (false)')];
const nothingHolds: SchemaNode['checks'] = [refused, refused, refused, refused, refused, refused];

/** In the order in which their rules run; each file says which keywords it is about. */
const keywords = [
  compileType,
  compileValues,
  compileNumbers,
  compileStrings,
  compileObjects,
  compileArrays,
  compileLogic,
  compileReferences,
  compileUnevaluatedItems,
  compileUnevaluatedProperties,
];

function outsizeOf(schema: JsonValue, limits: SchemaLimits): string | undefined {
  let nodes = 0;
  let characters = 0;
  const stack: { readonly value: JsonValue; readonly depth: number }[] = [{ value: schema, depth: 1 }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { value, depth } = next;
    nodes += 1;
    if (typeof value === 'string') characters += value.length;
    if (typeof value === 'object' && value !== null) {
      if (depth > limits.depth) return `the schema is nested deeper than ${limits.depth} levels`;
      const isList = Array.isArray(value);
      for (const [key, member] of Object.entries(value) as [string, JsonValue][]) {
        if (!isList) {
          nodes += 1;
          characters += key.length;
        }
        stack.push({ value: member, depth: depth + 1 });
      }
    }
    if (nodes > limits.nodes) return `the schema has more than ${limits.nodes} values`;
    if (characters > limits.characters) return `the schema has more than ${limits.characters} characters`;
  }
  return undefined;
}
