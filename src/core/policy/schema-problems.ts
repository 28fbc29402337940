import { z } from 'zod';
import { isJsonObject, type JsonValue, numberText, ownMember } from '../mcp/json/value.ts';
import { didYouMean } from './nearest-name.ts';
import { childPointer, pointerOf } from './pointer.ts';

/** A problem of a document's shape, with the part of the document at which it is shown. */
export interface SchemaProblem {
  readonly pointer: string;
  readonly part: 'key' | 'value';
  readonly message: string;
  readonly hint?: string;
}

/**
 * What a schema found wrong with a value, one problem for each thing to mend, in words for the author of the value. Of a
 * union, the branch that the value was most likely meant to be is the one that is explained.
 */
export function schemaProblems(schema: z.ZodType, value: JsonValue, error: z.ZodError): SchemaProblem[] {
  return error.issues.flatMap((issue) => explain(issue, schema, value, ''));
}

type Issue = z.core.$ZodIssue;

/** `base` is the pointer of `value`, which `schema` was asked about; the path of the issue starts there. */
function explain(issue: Issue, schema: z.ZodType, value: JsonValue, base: string): SchemaProblem[] {
  const path = issue.path.filter((key) => typeof key !== 'symbol');
  const pointer = base + pointerOf(path);
  const found = follow(schema, value, path);
  const at = (message: string, hint?: string): SchemaProblem[] => [
    { pointer, part: 'value', message, ...(hint === undefined ? {} : { hint }) },
  ];

  if (found.value === undefined) {
    const parent = base + pointerOf(path.slice(0, -1));
    return [{ pointer: parent, part: 'value', message: `\`${String(path.at(-1))}\` is missing.` }];
  }
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = found.schema instanceof z.ZodObject ? Object.keys(found.schema.shape) : [];
      return issue.keys.map((key) => unknownKey(childPointer(pointer, key), key, known));
    }
    case 'invalid_union':
      return explainUnion(issue, found, pointer) ?? at(sentence(issue.message));
    case 'invalid_value': {
      const words = issue.values.map(String);
      return at(`Expected ${oneOf(words)}.`, hintTowards(words, found.value));
    }
    case 'invalid_type':
      return at(
        isPlain(issue.message) ? `Expected ${typeNames[issue.expected] ?? issue.expected}.` : sentence(issue.message),
      );
    case 'too_small':
      return at(`Expected ${measure(issue.origin, 'at least', Number(issue.minimum))}.`);
    case 'too_big':
      return at(`Expected ${measure(issue.origin, 'at most', Number(issue.maximum))}.`);
    case 'invalid_key':
      return [{ pointer, part: 'key', message: 'A name has 1 to 256 characters.' }];
    case 'custom': {
      const hint: unknown = issue.params?.['hint'];
      return at(sentence(issue.message), typeof hint === 'string' ? hint : undefined);
    }
    default:
      return at(sentence(issue.message));
  }
}

function hintTowards(words: readonly string[], given: JsonValue): string | undefined {
  if (typeof given === 'string') return words.length > 1 ? didYouMean(given, words) : undefined;
  const text = numberText(given);
  return text !== undefined && words.includes(text) ? `write it as text: "${text}"` : undefined;
}

type UnionIssue = Extract<Issue, { code: 'invalid_union' }>;

function explainUnion(issue: UnionIssue, found: Found, pointer: string): SchemaProblem[] | undefined {
  const { schema, value } = found;
  if (value === undefined) return undefined;
  if (issue.discriminator !== undefined && typeof value === 'string') {
    // The issue stands at the discriminator itself.
    const known = (issue as { options?: readonly unknown[] }).options?.map(String) ?? [];
    const hint = didYouMean(value, known);
    const message = `Unknown operator \`${value}\`; there are ${known.map(quoted).join(', ')}.`;
    return [{ pointer, part: 'value', message, ...(hint === undefined ? {} : { hint }) }];
  }
  if (issue.discriminator !== undefined)
    return [{ pointer, part: 'value', message: 'Expected the name of an operator.' }];
  if (!(schema instanceof z.ZodUnion)) return undefined;
  // The options of a union are schemas; zod types them by its core.
  const options = schema.options as readonly z.ZodType[];
  const index = likeliest(options, value);
  const branch = index === undefined ? undefined : issue.errors[index];
  if (index === undefined || branch === undefined) return undefined;
  const option = options[index];
  return option === undefined ? undefined : branch.flatMap((inner) => explain(inner, option, value, pointer));
}

interface Found {
  readonly schema: z.ZodType | undefined;
  readonly value: JsonValue | undefined;
}

/** The value at a path, and the schema that speaks of it. */
function follow(schema: z.ZodType, value: JsonValue, path: readonly (string | number)[]): Found {
  let found: Found = { schema, value };
  for (const key of path) {
    const member = memberOf(found.value, key);
    found = { schema: found.schema && schemaOfMember(found.schema, found.value, key), value: member };
  }
  return { schema: found.schema && unwrap(found.schema), value: found.value };
}

function memberOf(value: JsonValue | undefined, key: string | number): JsonValue | undefined {
  // Array.isArray does not narrow a readonly array.
  if (Array.isArray(value)) return (value as readonly JsonValue[])[Number(key)];
  return isJsonObject(value) ? ownMember(value, String(key)) : undefined;
}

function schemaOfMember(schema: z.ZodType, value: JsonValue | undefined, key: string | number): z.ZodType | undefined {
  const outer = unwrap(schema);
  // zod types the parts of these by its core; all of ours are made with this package.
  if (outer instanceof z.ZodObject) return outer.shape[key] as z.ZodType | undefined;
  if (outer instanceof z.ZodArray) return outer.element as z.ZodType;
  if (outer instanceof z.ZodRecord) return outer.valueType as z.ZodType;
  if (!(outer instanceof z.ZodUnion) || value === undefined) return undefined;
  const options = outer.options as readonly z.ZodType[];
  const option = options[likeliest(options, value) ?? -1];
  return option && schemaOfMember(option, value, key);
}

function unwrap(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional ? unwrap(schema.unwrap() as z.ZodType) : schema;
}

/** The option of a union that a value was most likely meant to be: of its type, and with most of its keys. */
function likeliest(options: readonly z.ZodType[], value: JsonValue): number | undefined {
  let best: number | undefined;
  let bestScore = -1;
  for (const [index, option] of options.entries()) {
    const score = likeness(option, value);
    if (score > bestScore) [best, bestScore] = [index, score];
  }
  return best;
}

function likeness(schema: z.ZodType, value: JsonValue): number {
  if (schema instanceof z.ZodUnion) {
    return Math.max(...(schema.options as readonly z.ZodType[]).map((option) => likeness(option, value)));
  }
  if (isJsonObject(value)) {
    if (!(schema instanceof z.ZodObject)) return -1;
    return Object.keys(value).filter((key) => Object.hasOwn(schema.shape, key)).length;
  }
  if (typeof value === 'string') return schema instanceof z.ZodString || schema instanceof z.ZodEnum ? 0 : -1;
  return typeof value === 'number' && schema instanceof z.ZodNumber ? 0 : -1;
}

function unknownKey(pointer: string, key: string, known: readonly string[]): SchemaProblem {
  const hint = didYouMean(key, known);
  const message = `Unknown key \`${key}\`; the keys here are ${known
    .filter((name) => name !== '$schema')
    .map(quoted)
    .join(', ')}.`;
  return { pointer, part: 'key', message, ...(hint === undefined ? {} : { hint }) };
}

const typeNames: Readonly<Record<string, string>> = {
  object: 'an object',
  record: 'an object',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

function measure(origin: string, bound: string, count: number): string {
  if (origin === 'string') return `a text of ${bound} ${count} characters`;
  if (origin === 'array') return `a list of ${bound} ${count} elements`;
  return `${bound} ${count}`;
}

/** True for a message that zod wrote, and no schema of ours. */
function isPlain(message: string): boolean {
  return message.startsWith('Invalid ');
}

function oneOf(words: readonly string[]): string {
  return words.map(quoted).join(' or ');
}

function quoted(word: string): string {
  return `\`${word}\``;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}
