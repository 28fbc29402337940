import { describe, expect, test } from 'vitest';
import { compilePolicy } from './compile.ts';
import { decide } from './decide.ts';
import type { PolicyDocument } from './document.ts';
import { neededParsers } from './needed-parsers.ts';
import { parsePolicy } from './parse-policy.ts';
import type { PolicyRequest } from './request.ts';

const context = { organisation: 'org', serverId: 'srv', policyName: 'p', version: 7 };

const request = (args: PolicyRequest['arguments'], more: Partial<PolicyRequest> = {}): PolicyRequest => ({
  kind: 'tool',
  name: 't',
  arguments: args,
  definition: { state: 'accepted', check: () => ({ ok: true }) },
  grant: { counterKey: 'g', label: 'agent', labels: {} },
  labels: new Map(),
  now: Date.parse('2027-03-01T12:00:00Z'),
  ...more,
});

function compiled(document: PolicyDocument) {
  const policy = compilePolicy(document, context);
  if (!policy.ok) throw new Error(JSON.stringify(policy.error));
  return policy.value;
}

describe('compiling', () => {
  test('says where a document needs what is not loaded', () => {
    const sql = { path: 'args.sql', op: 'sql_read_only', value: true, dialect: 'postgresql' } as const;
    const document: PolicyDocument = {
      version: '1',
      default: 'deny',
      tools: { 'a/b': { require: [{ conditions: [sql] }] } },
    };
    expect(parsePolicy(JSON.stringify(document)).ok).toBe(true);
    expect([...neededParsers(document)]).toEqual(['postgresql']);
    expect([...neededParsers({ version: '1', default: 'deny', tools: { a: {} } })]).toEqual([]);
    expect(compilePolicy(document, context)).toEqual({
      ok: false,
      error: [
        {
          pointer: '/tools/a~1b/require/0/conditions/0/value',
          message: 'The PostgreSQL parser that `sql_read_only` needs is not loaded here.',
        },
      ],
    });
  });

  test('refuses what a program put together wrongly', () => {
    const limit = { counter: 'c', window: 'day', max: 1 } as const;
    const document: PolicyDocument = {
      version: '1',
      default: 'deny',
      tools: {
        'a*': {},
        '*b': { limits: [limit, { ...limit, increment: 2 }] },
        c: { require: [{ path: 'args.x', op: 'matches', value: '(' }] },
      },
    };
    const result = compilePolicy(document, context);
    expect(result.ok ? [] : result.error.map(({ pointer }) => pointer)).toEqual([
      '/tools/*b',
      '/tools/c/require/0/value',
      '/tools/*b/limits/1',
    ]);
  });

  test('keeps the names by which decisions are recorded', () => {
    expect(compiled({ version: '1', default: 'deny' })).toMatchObject({ ...context, mode: 'enforce' });
  });
});

describe('the check of the input schema', () => {
  const asked: unknown[] = [];
  const check = (args: PolicyRequest['arguments'], mode: string, declared: { has(name: string): boolean }) => {
    asked.push([mode, Object.keys(args).filter((name) => declared.has(name))]);
    return { ok: true } as const;
  };
  const modeFor = (tools: PolicyDocument['tools'], allTools?: PolicyDocument['all_tools']) => {
    asked.length = 0;
    const document: PolicyDocument = {
      version: '1',
      default: 'allow',
      ...(tools && { tools }),
      ...(allTools && { all_tools: allTools }),
    };
    decide(compiled(document), request({ a: 1, b: 2, c: 3 }, { definition: { state: 'accepted', check } }));
    return asked[0];
  };
  const onA = { path: 'args.a', op: 'eq', value: 1 } as const;

  test.each([
    ['no rule', modeFor({}), ['declared', []]],
    ['a rule that looks at nothing', modeFor({ t: {} }), ['declared', []]],
    ['a rule that looks at an argument', modeFor({ t: { require: [onA] } }), ['strict', ['a']]],
    [
      'inside an element',
      modeFor({ t: { deny_if: [{ every: 'args.b', path: 'item.x', op: 'eq', value: 1 }] } }),
      ['strict', ['b']],
    ],
    [
      'a rule that looks at a fact',
      modeFor({ t: { require: [{ path: 'tool.name', op: 'eq', value: 't' }] } }),
      ['declared', []],
    ],
    [
      'a limit that adds an argument up',
      modeFor({ t: { limits: [{ counter: 'c', window: 'day', max: 1, increment_from: 'args.c' }] } }),
      ['strict', ['c']],
    ],
    ['a rule for all tools', modeFor({ t: {} }, { require: [onA] }), ['strict', ['a']]],
    [
      'both',
      modeFor({ t: { require: [{ path: 'args.b', op: 'eq', value: 2 }] } }, { require: [onA] }),
      ['strict', ['a', 'b']],
    ],
    ['a rule that says true', modeFor({ t: { require: [onA], validate_arguments: true } }), ['declared', ['a']]],
    ['a rule for all tools that says strict', modeFor({ t: {} }, { validate_arguments: 'strict' }), ['strict', []]],
    [
      'a tool that says otherwise',
      modeFor({ t: { validate_arguments: true } }, { validate_arguments: 'strict' }),
      ['declared', []],
    ],
    ['a tool that says false', modeFor({ t: { require: [onA], validate_arguments: false } }), undefined],
  ])('%s', (_name, seen, expected) => {
    expect(seen).toEqual(expected);
  });
});

describe('what a tool and all tools say of the same thing', () => {
  const verdictFor = (own: object, all: object) => {
    const document = parsePolicy(JSON.stringify({ version: '1', default: 'deny', all_tools: all, tools: { t: own } }));
    if (!document.ok) throw new Error(JSON.stringify(document.error));
    const verdict = decide(compiled(document.value), request({}));
    if (verdict.effect !== 'allow') throw new Error(verdict.effect);
    return verdict;
  };
  const limit = { counter: 'c', window: 'day' };

  test.each([
    [5, true, 9, true, { max: 5, releaseOnError: true, rule: '/tools/t/limits/0' }],
    [5, true, 9, false, { max: 5, releaseOnError: false, rule: '/tools/t/limits/0' }],
    [9, false, 5, true, { max: 5, releaseOnError: false, rule: '/all_tools/limits/0' }],
  ])(
    'a counter of both: the smaller max, given back only if both say so (%j %j, %j %j)',
    (max, own, allMax, all, expected) => {
      const verdict = verdictFor(
        { limits: [{ ...limit, max, release_on_error: own }] },
        { limits: [{ ...limit, max: allMax, release_on_error: all }] },
      );
      expect(verdict.takes).toHaveLength(1);
      expect(verdict.takes[0]).toMatchObject(expected);
    },
  );

  test('a label of both lasts as long as the longer says', () => {
    expect(verdictFor({ adds: ['x'], labels_ttl: 5 }, { adds: ['x', 'y'] }).adds).toEqual([
      { label: 'x', ttlSeconds: 86_400 },
      { label: 'y', ttlSeconds: 86_400 },
    ]);
    expect(verdictFor({ adds: ['x'] }, { adds: ['x'], labels_ttl: 5 }).adds).toEqual([
      { label: 'x', ttlSeconds: 86_400 },
    ]);
  });

  test('a limit says its own sentence, or else that of its rule', () => {
    const { takes } = verdictFor(
      {
        reason: 'rule',
        limits: [
          { ...limit, max: 1, on_deny: 'limit' },
          { ...limit, counter: 'd', max: 1, algorithm: 'sliding' },
        ],
      },
      {},
    );
    expect(takes.map(({ onDeny, algorithm }) => [onDeny, algorithm])).toEqual([
      ['limit', 'fixed'],
      ['rule', 'sliding'],
    ]);
  });
});

test('names that clients make up do not fill the memory, nor change what is chosen', () => {
  const policy = compiled({ version: '1', default: 'deny', tools: { t: {}, 'get_*': {} } });
  const chosen = policy.chooseTool('t').plan;
  for (let n = 0; n < 25_000; n += 1) policy.chooseTool(`made_up_${n}`);
  policy.chooseTool('x'.repeat(1_000_000));
  expect(policy.chooseTool('t').plan).toBe(chosen);
  expect(policy.chooseTool('get_x').plan).toBe(policy.chooseTool('get_y').plan);
});
