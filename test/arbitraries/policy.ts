import fc from 'fast-check';
import type { JsonObject } from '../../src/core/mcp/json/value.ts';
import type { PolicyRequest, ToolFacts } from '../../src/core/policy/request.ts';

/** Documents and calls from a universe so small that rules apply, contradict each other and meet the wrong types. */
const toolNames = ['get_a', 'get_b', 'set_a', 'drop', 'x'];
const globs = ['get_*', '*_a', '*', 'g?t_a', 'se*', 'drop*'];
const labels = ['untrusted', 'private'];
const categories = ['Read', 'Write', 'Execute', 'Destructive', 'Financial'] as const;

const scalar = fc.constantFrom<string | number | boolean>('a', 'b', 'ab', '', 1, 2, 0.5, true, false);
const onNumbers = fc.oneof(
  fc.record({ op: fc.constantFrom('lt', 'lte', 'gt', 'gte', 'eq', 'neq'), value: fc.constantFrom(0, 1, 1.5, 2) }),
  fc.record({ op: fc.constantFrom('in', 'not_in'), value: fc.array(fc.constantFrom(0, 1, 2), { maxLength: 3 }) }),
);
const onText = fc.oneof(
  fc.record({
    op: fc.constantFrom('eq', 'neq', 'contains', 'regex', 'matches', 'starts_with', 'ends_with'),
    value: fc.constantFrom('a', 'b', 'ab'),
  }),
  fc.record({
    op: fc.constantFrom('in', 'not_in'),
    value: fc.array(fc.constantFrom('a', 'b', 'ab', 'Read'), { maxLength: 3 }),
  }),
  fc.record({ op: fc.constant('length_lte'), value: fc.constantFrom(0, 1, 5) }),
);
const onAll = fc.oneof(
  fc.record({ op: fc.constant('exists'), value: fc.boolean() }),
  fc.record({ op: fc.constantFrom('eq', 'neq', 'contains'), value: scalar }),
  fc.record({ op: fc.constantFrom('in', 'not_in'), value: fc.array(scalar, { maxLength: 3 }) }),
);
const withPath = (paths: readonly string[], asks: fc.Arbitrary<object>) =>
  fc.tuple(fc.constantFrom(...paths), asks).map(([path, ask]) => ({ path, ...ask }));
const numberPaths = ['args.p', 'args.o.p', 'args.l[0].p', 'time.hour'];
const textPaths = ['args.q', 'tool.category', 'grant.labels.team', 'client.name', 'tool.name'];
const condition = fc.oneof(
  { weight: 4, arbitrary: withPath(numberPaths, onNumbers) },
  { weight: 4, arbitrary: withPath(textPaths, onText) },
  { weight: 2, arbitrary: withPath([...numberPaths, ...textPaths, 'args.l[0]', 'args.o'], onAll) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('every', 'some'), withPath(['item', 'item.p'], onNumbers))
      .map(([quantifier, asked]) => ({ [quantifier]: 'args.l', ...asked })),
  },
);
const entries = fc.array(fc.oneof(condition, fc.record({ conditions: fc.array(condition, { maxLength: 3 }) })), {
  maxLength: 1,
});
const limit = fc.record(
  {
    counter: fc.constantFrom('c', 'd'),
    window: fc.constantFrom<string | number>('minute', 'day', 90),
    max: fc.constantFrom(0, 1, 2.5, 10),
    scope: fc.constantFrom<unknown>('grant', 'session', 'server', 'organisation', { label: 'team' }),
    increment_from: fc.constantFrom('args.p', 'args.q'),
  },
  { requiredKeys: ['counter', 'window', 'max'] },
);
const ruleForAll = {
  require: entries,
  deny_if: entries,
  approve_if: entries,
  // One limit, because two on one counter may contradict each other.
  limits: fc.array(limit, { maxLength: 1 }),
  adds: fc.subarray(labels),
  blocked_by: fc.subarray(labels),
  validate_arguments: fc.constantFrom<boolean | 'strict'>(true, false, 'strict'),
  record: fc.constant('values'),
};
const rule = fc.record(
  { ...ruleForAll, action: fc.constantFrom('allow', 'allow', 'allow', 'deny', 'hide', 'approve') },
  { requiredKeys: [] },
);

/** Documents of the right shape; some have globs that tie, or limits that contradict each other. */
export const policyText: fc.Arbitrary<string> = fc
  .record(
    {
      version: fc.constant('1'),
      default: fc.constantFrom('allow', 'deny'),
      mode: fc.constantFrom('enforce', 'enforce', 'enforce', 'shadow'),
      hide: fc.subarray(['x', 'drop*', '*_b'], { maxLength: 1 }),
      hide_denied: fc.boolean(),
      all_tools: fc.record(ruleForAll, { requiredKeys: [] }),
      classes: fc.dictionary(fc.constantFrom(...categories), rule, { maxKeys: 2 }),
      tools: fc.dictionary(fc.constantFrom(...toolNames, ...globs), rule, { minKeys: 2, maxKeys: 5 }),
      methods: fc.dictionary(fc.constantFrom('resources/read', 'sampling/createMessage'), rule, { maxKeys: 2 }),
    },
    { requiredKeys: ['version', 'default', 'tools'] },
  )
  .map((document) => JSON.stringify(document));

const anyArgument = fc.oneof(scalar, fc.constantFrom(null, JSON.rawJSON('1.0'), JSON.rawJSON('2.0000000000000000001')));
const mostly = <T, U>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<U>) =>
  fc.oneof({ weight: 8, arbitrary: usual }, { weight: 1, arbitrary: other });
const number = fc.constantFrom(0, 0.5, 1, 2);
const text = fc.constantFrom('a', 'b', 'ab');
const args = fc.record(
  {
    p: mostly(number, anyArgument),
    q: mostly(text, anyArgument),
    o: mostly(fc.record({ p: number }), anyArgument),
    l: mostly(
      fc.array(fc.record({ p: number }), { minLength: 1, maxLength: 3 }),
      fc.array(anyArgument, { maxLength: 2 }),
    ),
  },
  { requiredKeys: [] },
);
const lookalike = mostly(fc.constant({}), fc.constant({ P: 1 }));
const someArgs = fc.tuple(args, lookalike).map(([usual, odd]) => ({ ...usual, ...odd })) as fc.Arbitrary<JsonObject>;
const facts: fc.Arbitrary<ToolFacts> = fc.record({
  category: fc.constantFrom(...categories),
  severity: fc.constantFrom('Low', 'Medium', 'High', 'Critical'),
  confidence: fc.constantFrom(0, 0.79, 0.8, 1),
});
const accepts = fc.constantFrom<PolicyRequest['definition']>(
  { state: 'accepted', check: () => ({ ok: true }) },
  { state: 'accepted', check: () => ({ ok: true }) },
  {
    state: 'accepted',
    check: (_args, mode) => (mode === 'strict' ? { ok: false, reason: 'undeclared' } : { ok: true }),
  },
  { state: 'accepted', check: () => ({ ok: false, reason: 'cannot be compiled', unsupported: true }) },
  { state: 'accepted', check: () => ({ ok: true }) },
  { state: 'accepted', check: () => ({ ok: true }) },
  { state: 'accepted', check: () => ({ ok: true }) },
  { state: 'changed' },
);
const now = Date.parse('2027-03-01T12:00:00Z');

/** Calls to tools that the server has listed and somebody has accepted, and to methods. */
export const policyRequest: fc.Arbitrary<PolicyRequest> = fc
  .record({
    subject: fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant('tool' as const),
          name: fc.constantFrom(...toolNames, ...toolNames, 'toString', '*'),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('method' as const),
          name: fc.constantFrom('resources/read', 'sampling/createMessage', 'prompts/get', 'no/such'),
        }),
      },
    ),
    arguments: someArgs,
    definition: accepts,
    tool: fc.option(facts, { nil: undefined }),
    team: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
    clientName: fc.option(fc.constantFrom('a', 'ab'), { nil: undefined }),
    session: fc.option(fc.constant('s1'), { nil: undefined }),
    labels: fc.subarray(labels),
    ttl: fc.constantFrom(-1, 0, 1),
  })
  .map(({ subject, team, tool, clientName, session, labels: active, ttl, ...rest }) => ({
    ...subject,
    ...rest,
    ...(tool === undefined ? {} : { tool }),
    ...(clientName === undefined ? {} : { clientName }),
    ...(session === undefined ? {} : { session }),
    grant: { counterKey: 'g1', label: 'agent', labels: team === undefined ? {} : { team } },
    labels: new Map(active.map((label) => [label, now + ttl])),
    now,
  }));
