/**
 * From what is and what is wanted to the changes that make them equal: a pure plan, shown by a dry run and carried out
 * as one transaction. Applying the same document twice changes nothing the second time.
 */
import { err, ok, type Result } from '../result.ts';
import type { ServerEntry } from './server-entry.ts';
import type { ControlState, StateChange, StoredGrant, StoredPolicy, StoredServer } from './state.ts';

export interface WantedStack {
  readonly servers: readonly { readonly slug: string; readonly entry: ServerEntry }[];
  readonly policies: readonly { readonly name: string; readonly server: string; readonly document: string }[];
  readonly grants: readonly {
    readonly label: string;
    readonly owner: string | null;
    readonly token: string | null;
    readonly servers: Readonly<Record<string, string | null>>;
    readonly labels: Readonly<Record<string, string>>;
    readonly expiresAt: number | null;
  }[];
  readonly prune: boolean;
}

export interface PlannedChange {
  readonly action: 'create' | 'update' | 'delete' | 'keep';
  readonly kind: 'server' | 'policy' | 'grant';
  readonly name: string;
  readonly detail?: string;
}

export interface Plan {
  readonly shown: readonly PlannedChange[];
  readonly changes: readonly StateChange[];
  /** Tokens made for grants that brought none. */
  readonly tokens: readonly { readonly label: string; readonly token: string }[];
}

/** What the plan needs from outside: ids and tokens are random, hashes and fingerprints are keyed. */
export interface PlanTools {
  createId(prefix: 'srv' | 'pol' | 'grt'): string;
  createToken(): string;
  hashToken(token: string): string;
  fingerprint(entry: ServerEntry): string;
}

/** Gives the plan, or every reference that leads nowhere. */
export function planApply(
  organisation: string,
  current: ControlState,
  wanted: WantedStack,
  tools: PlanTools,
): Result<Plan, readonly string[]> {
  const problems: string[] = [];
  const shown: PlannedChange[] = [];
  const changes: StateChange[] = [];
  const tokens: { label: string; token: string }[] = [];

  const currentServers = new Map(current.servers.map((server) => [server.slug, server]));
  const serverIds = new Map(current.servers.map((server) => [server.slug, server.id]));
  for (const { slug, entry } of wanted.servers) {
    const existing = currentServers.get(slug);
    const action =
      existing === undefined ? 'create' : existing.fingerprint === tools.fingerprint(entry) ? 'keep' : 'update';
    const id = existing?.id ?? tools.createId('srv');
    serverIds.set(slug, id);
    shown.push({ action, kind: 'server', name: slug });
    if (action !== 'keep') changes.push({ kind: 'put-server', id, slug, entry });
  }

  const currentPolicies = new Map(current.policies.map((policy) => [policy.name, policy]));
  const policies = new Map(current.policies.map((policy) => [policy.name, { id: policy.id, server: policy.server }]));
  for (const { name, server, document } of wanted.policies) {
    const serverId = serverIds.get(server);
    if (serverId === undefined) {
      problems.push(`policy ${name} is for the server ${server}, which is neither in this file nor registered`);
      continue;
    }
    const existing = currentPolicies.get(name);
    if (existing !== undefined && existing.server !== serverId) {
      problems.push(`policy ${name} already exists for another server; policies do not move between servers`);
      continue;
    }
    const action = existing === undefined ? 'create' : existing.document === document ? 'keep' : 'update';
    const id = existing?.id ?? tools.createId('pol');
    policies.set(name, { id, server: serverId });
    shown.push({
      action,
      kind: 'policy',
      name,
      ...(action === 'update' && existing !== undefined ? { detail: `version ${existing.version + 1}` } : {}),
    });
    if (action !== 'keep') changes.push({ kind: 'put-policy', id, name, server: serverId, document });
  }

  const grantKey = (grant: { label: string; owner: string | null }): string =>
    JSON.stringify([grant.owner, grant.label]);
  const currentGrants = new Map(current.grants.map((grant) => [grantKey(grant), grant]));
  const wantedGrants = new Set(wanted.grants.map(grantKey));
  // A token stands for one grant: two with the same would leave it open whose rules hold.
  const holders = new Map(
    current.grants
      .filter((grant) => !wanted.prune && !wantedGrants.has(grantKey(grant)))
      .map((grant) => [grant.tokenHash, grant.label]),
  );
  for (const grant of wanted.grants) {
    const access = new Map<string, string | null>();
    for (const [slug, policyName] of Object.entries(grant.servers)) {
      const serverId = serverIds.get(slug);
      const policy = policyName === null ? null : policies.get(policyName);
      if (serverId === undefined)
        problems.push(`grant ${grant.label} covers the server ${slug}, which is neither in this file nor registered`);
      else if (policy === undefined)
        problems.push(`grant ${grant.label} uses the policy ${policyName}, which is neither in this file nor stored`);
      else if (policy !== null && policy.server !== serverId)
        problems.push(`grant ${grant.label} uses the policy ${policyName} on ${slug}, but it is for another server`);
      else access.set(serverId, policy?.id ?? null);
    }
    const existing = currentGrants.get(grantKey(grant));
    const token = grant.token ?? (existing === undefined ? tools.createToken() : null);
    if (token !== null && grant.token === null) tokens.push({ label: grant.label, token });
    const next: StoredGrant = {
      id: existing?.id ?? tools.createId('grt'),
      organisation,
      label: grant.label,
      owner: grant.owner,
      tokenHash: token === null ? (existing as StoredGrant).tokenHash : tools.hashToken(token),
      labels: grant.labels,
      expiresAt: grant.expiresAt,
      access,
    };
    const holder = holders.get(next.tokenHash);
    if (holder !== undefined) problems.push(`grant ${grant.label} has the same token as grant ${holder}`);
    holders.set(next.tokenHash, grant.label);
    const differences = existing === undefined ? [] : grantDifferences(existing, next);
    const action = existing === undefined ? 'create' : differences.length > 0 ? 'update' : 'keep';
    shown.push({
      action,
      kind: 'grant',
      name: grant.label,
      ...(differences.length > 0 ? { detail: differences.join(', ') } : {}),
    });
    if (action !== 'keep') changes.push({ kind: 'put-grant', grant: next });
  }

  if (wanted.prune) prune(current, wanted, grantKey, shown, changes);
  return problems.length > 0 ? err(problems) : ok({ shown, changes, tokens });
}

function prune(
  current: ControlState,
  wanted: WantedStack,
  grantKey: (grant: { label: string; owner: string | null }) => string,
  shown: PlannedChange[],
  changes: StateChange[],
): void {
  const remove = <T extends { id: string }>(
    list: readonly T[],
    isWanted: (item: T) => boolean,
    kind: PlannedChange['kind'],
    name: (item: T) => string,
    change: 'delete-server' | 'delete-policy' | 'revoke-grant',
  ): void => {
    for (const item of list) {
      if (isWanted(item)) continue;
      shown.push({ action: 'delete', kind, name: name(item) });
      // A grant gives its token up before another takes it.
      if (change === 'revoke-grant') changes.unshift({ kind: change, id: item.id });
      else changes.push({ kind: change, id: item.id });
    }
  };
  const grants = new Set(wanted.grants.map(grantKey));
  const names = new Set(wanted.policies.map((policy) => policy.name));
  const slugs = new Set(wanted.servers.map((server) => server.slug));
  remove(
    current.grants,
    (grant: StoredGrant) => grants.has(grantKey(grant)),
    'grant',
    (grant) => grant.label,
    'revoke-grant',
  );
  remove(
    current.policies,
    (policy: StoredPolicy) => names.has(policy.name),
    'policy',
    (policy) => policy.name,
    'delete-policy',
  );
  remove(
    current.servers,
    (server: StoredServer) => slugs.has(server.slug),
    'server',
    (server) => server.slug,
    'delete-server',
  );
}

function grantDifferences(before: StoredGrant, after: StoredGrant): string[] {
  const differences: string[] = [];
  if (before.tokenHash !== after.tokenHash) differences.push('new token');
  if (before.expiresAt !== after.expiresAt) differences.push('expiry');
  if (JSON.stringify(sorted(before.labels)) !== JSON.stringify(sorted(after.labels))) differences.push('labels');
  if (
    JSON.stringify(sorted(Object.fromEntries(before.access))) !==
    JSON.stringify(sorted(Object.fromEntries(after.access)))
  )
    differences.push('servers');
  return differences;
}

function sorted<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1));
}
