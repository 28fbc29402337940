import { expect, test } from 'vitest';
import { planApply, type WantedStack } from './plan-apply.ts';
import type { ControlState, StoredGrant } from './state.ts';

const tools = {
  createId: (prefix: string) => `${prefix}_new`,
  createToken: () => 'made',
  hashToken: (token: string) => `hash of ${token}`,
  fingerprint: () => '',
};
const wantedGrant = (label: string, token: string): WantedStack['grants'][number] => ({
  label,
  token,
  owner: null,
  servers: {},
  labels: {},
  expiresAt: null,
});
const storedGrant = (label: string, token: string): StoredGrant => ({
  id: `grt_${label}`,
  organisation: 'org',
  label,
  owner: null,
  tokenHash: tools.hashToken(token),
  labels: {},
  expiresAt: null,
  access: new Map(),
});
const plan = (
  current: readonly StoredGrant[],
  grants: WantedStack['grants'],
  prune: boolean,
): ReturnType<typeof planApply> => {
  const state: ControlState = { servers: [], policies: [], grants: current };
  return planApply('org', state, { servers: [], policies: [], grants, prune }, tools);
};

test.each([
  ['within one file', [], [wantedGrant('one', 'a'), wantedGrant('two', 'a')]],
  ['beside a grant that stays', [storedGrant('one', 'a')], [wantedGrant('two', 'a')]],
])('two grants with one token are refused %s', (_where, current, wanted) => {
  expect(plan(current, wanted, false)).toEqual({ ok: false, error: ['grant two has the same token as grant one'] });
});

test('a token passes to another grant when its own is pruned, which happens first', () => {
  const outcome = plan([storedGrant('one', 'a')], [wantedGrant('two', 'a')], true);
  expect(outcome.ok && outcome.value.changes.map(({ kind }) => kind)).toEqual(['revoke-grant', 'put-grant']);
});
