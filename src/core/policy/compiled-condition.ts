import { findTimeZone, type TimeZone } from '../limits/time-zone.ts';
import { utc } from '../limits/windows.ts';
import type { JsonValue } from '../mcp/json/value.ts';
import { ok, type Result } from '../result.ts';
import type { Condition } from './condition.ts';
import { type ConditionPath, type PathSegment, parseConditionPath } from './condition-path.ts';
import { factOf, labelOf } from './facts.ts';
import {
  type CannotDecide,
  type CompiledOperator,
  cannotDecide,
  type OperatorContext,
  type Outcome,
} from './operators/operator.ts';
import { operators } from './operators/operators.ts';
import { type Found, find, unreachable } from './place.ts';
import type { PolicyRequest } from './request.ts';

/** A condition, ready to be asked. */
export interface CompiledCondition {
  readonly pointer: string;
  readonly source: Condition;
  readonly path: ConditionPath;
  readonly timeZone: TimeZone;
  readonly operator: CompiledOperator;
  /** The answer where the path goes through something without members. */
  readonly unreachable: Outcome;
  /** With `every` or `some`: where the array is. */
  readonly array?: { readonly segments: readonly PathSegment[]; readonly quantifier: 'every' | 'some' };
}

/** Told of every value that a condition looked at. */
export type LookedAt = (condition: CompiledCondition, value: Found, outcome: Outcome, element?: number) => void;

/** The condition at a pointer, compiled; the error says what is wrong with its value. */
export function compileCondition(
  source: Condition,
  pointer: string,
  context: OperatorContext,
): Result<CompiledCondition, string> {
  const path = parseConditionPath(source.path);
  if (!path.ok) return { ok: false, error: path.error.message };
  const operator = operatorNamed(source.op).compile(source, context);
  if (!operator.ok) return operator;
  const array = arrayOf(source);
  return ok({
    pointer,
    source,
    path: path.value,
    timeZone: (source.timezone === undefined ? undefined : findTimeZone(source.timezone)) ?? utc,
    operator: operator.value,
    unreachable: source.op === 'exists' ? operator.value.absent : throughNoContainer,
    ...(array === undefined ? {} : { array }),
  });
}

/** The condition in words, as part of a sentence: `` `args.amount` is at most 500 ``. Holds values of the policy only. */
export function conditionInWords(source: Condition): string {
  const words = `\`${source.path}\` ${operatorNamed(source.op).describe(source)}`;
  if (source.every !== undefined) return `for every item of \`${source.every}\` ${words}`;
  return source.some === undefined ? words : `for some item of \`${source.some}\` ${words}`;
}

/** What a condition says of a message. Never throws. */
export function evaluateCondition(condition: CompiledCondition, request: PolicyRequest, lookedAt?: LookedAt): Outcome {
  const { array } = condition;
  if (array === undefined) return answer(condition, look(condition, request), lookedAt);

  const found = find(request.arguments, array.segments);
  if (found === undefined) return outcomeOf(condition, found, false, lookedAt);
  if (!Array.isArray(found)) return outcomeOf(condition, found, mustBeArray, lookedAt);
  const isEvery = array.quantifier === 'every';
  if (found.length === 0) return outcomeOf(condition, found, isEvery ? mustNotBeEmpty : false, lookedAt);
  let undecided: CannotDecide | undefined;
  for (const [index, element] of (found as readonly JsonValue[]).entries()) {
    const outcome = answer(condition, findInItem(element, condition.path), lookedAt, index);
    // One false settles `every`, one true settles `some`, whatever could not be decided.
    if (outcome === !isEvery) return outcome;
    if (typeof outcome === 'object') undecided = outcome;
  }
  return undecided ?? isEvery;
}

// An operator is never asked with a condition of another kind: both are found by `op`.
interface AnyOperator {
  readonly describe: (condition: Condition) => string;
  readonly compile: (condition: Condition, context: OperatorContext) => Result<CompiledOperator, string>;
}
const byName = new Map<string, AnyOperator>(
  operators.map((operator) => [operator.op, operator as unknown as AnyOperator]),
);

function operatorNamed(name: Condition['op']): AnyOperator {
  const operator = byName.get(name);
  if (operator === undefined) throw new Error(`no operator ${name}`);
  return operator;
}

function arrayOf(source: Condition): CompiledCondition['array'] {
  const text = source.every ?? source.some;
  const path = text === undefined ? undefined : parseConditionPath(text);
  if (path?.ok !== true || path.value.root !== 'args') return undefined;
  return { segments: path.value.segments, quantifier: source.every === undefined ? 'some' : 'every' };
}

function look({ path, timeZone }: CompiledCondition, request: PolicyRequest): Found {
  switch (path.root) {
    case 'args':
      return find(request.arguments, path.segments);
    case 'fact':
      return factOf(path.fact, request, timeZone);
    case 'label':
      return labelOf(path.key, request);
    default:
      return unreachable;
  }
}

function findInItem(element: JsonValue, path: ConditionPath): Found {
  return path.root === 'item' ? find(element, path.segments) : unreachable;
}

function answer(condition: CompiledCondition, value: Found, lookedAt?: LookedAt, element?: number): Outcome {
  const { operator } = condition;
  const outcome =
    value === undefined ? operator.absent : value === unreachable ? condition.unreachable : operator.test(value);
  return outcomeOf(condition, value, outcome, lookedAt, element);
}

function outcomeOf(
  condition: CompiledCondition,
  value: Found,
  outcome: Outcome,
  lookedAt: LookedAt | undefined,
  element?: number,
): Outcome {
  lookedAt?.(condition, value, outcome, element);
  return outcome;
}

const throughNoContainer = cannotDecide('must be reached through objects and lists, as the path says');
const mustBeArray = cannotDecide('must be a list');
const mustNotBeEmpty = cannotDecide('must not be an empty list');
