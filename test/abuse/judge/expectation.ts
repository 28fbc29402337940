/** What a row expects, read from its words. */
import type { Expected } from '../row.ts';

export type Disposition =
  | 'reject'
  | 'deny'
  | 'allow'
  | 'allow_canonical'
  | 'allow_fast'
  | 'filter'
  | 'terminate'
  | 'hold'
  | 'policy'
  | 'property';

const WORDS: readonly Disposition[] = [
  'allow_canonical',
  'allow_fast',
  'reject',
  'deny',
  'allow',
  'filter',
  'terminate',
  'hold',
  'policy',
  'property',
];

/** The outcomes that would do, or undefined where a word is not known. */
export function dispositionsOf(expected: Expected): ReadonlySet<Disposition> | undefined {
  const parts = expected.outcome.split('_or_').map((part) => WORDS.find((word) => word === part));
  return parts.includes(undefined) ? undefined : new Set(parts as Disposition[]);
}

/** Whether this many requests at the server are what `upstreamRequests` says. */
export function isExpectedCount(expected: Expected['upstreamRequests'], count: number): boolean {
  if (expected === undefined) return true;
  if (typeof expected === 'number') return count === expected;
  const bound = /^(<=|>=|<|>)\s*(\d+)$/.exec(expected.trim());
  if (bound !== null) {
    const limit = Number(bound[2]);
    const compare = { '<=': count <= limit, '>=': count >= limit, '<': count < limit, '>': count > limit };
    return compare[bound[1] as keyof typeof compare];
  }
  const range = /^(\d+)\s*(?:-|\.\.)\s*(\d+)$/.exec(expected.trim());
  if (range !== null) return count >= Number(range[1]) && count <= Number(range[2]);
  const choices = expected.split(/or|\|/).map((part) => part.trim());
  if (choices.every((choice) => /^\d+$/.test(choice))) return choices.includes(String(count));
  // `canonical`: at most one, and what it means is looked at elsewhere. Other words promise nothing.
  return expected.trim() !== 'canonical' || count <= 1;
}

/** Whether status and code are among those listed; a list that is missing allows any. */
export function isListed(list: readonly number[] | undefined, value: number | undefined): boolean {
  return list === undefined || list.length === 0 || (value !== undefined && list.includes(value));
}
