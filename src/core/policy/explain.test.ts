import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { policyRequest, policyText } from '../../../test/arbitraries/policy.ts';
import type { JsonObject } from '../mcp/json/value.ts';
import { type CompiledPolicy, compilePolicy } from './compile.ts';
import { decide } from './decide.ts';
import { explain, explanationText } from './explain.ts';
import { parsePolicy } from './parse-policy.ts';
import type { PolicyRequest } from './request.ts';

function compiled(text: string): CompiledPolicy | undefined {
  const document = parsePolicy(text);
  if (!document.ok) return undefined;
  const policy = compilePolicy(document.value, { organisation: 'org', serverId: 'srv', policyName: 'p', version: 1 });
  return policy.ok ? policy.value : undefined;
}

const request = (name: string, args: JsonObject, more: Partial<PolicyRequest> = {}): PolicyRequest => ({
  kind: 'tool',
  name,
  arguments: args,
  definition: { state: 'accepted', check: () => ({ ok: true }) },
  grant: { counterKey: 'g', label: 'agent', labels: {} },
  labels: new Map(),
  now: Date.parse('2027-03-01T12:34:56Z'),
  ...more,
});

const document = (mode: string) => `
version: "1"
default: deny
mode: ${mode}
classes: { Read: {} }
all_tools: { limits: [ { counter: calls, window: hour, max: 100 } ] }
tools:
  refund:
    require:
      - { path: args.reason, op: exists, value: true }
      - conditions:
          - { path: args.amount, op: gte, value: 0 }
          - { path: args.amount, op: lte, value: 500 }
    deny_if: [ { every: args.items, path: item.sku, op: starts_with, value: X } ]
    approve_if: [ { path: args.amount, op: gt, value: 100 } ]
    blocked_by: [untrusted]
`;

const lines = (mode: string, given: PolicyRequest, showValues = false) => {
  const policy = compiled(document(mode));
  if (policy === undefined) throw new Error('not a policy');
  return explanationText(explain(policy, given, { showValues }));
};

describe('an explanation', () => {
  test('tells every rule that was looked at, what it saw, and why it held or not', () => {
    const given = request('refund', { reason: 'broken', amount: 150, items: [{ sku: 'X1' }, { sku: 'Y2' }] });
    expect(lines('enforce', given)).toEqual([
      'hold by /tools/refund/approve_if/0: This call needs the approval of a person because `args.amount` is greater than 100 (/tools/refund/approve_if/0).',
      '  hidden     not hidden',
      '  definition listed by the server and accepted',
      '  rule       governed by /tools/refund, then /all_tools.',
      '  drift      unchanged since it was accepted',
      '  schema     arguments match the input schema, and all are declared',
      '  require    /tools/refund/require/0 holds',
      '             - `args.reason` is given: true (saw a text of 6 characters)',
      '  require    /tools/refund/require/1 holds',
      '             - `args.amount` is at least 0: true (saw a number)',
      '             - `args.amount` is at most 500: true (saw a number)',
      '  deny_if    /tools/refund/deny_if/0 does not hold',
      '             - for every item of `args.items` `item.sku` starts with "X" [0]: true (saw a text of 2 characters)',
      '             - for every item of `args.items` `item.sku` starts with "X" [1]: false (saw a text of 2 characters)',
      '  flow       /tools/refund/blocked_by/0 the grant does not carry "untrusted"',
      '  limits     /all_tools/limits/0 wants 1 from counter "calls", which has 100 in the window from 2027-03-01T12:00:00.000Z to 2027-03-01T13:00:00.000Z',
      '  approval   /tools/refund/approve_if/0 holds',
      '             - `args.amount` is greater than 100: true (saw a number)',
      '  approval   held: /tools/refund/approve_if/0 This call needs the approval of a person because `args.amount` is greater than 100 (/tools/refund/approve_if/0).',
    ]);
  });

  test('shows values where they are asked for', () => {
    const given = request('refund', { reason: 'x'.repeat(300), amount: '150' });
    expect(lines('enforce', given, true).slice(-4)).toEqual([
      `             - \`args.reason\` is given: true (saw "${'x'.repeat(199)}… (a text of 300 characters))`,
      '  require    refused: /tools/refund/require/1 cannot be decided: The policy cannot decide on this call: `args.amount` must be a number (/tools/refund/require/1/conditions/0).',
      '             - `args.amount` is at least 0: cannot decide, it must be a number (saw "150")',
      '             - `args.amount` is at most 500: cannot decide, it must be a number (saw "150")',
    ]);
  });

  test('of shadow mode tells every rule that would refuse', () => {
    const given = request('refund', { amount: 900 }, { labels: new Map([['untrusted', Number.MAX_SAFE_INTEGER]]) });
    expect(lines('shadow', given).filter((line) => /^\S|would/.test(line))).toEqual([
      'allow by /tools/refund',
      'in shadow mode; enforced, it would be deny by /tools/refund/require/0',
      '  require    would refuse: /tools/refund/require/0 does not hold: The policy requires that `args.reason` is given (/tools/refund/require/0).',
      '  require    would refuse: /tools/refund/require/1 does not hold: The policy requires that `args.amount` is at least 0, and `args.amount` is at most 500 (/tools/refund/require/1).',
      '  flow       would refuse: /tools/refund/blocked_by/0 Earlier calls of this grant put the label "untrusted" on it, which blocks this call (/tools/refund/blocked_by/0).',
    ]);
  });

  test('tells when the rule of a class was passed over', () => {
    const given = request('reader', {}, { tool: { category: 'Read', severity: 'Low', confidence: 0.7 } });
    expect(lines('enforce', given).at(-1)).toBe(
      '  default    refused: (default deny) The policy does not list this tool, and its default is to deny. The rule of its class does not apply below confidence 0.8.',
    );
  });
});

describe('for any policy and call', () => {
  const forAll = (check: (policy: CompiledPolicy, given: PolicyRequest) => void) =>
    fc.assert(
      fc.property(policyText, policyRequest, (text, given) => {
        const policy = compiled(text);
        if (policy !== undefined) check(policy, given);
      }),
      { numRuns: 500 },
    );

  test('the verdict is that of decide', () => {
    forAll((policy, given) => expect(explain(policy, given).verdict).toEqual(decide(policy, given)));
  });

  test('a refusal is the last step, and nothing before it refused', () => {
    forAll((policy, given) => {
      const { verdict, steps } = explain(policy, given);
      const refusals = steps.filter(({ outcome }) => outcome === 'refused');
      if (verdict.effect === 'allow' || verdict.effect === 'hold') return expect(refusals).toEqual([]);
      expect(refusals).toHaveLength(1);
      expect(steps.at(-1)).toBe(refusals[0]);
      expect(refusals[0]?.text).toContain(verdict.reason);
    });
  });

  test('no value of the call is told unasked', () => {
    const canary = 'kz9canary';
    forAll((policy, given) => {
      const args = { p: canary, q: { [canary]: canary }, l: [canary, { p: canary }], o: { p: canary } };
      expect(JSON.stringify(explain(policy, { ...given, arguments: args }))).not.toContain(canary);
    });
  });
});
