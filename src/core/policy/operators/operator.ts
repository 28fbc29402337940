import type { z } from 'zod';
import type { JsonValue } from '../../mcp/json/value.ts';
import type { Result } from '../../result.ts';

/** What a condition says of a call. "Cannot decide" is neither true nor false; it refuses the call wherever it stands. */
export type Outcome = boolean | CannotDecide;

export interface CannotDecide {
  /** What the value would have to be, as the rest of a sentence that begins with the path: `must be a number`. */
  readonly cannotDecide: string;
}

/** Made when a policy is compiled, not when a call is decided. */
export function cannotDecide(because: string): CannotDecide {
  return Object.freeze({ cannotDecide: because });
}

export function isUndecided(outcome: Outcome): outcome is CannotDecide {
  return typeof outcome === 'object';
}

/** An operator with its value, ready to be asked. */
export interface CompiledOperator {
  /** The answer for a value that is there and not null. Never throws. */
  readonly test: (value: JsonValue) => Outcome;
  /** The answer for a missing path and for null: false for every operator but `exists`. */
  readonly absent: boolean;
}

/** What operators are given when a policy is compiled and cannot import: parsers that have to be loaded. */
export interface OperatorContext {
  readonly sql?: { readonly postgresql?: SqlParser };
}

/** Gives the statements of a SQL text as the parse tree of PostgreSQL's own parser in JSON, or undefined if it is no SQL. */
export type SqlParser = (text: string) => unknown;

/** One kind of condition: its schema, its compile step and its words. The list of them is `operators.ts`. */
export interface Operator<Name extends string, Fields extends z.ZodRawShape> {
  readonly op: Name;
  /** One sentence for the published schema: on what it decides and what it says. */
  readonly summary: string;
  /** `value` and the options of this operator. */
  readonly fields: Fields;
  /** The condition as the rest of a sentence that begins with the path: `is at most 500`. Never holds values of a call. */
  readonly describe: (condition: Given<Fields>) => string;
  /** The operator with this value; the error is a sentence about the value. */
  readonly compile: (condition: Given<Fields>, context: OperatorContext) => Result<CompiledOperator, string>;
}

type Given<Fields extends z.ZodRawShape> = z.output<z.ZodObject<Fields>>;

/** The operator as it was written, with its types inferred. */
export function operator<const Name extends string, Fields extends z.ZodRawShape>(
  definition: Operator<Name, Fields>,
): Operator<Name, Fields> {
  return definition;
}

/** A list of words for a sentence: `"USD", "EUR" or "GBP"`, cut after eight. */
export function anyOf(values: readonly unknown[]): string {
  const words = values.slice(0, 8).map((value) => JSON.stringify(value));
  if (values.length > words.length) words.push(`${values.length - words.length} more`);
  const last = words.pop() ?? 'nothing';
  return words.length === 0 ? last : `${words.join(', ')} or ${last}`;
}
