import type { SchemaContext } from '../context.ts';
import { stringsOf } from '../context.ts';
import { isWhole, type JsonNumber } from '../exact.ts';
import { type Check, type Checks, type Kind, kinds } from '../node.ts';

/**
 * `type` (2020-12 validation §6.1.1), and OpenAPI's `nullable`, which adds null to it: whole families of servers are made
 * from OpenAPI documents, and their schemas mean it so.
 */
export function compileType(context: SchemaContext): void {
  const value = context.read('type');
  if (value === undefined) return;
  const names = typeof value === 'string' ? [value] : stringsOf(value);
  if (names === undefined || names.length === 0 || !names.every((name) => Object.hasOwn(words, name))) {
    context.refuse('type', 'is not a type, nor a list of types');
    return;
  }
  const isNullable = context.read('nullable') === true;
  context.beginWith(
    checksFor(Object.keys(words).filter((name) => names.includes(name) || (isNullable && name === 'null'))),
  );
}

const words = {
  null: 'null',
  boolean: 'a boolean',
  number: 'a number',
  integer: 'a whole number',
  string: 'a string',
  array: 'an array',
  object: 'an object',
} as const;

/** Made once for each of the few combinations, since most subschemas are a type and little else. */
function checksFor(names: readonly string[]): readonly Checks[] {
  const key = names.join(' or ');
  const known = made.get(key);
  if (known !== undefined) return known;
  const rule = `must be ${names.map((name) => words[name as keyof typeof words]).join(' or ')} (type)`;
  const fails: readonly Check[] = [(_value, run) => run.fail(rule)];
  const whole: readonly Check[] = [
    (number, run) => {
      const answer = isWhole(number as JsonNumber);
      if (answer === 'undecided') return run.undecided('whether the number is whole depends on its precision (type)');
      return answer || run.fail(rule);
    },
  ];
  const checks = kinds.map((kind: Kind) => {
    if (names.includes(kind)) return [];
    return kind === 'number' && names.includes('integer') ? whole : fails;
  });
  made.set(key, checks);
  return checks;
}

const made = new Map<string, readonly Checks[]>();
