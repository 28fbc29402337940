import { type CompiledCondition, conditionInWords } from './compiled-condition.ts';
import type { CompiledLimit, TakeProblem } from './compiled-limit.ts';
import type { CompiledEntry } from './compiled-rule.ts';
import type { CannotDecide } from './operators/operator.ts';

/**
 * The sentences of refusals where the author wrote none. They name the rule and what was expected. They never hold a
 * value of the call: they are logged, and shown to whoever sent it.
 */

export function requirementNotMet(entry: CompiledEntry): string {
  return `The policy requires that ${inWords(entry)} (${entry.pointer}).`;
}

export function deniedBy(entry: CompiledEntry): string {
  if (entry.conditions.length === 0) return `The policy denies this call (${entry.pointer}).`;
  return `The policy denies this call because ${inWords(entry)} (${entry.pointer}).`;
}

export function approvalNeeded(entry: CompiledEntry): string {
  if (entry.conditions.length === 0) return `This call needs the approval of a person (${entry.pointer}).`;
  return `This call needs the approval of a person because ${inWords(entry)} (${entry.pointer}).`;
}

export function undecided({ source, pointer }: CompiledCondition, { cannotDecide }: CannotDecide): string {
  const array = source.every ?? source.some;
  const subject = array === undefined ? `\`${source.path}\`` : `\`${source.path}\` of \`${array}\``;
  return `The policy cannot decide on this call: ${subject} ${cannotDecide} (${pointer}).`;
}

export function untakeable(limit: CompiledLimit, problem: TakeProblem): string {
  if (problem === 'no label') {
    return `The policy cannot decide on this call: the limit "${limit.counter}" counts by the label "${limit.label}", which this grant does not have (${limit.pointer}).`;
  }
  const path = typeof limit.amount === 'object' ? limit.amount.path : '';
  return `The limit "${limit.counter}" adds up \`${path}\`, which has to be a number of zero or more (${limit.pointer}).`;
}

function inWords(entry: CompiledEntry): string {
  const shown = entry.conditions.slice(0, shownMax).map(({ source }) => conditionInWords(source));
  if (entry.conditions.length > shownMax) shown.push(`${entry.conditions.length - shownMax} more conditions hold`);
  return shown.join(', and ');
}

const shownMax = 5;
