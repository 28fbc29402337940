import { err, ok, type Result } from '../result.ts';
import { didYouMean } from './nearest-name.ts';

/** What a condition looks at: a place in the arguments, a place in an element of an array, or a fact about the call. */
export type ConditionPath =
  | { readonly root: 'args' | 'item'; readonly segments: readonly PathSegment[] }
  | { readonly root: 'fact'; readonly fact: Fact }
  | { readonly root: 'label'; readonly key: string };

/** A member of an object by name, or an element of an array by index. */
export type PathSegment = string | number;

export const facts = [
  'tool.name',
  'tool.category',
  'tool.severity',
  'grant.label',
  'client.name',
  'time.hour',
  'time.weekday',
] as const;
export type Fact = (typeof facts)[number];

/** Names of `time.weekday`, from Monday as ISO 8601 counts. */
export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

export interface PathProblem {
  readonly message: string;
  readonly hint?: string;
}

/**
 * Reads the path of a condition: `args.amount`, `args.items[0].sku`, `item`, `item.sku`, `grant.labels.team`, or the
 * name of a fact. Names are taken as written, so a name with `.`, `[` or `]` in it cannot be reached.
 */
export function parseConditionPath(text: string): Result<ConditionPath, PathProblem> {
  const root = /^(args|item)(?=$|[.[])/.exec(text)?.[1];
  if (root === 'args' || root === 'item') {
    const segments = parseSegments(text.slice(root.length));
    if (segments === undefined)
      return err({ message: `A path is written like \`${root}.field\`, \`${root}.list[0].field\`.` });
    if (root === 'args' && typeof segments[0] !== 'string')
      return err({ message: 'A path names an argument: `args.field`.' });
    return ok({ root, segments });
  }
  if (text.startsWith(labelPrefix) && text.length > labelPrefix.length) {
    return ok({ root: 'label', key: text.slice(labelPrefix.length) });
  }
  const fact = facts.find((name) => name === text);
  if (fact !== undefined) return ok({ root: 'fact', fact });
  return err(unknownRoot(text));
}

/** The same grammar as a regular expression, for the published JSON Schema. */
export const conditionPathPattern = String.raw`^(args(\.[^.\[\]]+)(\.[^.\[\]]+|\[(0|[1-9][0-9]{0,4})\])*|item(\.[^.\[\]]+|\[(0|[1-9][0-9]{0,4})\])*|grant\.labels\..+|tool\.(name|category|severity)|grant\.label|client\.name|time\.(hour|weekday))$`;

const labelPrefix = 'grant.labels.';

function parseSegments(text: string): PathSegment[] | undefined {
  const segments: PathSegment[] = [];
  let at = 0;
  for (const match of text.matchAll(/\.([^.[\]]+)|\[(0|[1-9][0-9]{0,4})\]/gy)) {
    segments.push(match[1] ?? Number(match[2]));
    at = match.index + match[0].length;
  }
  return at === text.length ? segments : undefined;
}

function unknownRoot(text: string): PathProblem {
  const message =
    'A path begins with `args.`, or is a fact: `tool.name`, `tool.category`, `tool.severity`, `grant.label`, `grant.labels.…`, `client.name`, `time.hour`, `time.weekday`.';
  const hint =
    didYouMean(text, facts) ?? (parseSegments(`.${text}`) === undefined ? undefined : `did you mean \`args.${text}\`?`);
  return hint === undefined ? { message } : { message, hint };
}
