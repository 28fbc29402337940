import { isJsonObject, type JsonObject, type JsonValue, numberText, ownMember } from '../json/value.ts';
import type { Dialect } from './dialect.ts';
import { type Located, pointerBelow, type SchemaDocument } from './document.ts';
import type { SchemaLimits } from './limits.ts';
import { type Check, type Checks, KIND, type Kind, type SchemaNode } from './node.ts';
import { compilePattern, type PatternCheck } from './pattern.ts';
import type { Run } from './run.ts';

/** What all subschemas of one document share while they are compiled. */
export interface SchemaCompiler {
  readonly document: SchemaDocument;
  readonly limits: SchemaLimits;
  readonly problems: string[];
  /** Set when a keyword needs to know what others evaluated. */
  collects: boolean;
  /** The sizes of all patterns so far. */
  patternSize: number;
  nodeOf(located: Located): SchemaNode;
}

/**
 * One subschema while it is compiled. The readers give a keyword's value in the form that its specification demands, and
 * undefined where it is absent or, noted as a problem, has another form.
 */
export class SchemaContext {
  readonly schema: JsonObject;
  readonly node: SchemaNode;
  readonly compiler: SchemaCompiler;
  readonly #located: Located;

  constructor(located: Located, schema: JsonObject, node: SchemaNode, compiler: SchemaCompiler) {
    this.schema = schema;
    this.node = node;
    this.compiler = compiler;
    this.#located = located;
  }

  get document(): SchemaDocument {
    return this.compiler.document;
  }

  get limits(): SchemaLimits {
    return this.compiler.limits;
  }

  get dialect(): Dialect {
    return this.document.dialect;
  }

  /** Sets the first rules, by kind; they may be shared with other subschemas. */
  beginWith(checks: readonly Checks[]): void {
    // One for each kind: made from the list of kinds.
    this.node.checks = checks as unknown as SchemaNode['checks'];
  }

  /** Adds a rule about values of these kinds; rules run in the order they are added. */
  rule(kinds: readonly Kind[], check: Check): void {
    const wanted = new Set<number>(kinds.map((kind) => KIND[kind]));
    const before = this.node.checks;
    // Kinds with the same rules so far share one list, and go on sharing it.
    const longer = new Map(before.map((checks) => [checks, [...checks, check]]));
    this.beginWith(before.map((checks, kind) => (wanted.has(kind) ? (longer.get(checks) ?? checks) : checks)));
  }

  /** Notes that a subschema is applied to the same value. */
  inPlace(...children: readonly SchemaNode[]): void {
    this.node.inPlace = [...this.node.inPlace, ...children];
  }

  /** Adds a rule that runs after all others and sees what they evaluated: the trail from `mark` on. */
  lastRule(check: (value: JsonValue, run: Run, mark: number) => boolean): void {
    this.node.last = [...this.node.last, check];
    this.compiler.collects = true;
  }

  refuse(keyword: string, problem: string): undefined {
    this.compiler.problems.push(`${this.#located.pointer}/${keyword} ${problem}`);
    return undefined;
  }

  /** The value of a keyword that the dialect has. */
  read(keyword: string): JsonValue | undefined {
    return this.dialect.unknown.has(keyword) ? undefined : ownMember(this.schema, keyword);
  }

  string(keyword: string): string | undefined {
    const value = this.read(keyword);
    return typeof value === 'string' || value === undefined ? value : this.refuse(keyword, 'is not a string');
  }

  boolean(keyword: string): boolean | undefined {
    const value = this.read(keyword);
    return typeof value === 'boolean' || value === undefined ? value : this.refuse(keyword, 'is not true or false');
  }

  /** The source text of a number. */
  number(keyword: string): string | undefined {
    const value = this.read(keyword);
    if (value === undefined) return undefined;
    return numberText(value) ?? this.refuse(keyword, 'is not a number');
  }

  count(keyword: string): number | undefined {
    const text = this.number(keyword);
    if (text === undefined) return undefined;
    const count = Number(text);
    return Number.isInteger(count) && count >= 0 ? count : this.refuse(keyword, 'is not a count');
  }

  names(keyword: string): readonly string[] | undefined {
    const value = this.read(keyword);
    return value === undefined ? undefined : (stringsOf(value) ?? this.refuse(keyword, 'is not a list of names'));
  }

  subschema(keyword: string): SchemaNode | undefined {
    const value = this.read(keyword);
    return value === undefined ? undefined : this.child(value, [keyword]);
  }

  subschemas(keyword: string): readonly SchemaNode[] | undefined {
    const value = this.read(keyword);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) return this.refuse(keyword, 'is not a list of schemas');
    return value.flatMap((member: JsonValue, index) => this.child(member, [keyword, index]) ?? []);
  }

  /** Members by name, whatever they are. */
  members(keyword: string): readonly (readonly [string, JsonValue])[] | undefined {
    const value = this.read(keyword);
    if (value === undefined) return undefined;
    return isJsonObject(value) ? Object.entries(value) : this.refuse(keyword, 'is not an object');
  }

  /** A pattern compiled, or noted as a problem. */
  pattern(keyword: string, source: string): PatternCheck | undefined {
    const compiled = compilePattern(source, this.limits, this.compiler.patternSize);
    if (!compiled.ok) return this.refuse(keyword, compiled.error);
    this.compiler.patternSize += compiled.value.size;
    return compiled.value.matches;
  }

  child(value: JsonValue, path: readonly (string | number)[]): SchemaNode | undefined {
    if (typeof value !== 'boolean' && !isJsonObject(value)) {
      return this.refuse(pointerBelow('', path).slice(1), 'is not a schema');
    }
    return this.compiler.nodeOf(this.document.below(this.#located, value, path));
  }

  target(located: Located): SchemaNode {
    return this.compiler.nodeOf(located);
  }
}

export function stringsOf(value: JsonValue): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const names = value.filter((member): member is string => typeof member === 'string');
  return names.length === value.length ? names : undefined;
}
