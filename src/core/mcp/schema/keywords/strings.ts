import type { SchemaContext } from '../context.ts';
import type { Run } from '../run.ts';

/**
 * `minLength`, `maxLength`, `pattern` (2020-12 validation §6.3). `format`, `contentEncoding` and their like are
 * annotations: what a server makes of them is its own affair.
 */
export function compileStrings(context: SchemaContext): void {
  const [min, max] = [context.count('minLength'), context.count('maxLength')];
  if (min !== undefined && min > 0) {
    const rule = `must have at least ${min} characters (minLength)`;
    context.rule(['string'], (value, run) => compareLength(value as string, min, run) >= 0 || run.fail(rule));
  }
  if (max !== undefined) {
    const rule = `must have at most ${max} characters (maxLength)`;
    context.rule(['string'], (value, run) => compareLength(value as string, max, run) <= 0 || run.fail(rule));
  }
  const source = context.string('pattern');
  if (source === undefined) return;
  const matches = context.pattern('pattern', source);
  if (matches === undefined) return;
  const rule = 'must match the pattern of the schema (pattern)';
  context.rule(
    ['string'],
    (value, run) => matches(value as string, run) || (run.halted === undefined && run.fail(rule)),
  );
}

/** The sign of the number of characters (code points) minus `bound`; they are counted only where units do not tell. */
function compareLength(text: string, bound: number, run: Run): number {
  if (text.length < bound) return -1;
  // Each character has one or two units.
  if (text.length > bound * 2) return 1;
  run.spend(text.length / 4);
  let length = 0;
  for (const _ of text) length += 1;
  return length - bound;
}
