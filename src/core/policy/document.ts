import { z } from 'zod';
import { findTimeZone } from '../limits/time-zone.ts';
import { calendarUnits, hasFixedLength, utc } from '../limits/windows.ts';
import { argumentPath, condition, timeZoneName } from './condition.ts';
import { type GovernedMethod, governedMethods } from './governed-methods.ts';
import { exactNumber } from './operators/exact-number.ts';

/**
 * The policy document, version "1": what an author writes, as a schema from which the types, the published JSON Schema
 * and the error messages are made. Every object is closed. What the parts of a document must have in common beyond this
 * (patterns that compile, globs that do not tie, counters that agree) is in `document-problems.ts`.
 */

const sentence = z.string().min(1).max(1000);
const seconds = z.int().min(1);

const name = z.string().min(1).max(256);
const flowLabel = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/, {
  error: 'a label is 1 to 64 letters, digits, `_`, `.`, `:` or `-`, the first a letter or digit',
});

const entry = z
  .strictObject({
    conditions: z.array(condition).max(1000).describe('All of them have to hold. An empty list always holds.'),
    on_deny: sentence.describe('The sentence the agent gets when this entry refuses its call.').optional(),
  })
  .meta({ id: 'Entry' });

const entries = z
  .array(z.union([entry, condition], { error: 'a condition or `{ "conditions": [ … ] }` is expected' }))
  .max(10_000);

const window = z
  .union([z.enum(calendarUnits), z.int().min(1).max(31_622_400)], {
    error: 'a window is `minute`, `hour`, `day`, `week`, `month` or a whole number of seconds',
  })
  .describe(
    'The span of time in which the limit counts: a calendar `minute`, `hour`, `day`, `week` (from Monday) or `month`, or a number of seconds, aligned to the epoch.',
  );

const max = exactNumber
  .refine((value) => (typeof value === 'object' ? !value.rawJSON.startsWith('-') : value >= 0), {
    error: 'zero or more is expected',
  })
  .meta({ type: 'number', minimum: 0, description: 'The most that one window admits, inclusive.' });

const scope = z
  .union(
    [
      z.enum(['grant', 'session', 'server', 'organisation']),
      z.strictObject({
        label: name.describe('The key of a label of the grant; grants with the same value share the counter.'),
      }),
    ],
    { error: 'a scope is `grant`, `session`, `server`, `organisation` or `{ "label": "…" }`' },
  )
  .describe(
    'Who shares the counter: each `grant` (default), each MCP `session` (a new session is fresh quota), all of the `server`, all of the `organisation` on all servers, or all grants with the same value of a label.',
  );

const limit = z
  .strictObject({
    counter: z
      .string()
      .regex(/^[^/\p{Cc}][^\p{Cc}]{0,127}$/u, {
        error: 'a counter has a name of 1 to 128 characters that does not begin with `/`',
      })
      .describe('The name of the counter. Limits of one server with the same counter, window and scope share it.'),
    window,
    max,
    scope: scope.optional(),
    increment: exactNumber
      .refine((value) => Number(typeof value === 'object' ? value.rawJSON : value) > 0, {
        error: 'more than zero is expected',
      })
      .meta({ type: 'number', exclusiveMinimum: 0, description: 'What one call adds. Default: 1.' })
      .optional(),
    increment_from: argumentPath
      .meta({
        description:
          'An argument that is added instead, exactly. Missing, not a number or negative: the call is denied.',
      })
      .optional(),
    on_deny: sentence.describe('Said to the agent before what remains and when the limit resets.').optional(),
    algorithm: z
      .enum(['fixed', 'sliding'])
      .describe('`fixed` (default) counts anew in each window; `sliding` counts what the last window length holds.')
      .optional(),
    timezone: timeZoneName.describe('The time zone of a calendar window. Default: UTC.').optional(),
    release_on_error: z
      .boolean()
      .describe('Gives the unit back after an error too; then there are at most 5 × `max` attempts a window.')
      .optional(),
  })
  .superRefine((given, context) => {
    const wrong = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
    if (given.increment !== undefined && given.increment_from !== undefined) {
      wrong('increment', 'A limit has `increment` or `increment_from`, not both.');
    }
    if (given.timezone !== undefined && typeof given.window === 'number') {
      wrong('timezone', 'A window of seconds has no time zone.');
    }
    const timeZone = (given.timezone === undefined ? undefined : findTimeZone(given.timezone)) ?? utc;
    if (
      given.algorithm === 'sliding' &&
      typeof given.window === 'string' &&
      !hasFixedLength({ unit: given.window, timeZone })
    ) {
      wrong('algorithm', 'A sliding limit needs a window of fixed length: no months, and no time zone.');
    }
  })
  .meta({ id: 'Limit' });

const rateLimit = z
  .union(
    [
      z.strictObject({ max: z.int().min(0), window }),
      z.string().regex(/^(0|[1-9][0-9]{0,9})\/(minute|hour|day|week|month)$/, {
        error: 'a rate is written like `10/minute`, with `minute`, `hour`, `day`, `week` or `month`',
      }),
    ],
    { error: 'a rate limit is `{ "max", "window" }` or text like `10/minute`' },
  )
  .describe(
    'One limit on the calls of each grant that this rule governs: `"10/minute"` or `{ "max": 10, "window": 60 }`.',
  );

const approval = z
  .strictObject({
    expires_in: seconds.max(2_592_000).describe('Seconds until an unanswered or unused approval expires.').optional(),
    approvers: z.int().min(1).max(20).describe('How many people have to approve.').optional(),
    hold_seconds: z
      .int()
      .min(0)
      .max(3600)
      .describe('Seconds for which the request is kept open for an answer. Default: 25.')
      .optional(),
    separate_approver: z
      .boolean()
      .describe('Whether the owner of the grant may not approve. Default: true where the grant has an owner.')
      .optional(),
  })
  .meta({ id: 'Approval' });

const ruleForAll = {
  reason: sentence.describe('The sentence the agent gets when this rule refuses its call.').optional(),
  require: entries.describe('Each entry has to hold.').optional(),
  deny_if: entries.describe('An entry that holds denies the call.').optional(),
  approve_if: entries.describe('An entry that holds makes the call wait for a person.').optional(),
  limits: z
    .array(limit)
    .max(100)
    .describe('What a window admits. All limits of a call are taken together or none.')
    .optional(),
  rate_limit: rateLimit.optional(),
  validate_arguments: z
    .union([z.boolean(), z.literal('strict')], { error: '`true`, `false` or `"strict"` is expected' })
    .describe(
      'Whether arguments are checked against the accepted input schema; `"strict"` also refuses undeclared ones, and is the default where a rule looks at arguments.',
    )
    .optional(),
  approval: approval.describe('How a person is asked where `action: approve` or `approve_if` says so.').optional(),
  adds: z
    .array(flowLabel)
    .max(20)
    .describe('Flow labels that a call puts on its grant, before its result is seen.')
    .optional(),
  blocked_by: z
    .array(flowLabel)
    .max(20)
    .describe('Flow labels that refuse the call while they are on its grant.')
    .optional(),
  labels_ttl: seconds
    .max(31_622_400)
    .describe('Seconds for which the labels in `adds` last. Default: 86400.')
    .optional(),
  record: z
    .literal('values')
    .describe('Keeps the canonical arguments, sealed, with the decision, for replay.')
    .optional(),
};

const allToolsRule = z.strictObject(ruleForAll).meta({ id: 'AllToolsRule' });

const rule = z
  .strictObject({
    action: z
      .enum(['allow', 'deny', 'hide', 'approve'])
      .describe('`allow` (default), `deny`, `hide` (removed from lists, and denied), or `approve` (a person has to).')
      .optional(),
    ...ruleForAll,
  })
  .meta({ id: 'Rule' });

/** Tool categories, as the catalogue and the classifier name them. */
export const toolCategories = ['Read', 'Write', 'Execute', 'Destructive', 'Financial'] as const;
export type ToolCategory = (typeof toolCategories)[number];

export const policyDocument = z
  .strictObject({
    $schema: z.string().max(500).describe('Where the schema of this document is, for editors.').optional(),
    version: z.literal('1').describe('The version of the policy language.'),
    default: z.enum(['allow', 'deny']).describe('For what nothing below names.'),
    description: z.string().max(10_000).optional(),
    mode: z
      .enum(['enforce', 'shadow'])
      .describe(
        '`shadow` suspends `require`, `deny_if`, `approve_if`, flow labels, limits and approval, and records what they would have decided.',
      )
      .optional(),
    hide: z
      .array(name)
      .max(10_000)
      .describe('Tools removed from lists and refused at call time: names or globs (`*`, `?`); `"*"` hides all.')
      .optional(),
    hide_denied: z.boolean().describe('Also hides the tools that are denied whatever their arguments.').optional(),
    all_tools: allToolsRule
      .describe('Holds for every tool, after the entries of the rule that the tool has of its own.')
      .optional(),
    classes: z
      .strictObject(optionalMembers(toolCategories, rule))
      .describe(
        'Rules for tools that no name below matches, by category. Below confidence 0.8 a class rule that allows does not apply.',
      )
      .optional(),
    tools: z
      .record(name, rule)
      .describe(
        'Rules by name or glob (`*` any characters, `?` one). The name wins, then the glob with most literal characters.',
      )
      .optional(),
    methods: z
      .strictObject(optionalMembers(governedMethods, rule))
      .describe('Rules for what is not a tool. Conditions see the members of `params` as `args`.')
      .optional(),
  })
  .meta({
    id: 'PolicyDocument',
    title: 'Callgate policy',
    description: 'What the agents of a grant may do on one server.',
  });

export type PolicyDocument = z.output<typeof policyDocument>;
export type PolicyRule = z.output<typeof rule>;
export type PolicyEntry = z.output<typeof entry>;
export type PolicyLimit = z.output<typeof limit>;
export type PolicyRateLimit = z.output<typeof rateLimit>;
export type PolicyMethods = Partial<Record<GovernedMethod, PolicyRule>>;

function optionalMembers<const Key extends string, Member extends z.ZodType>(keys: readonly Key[], member: Member) {
  // Object.fromEntries forgets the keys it was given.
  return Object.fromEntries(keys.map((key) => [key, member.optional()])) as Record<Key, z.ZodOptional<Member>>;
}
