import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decide, isListed } from '../../src/core/policy/decide.ts';
import { explain } from '../../src/core/policy/explain.ts';
import type { Verdict } from '../../src/core/policy/verdict.ts';
import { policyOf, readCaseFile, requestOf, type Wanted } from './policy-case.ts';

const folder = import.meta.dirname;
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

describe.each(files)('%s', (name) => {
  const file = readCaseFile(join(folder, name));
  const policy = policyOf(file);

  test.each(file.cases.map((policyCase) => [policyCase.case, policyCase] as const))('%s', (_name, policyCase) => {
    const request = requestOf(file, policyCase);
    const verdict = decide(policy, request);
    expectVerdict(verdict, policyCase.want);
    expect(explain(policy, request).verdict).toEqual(verdict);
    if (request.kind !== 'tool') return;
    const listed = isListed(policy, request.name, request.tool);
    if (policyCase.want.listed !== undefined) expect(listed).toBe(policyCase.want.listed);
    // Hiding implies denying, as if the tool did not exist.
    if (!listed) expect(verdict).toMatchObject({ code: 'not_available' });
  });
});

function expectVerdict(verdict: Verdict, want: Wanted): void {
  const { reason, takes, adds, blocked_by, approval, shadow, listed: _, ...same } = want;
  expect(verdict).toMatchObject(same);
  if (reason !== undefined) expect('reason' in verdict ? verdict.reason : undefined).toContain(reason);
  const obligations = verdict.effect === 'allow' || verdict.effect === 'hold' ? verdict : undefined;
  if (takes !== undefined) {
    const taken = obligations?.takes.map((take) => ({
      rule: take.rule,
      counter: take.counter,
      amount: take.amount,
      max: take.max,
      from: iso(take.windowStart),
      to: iso(take.windowEnd),
    }));
    expect(taken).toHaveLength(takes.length);
    expect(taken).toMatchObject(takes);
  }
  if (adds !== undefined)
    expect(obligations?.adds?.map(({ label, ttlSeconds }) => `${label} ${ttlSeconds}`)).toEqual(adds);
  if (blocked_by !== undefined) expect(obligations?.blockedBy).toEqual(blocked_by);
  if (approval !== undefined) expect(verdict.effect === 'hold' ? verdict.approval : undefined).toEqual(approval);
  const inShadow = verdict.effect === 'allow' ? verdict.shadow : undefined;
  if (shadow === undefined) expect(inShadow).toBeUndefined();
  else if (inShadow === undefined) expect.fail('no shadow verdict');
  else expectVerdict(inShadow, shadow);
}

function iso(instant: number): string {
  return new Date(instant).toISOString().replace('.000Z', 'Z');
}
