import type { SchemaContext } from '../context.ts';
import { compareWith, isMultipleOf, type JsonNumber } from '../exact.ts';

/** `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`, `multipleOf` (2020-12 validation §6.2). */
export function compileNumbers(context: SchemaContext): void {
  for (const [keyword, words, holds] of bounds) {
    const bound = numberOf(context, keyword);
    if (bound === undefined) continue;
    const rule = `${words} ${textOf(bound)} (${keyword})`;
    context.rule(['number'], (value, run) => {
      const order = compareWith(value as JsonNumber, bound);
      if (order === 'undecided')
        return run.undecided(`the number is too close to the bound for its precision (${keyword})`);
      return holds(order) || run.fail(rule);
    });
  }
  const divisor = numberOf(context, 'multipleOf');
  if (divisor === undefined) return;
  if (Number(textOf(divisor)) <= 0) {
    context.refuse('multipleOf', 'is not positive');
    return;
  }
  const rule = `must be a multiple of ${textOf(divisor)} (multipleOf)`;
  context.rule(['number'], (value, run) => {
    if (!run.spend(20)) return false;
    const answer = isMultipleOf(value as JsonNumber, divisor);
    if (answer === 'undecided') return run.undecided('whether it is a multiple depends on its precision (multipleOf)');
    return answer || run.fail(rule);
  });
}

const bounds = [
  ['minimum', 'must be at least', (order: number) => order >= 0],
  ['maximum', 'must be at most', (order: number) => order <= 0],
  ['exclusiveMinimum', 'must be more than', (order: number) => order > 0],
  ['exclusiveMaximum', 'must be less than', (order: number) => order < 0],
] as const;

function numberOf(context: SchemaContext, keyword: string): JsonNumber | undefined {
  const text = context.number(keyword);
  if (text === undefined) return undefined;
  return String(Number(text)) === text ? Number(text) : JSON.rawJSON(text);
}

function textOf(number: JsonNumber): string {
  return typeof number === 'number' ? String(number) : number.rawJSON;
}
