/**
 * What a decision costs, and what it costs to load a policy. Run with `node bench/policy.ts`.
 *
 * A figure is the median over rounds of the time for one decision, taken over many decisions in a row; arms are
 * interleaved, so that other load on the machine hits all of them alike. Not shown: the schema check, the counters and
 * the log, which are the gateway's.
 */
import { type CompiledPolicy, compilePolicy } from '../src/core/policy/compile.ts';
import { decide } from '../src/core/policy/decide.ts';
import { parsePolicy } from '../src/core/policy/parse-policy.ts';
import type { PolicyRequest } from '../src/core/policy/request.ts';
import { loadPostgresqlParser } from '../src/main/postgresql-parser.ts';

const context = {
  organisation: 'org',
  serverId: 'srv',
  policyName: 'bench',
  version: 1,
  operators: { sql: { postgresql: await loadPostgresqlParser() } },
};

const args = { amount: 250.5, count: 3, currency: 'USD', reason: 'broken on arrival', to: 'a@example.com', ok: true };
const tenConditions = [
  { path: 'args.amount', op: 'gte', value: 0.01 },
  { path: 'args.amount', op: 'lte', value: 500 },
  { path: 'args.count', op: 'lt', value: 10 },
  { path: 'args.count', op: 'neq', value: 7 },
  { path: 'args.currency', op: 'in', value: ['USD', 'EUR', 'GBP'] },
  { path: 'args.reason', op: 'exists', value: true },
  { path: 'args.reason', op: 'length_lte', value: 200 },
  { path: 'args.to', op: 'ends_with', value: '@example.com' },
  { path: 'args.ok', op: 'eq', value: true },
  { path: 'args.reason', op: 'starts_with', value: 'broken' },
];

function policy(document: object): CompiledPolicy {
  const parsed = parsePolicy(JSON.stringify(document));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  const compiled = compilePolicy(parsed.value, context);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  return compiled.value;
}

const others = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, n) => [
      `other_tool_${n}`,
      { require: [{ path: 'args.n', op: 'lte', value: n }], limits: [{ counter: `c${n}`, window: 'day', max: 10 }] },
    ]),
  );
const withRule = (rule: object, otherRules = 1000) =>
  policy({ version: '1', default: 'deny', tools: { ...others(otherRules), tool: rule } });

const request = (given: object = args): PolicyRequest => ({
  kind: 'tool',
  name: 'tool',
  arguments: given as PolicyRequest['arguments'],
  definition: { state: 'accepted', check: () => ({ ok: true }) },
  tool: { category: 'Write', severity: 'Medium', confidence: 1 },
  grant: { counterKey: 'grant', label: 'agent', labels: { team: 'payments' } },
  labels: new Map(),
  now: Date.parse('2027-03-01T12:00:00Z'),
});

interface Arm {
  readonly name: string;
  readonly policy: CompiledPolicy;
  readonly request: PolicyRequest;
  readonly wanted?: string;
}

const one = (condition: object, given: object): Pick<Arm, 'policy' | 'request'> => ({
  policy: withRule({ require: [condition] }),
  request: request(given),
});

const arms: readonly Arm[] = [
  ...[1, 100, 1000, 6000].map((count) => ({
    name: `10 scalar conditions, ${count} rules on other tools`,
    policy: withRule({ require: [{ conditions: tenConditions }] }, count),
    request: request(),
  })),
  { name: 'no condition', policy: withRule({}), request: request() },
  {
    name: 'a refusal with the author’s sentence',
    policy: withRule({ deny_if: [{ conditions: [], on_deny: 'No.' }] }),
    request: request(),
    wanted: 'deny',
  },
  {
    name: 'a refusal with a sentence made for it',
    policy: withRule({ require: [{ path: 'args.amount', op: 'lt', value: 1 }] }),
    request: request(),
    wanted: 'deny',
  },
  { name: 'one limit', policy: withRule({ limits: [{ counter: 'c', window: 'day', max: 10 }] }), request: request() },
  {
    name: 'one limit by amount in a time zone',
    policy: withRule({
      limits: [{ counter: 'c', window: 'day', max: 10, increment_from: 'args.amount', timezone: 'Europe/Berlin' }],
    }),
    request: request(),
  },
  {
    name: 'shadow, 10 scalar conditions',
    policy: policy({
      version: '1',
      default: 'deny',
      mode: 'shadow',
      tools: { tool: { require: [{ conditions: tenConditions }] } },
    }),
    request: request(),
  },
  {
    name: 'time.hour in a time zone',
    ...one({ path: 'time.hour', op: 'gte', value: 1, timezone: 'Europe/Berlin' }, args),
  },
  {
    name: 'every of 100 elements',
    ...one(
      { every: 'args.items', path: 'item.n', op: 'lte', value: 500 },
      { items: Array.from({ length: 100 }, (_, n) => ({ n })) },
    ),
  },
  {
    name: 'a number that is not plain',
    ...one({ path: 'args.n', op: 'lte', value: 500 }, { n: JSON.rawJSON('499.990') }),
  },
  {
    name: 'in, of 1,000',
    ...one({ path: 'args.v', op: 'in', value: Array.from({ length: 1000 }, (_, n) => `v${n}`) }, { v: 'v999' }),
  },
  {
    name: 'contains, in 10 KiB',
    ...one({ path: 'args.v', op: 'contains', value: 'z' }, { v: `${'a'.repeat(10_240)}z` }),
  },
  {
    name: 'matches ^[a-z0-9-]{1,40}$',
    ...one({ path: 'args.v', op: 'matches', value: '^[a-z0-9-]{1,40}$' }, { v: 'release-2027-03-01' }),
  },
  {
    name: 'host_in',
    ...one(
      { path: 'args.v', op: 'host_in', value: ['api.example.com'] },
      { v: 'https://api.example.com/v1/items?id=5' },
    ),
  },
  {
    name: 'path_under',
    ...one({ path: 'args.v', op: 'path_under', value: ['/srv/data'] }, { v: '/srv/data/reports/2027.txt' }),
  },
  {
    name: 'cidr_in',
    ...one({ path: 'args.v', op: 'cidr_in', value: ['10.0.0.0/8', '192.0.2.0/24'] }, { v: '192.0.2.7' }),
  },
  {
    name: 'email_domain_in',
    ...one({ path: 'args.v', op: 'email_domain_in', value: ['example.com'] }, { v: 'ann@example.com' }),
  },
  { name: 'argv_in', ...one({ path: 'args.v', op: 'argv_in', value: ['ls', 'git show *'] }, { v: 'git show HEAD' }) },
  {
    name: 'sql_read_only',
    ...one(
      { path: 'args.v', op: 'sql_read_only', value: true, dialect: 'postgresql' },
      { v: 'SELECT id, name FROM users WHERE active ORDER BY name LIMIT 10' },
    ),
  },
  {
    name: 'regex (?i)\\b(password|secret)\\b in 1 KiB',
    ...one(
      { path: 'args.v', op: 'regex', value: '(?i)\\b(password|secret)\\b' },
      { v: `${'lorem ipsum '.repeat(85)}secret` },
    ),
  },
];

function nanosecondsOf(arm: Arm, decisions: number): number {
  const start = process.hrtime.bigint();
  for (let n = 0; n < decisions; n += 1) decide(arm.policy, arm.request);
  return Number(process.hrtime.bigint() - start) / decisions;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function decisions(): void {
  for (const arm of arms) {
    const { effect } = decide(arm.policy, arm.request);
    if (effect !== (arm.wanted ?? 'allow'))
      throw new Error(`${arm.name}: ${JSON.stringify(decide(arm.policy, arm.request))}`);
  }
  const repeats = new Map(
    arms.map((arm) => [arm, Math.max(50, Math.min(20_000, Math.round(4e6 / nanosecondsOf(arm, 500))))]),
  );
  const times = new Map(arms.map((arm) => [arm, [] as number[]]));
  for (let round = 0; round < 31; round += 1) {
    for (const arm of arms) times.get(arm)?.push(nanosecondsOf(arm, repeats.get(arm) ?? 1));
  }
  console.log('one decision, median (µs)');
  for (const [arm, values] of times) console.log(`  ${(median(values) / 1000).toFixed(2).padStart(8)}  ${arm.name}`);
}

function loading(): void {
  const documents = {
    '6,000 rules with a condition and a limit': { version: '1', default: 'deny', tools: others(6000) },
    '10,000 rules with a condition': {
      version: '1',
      default: 'deny',
      tools: Object.fromEntries(
        Array.from({ length: 10_000 }, (_, n) => [`t${n}`, { require: [{ path: 'args.n', op: 'lte', value: n }] }]),
      ),
    },
    '1,500 rules with a pattern each': {
      version: '1',
      default: 'deny',
      tools: Object.fromEntries(
        Array.from({ length: 1500 }, (_, n) => [
          `t${n}`,
          { require: [{ path: 'args.n', op: 'matches', value: `^[a-z]+-${n}$` }] },
        ]),
      ),
    },
    '5,000 globs': {
      version: '1',
      default: 'deny',
      tools: Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`svc_${n}_*`, {}])),
    },
  };
  console.log('loading a policy, median (ms)        size   parse  compile');
  for (const [name, document] of Object.entries(documents)) {
    const text = JSON.stringify(document);
    const parseTimes: number[] = [];
    const compileTimes: number[] = [];
    for (let round = 0; round < 9; round += 1) {
      const start = performance.now();
      const parsed = parsePolicy(text);
      const middle = performance.now();
      if (!parsed.ok) throw new Error(`${name}: ${JSON.stringify(parsed.error.slice(0, 3))}`);
      const compiled = compilePolicy(parsed.value, context);
      if (!compiled.ok) throw new Error(name);
      parseTimes.push(middle - start);
      compileTimes.push(performance.now() - middle);
    }
    const figures = [
      `${Math.round(text.length / 1024)} KiB`.padStart(8),
      median(parseTimes).toFixed(0).padStart(7),
      median(compileTimes).toFixed(0).padStart(8),
    ];
    console.log(
      `  ${name.padEnd(42)}${figures.join('')}   first: ${parseTimes[0]?.toFixed(0)} + ${compileTimes[0]?.toFixed(0)}`,
    );
  }
}

loading();
decisions();
