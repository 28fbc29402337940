/** Builds the data plane's picture from the stored state; compiled policies are kept as long as their version lives. */

import type { ControlState, ControlStore, StoredPolicy, StoredServer } from '../core/organisation/state.ts';
import type { CompiledPolicy } from '../core/policy/compile.ts';
import type {
  GrantView,
  PolicyView,
  ServerView,
  Snapshot,
  SnapshotSource,
  UpstreamEntry,
} from '../gateway/snapshot.ts';
import type { Log } from '../telemetry/log.ts';
import { compileDocument } from './compile-policy.ts';

export interface LiveSnapshot extends SnapshotSource {
  /** Reads the state anew; gives the snapshot when anything changed, else undefined. */
  refresh(): Promise<Snapshot | undefined>;
  /** Policies that cannot be used; their grants deny everything. */
  readonly problems: readonly string[];
}

/** Takes the store; gives a source that is empty until the first refresh. */
export function createLiveSnapshot(store: ControlStore, log: Log): LiveSnapshot {
  const compiled = new Map<string, CompiledPolicy | string>();
  let fingerprint = '';
  let current = buildSnapshot({ servers: [], policies: [], grants: [] }, () => undefined);
  let problems: readonly string[] = [];
  let newest: Promise<unknown> = Promise.resolve();
  return {
    current: () => current,
    get problems() {
      return problems;
    },
    refresh() {
      // One after the other: what was read first must not replace what was read later.
      const refreshed = newest.then(read);
      newest = refreshed.catch(() => {});
      return refreshed;
    },
  };

  async function read(): Promise<Snapshot | undefined> {
    const state = await store.read(store.organisation);
    const next = stateFingerprint(state);
    if (next === fingerprint) return undefined;
    const inUse = new Map(state.policies.map((policy) => [versionKey(policy), policy]));
    for (const key of compiled.keys()) if (!inUse.has(key)) compiled.delete(key);
    for (const [key, policy] of inUse) {
      if (!compiled.has(key)) compiled.set(key, await compile(policy, store.organisation));
    }
    problems = [...inUse].flatMap(([key, policy]) => {
      const result = compiled.get(key);
      return typeof result === 'string' ? [unusable(policy, result)] : [];
    });
    for (const text of problems) log.error('policy-unusable', { detail: text });
    current = buildSnapshot(state, (policy) => {
      const result = compiled.get(versionKey(policy));
      return typeof result === 'string' ? undefined : result;
    });
    fingerprint = next;
    return current;
  }
}

function versionKey(policy: StoredPolicy): string {
  return `${policy.id}@${policy.version}`;
}

function unusable(policy: StoredPolicy, problem: string): string {
  return `policy ${policy.name} version ${policy.version} cannot be used, its grants deny everything: ${problem}`;
}

/** The compiled policy, or what is wrong with it in one line. */
async function compile(policy: StoredPolicy, organisation: string): Promise<CompiledPolicy | string> {
  const result = await compileDocument(policy.document, {
    organisation,
    serverId: policy.server,
    policyName: policy.name,
    version: policy.version,
  });
  return result.ok ? result.value : result.error.map((problem) => `${problem.pointer} ${problem.message}`).join('; ');
}

function buildSnapshot(
  state: ControlState,
  compiledPolicy: (policy: StoredPolicy) => CompiledPolicy | undefined,
): Snapshot {
  const policies = new Map<string, PolicyView | null>(
    state.policies.map((policy) => {
      const compiled = compiledPolicy(policy);
      return [policy.id, compiled === undefined ? null : { name: policy.name, version: policy.version, compiled }];
    }),
  );
  const servers = state.servers.map(serverView);
  const grants = state.grants.map((grant): GrantView & { tokenHash: string } => ({
    id: grant.id,
    organisation: grant.organisation,
    label: grant.label,
    owner: grant.owner,
    labels: grant.labels,
    lineage: JSON.stringify([grant.organisation, grant.owner, grant.label]),
    expiresAt: grant.expiresAt,
    access: new Map(
      [...grant.access].map(([server, policy]) => [server, policy === null ? null : (policies.get(policy) ?? null)]),
    ),
    tokenHash: grant.tokenHash,
  }));
  const byHash = new Map(grants.map((grant) => [grant.tokenHash, grant]));
  const byId = new Map(grants.map((grant) => [grant.id, grant]));
  const byRef = new Map(
    servers.flatMap((server) => [server.slug, server.id].map((ref) => [`${server.organisation}/${ref}`, server])),
  );
  return {
    grantByTokenHash: (hash) => byHash.get(hash),
    grantById: (id) => byId.get(id),
    server: (organisation, ref) => byRef.get(`${organisation}/${ref}`),
    servers,
  };
}

function serverView(server: StoredServer): ServerView {
  return {
    id: server.id,
    slug: server.slug,
    organisation: server.organisation,
    fingerprint: server.fingerprint,
    upstream: upstreamEntry(server),
  };
}

function upstreamEntry({ entry }: StoredServer): UpstreamEntry {
  const milliseconds = (seconds: number | null): number | null => (seconds === null ? null : seconds * 1000);
  switch (entry.kind) {
    case 'http':
      return {
        kind: 'http',
        url: entry.url,
        headers: entry.headers,
        allowPrivate: entry.allowPrivate,
        timeoutMs: milliseconds(entry.timeoutSeconds),
      };
    case 'stdio':
      return {
        kind: 'stdio',
        command: entry.command,
        args: entry.args,
        env: entry.env,
        cwd: entry.cwd,
        isShared: entry.shared,
        user: entry.user,
        sandbox: entry.sandbox,
        idleMs: milliseconds(entry.idleSeconds),
        lifetimeMs: milliseconds(entry.lifetimeSeconds),
        timeoutMs: milliseconds(entry.timeoutSeconds),
      };
  }
}

/** Equal texts for equal states; policy versions are immutable, so their documents need not be looked at. */
function stateFingerprint(state: ControlState): string {
  return JSON.stringify([
    state.servers.map((server) => [server.id, server.slug, server.fingerprint]),
    state.policies.map((policy) => [policy.id, policy.version]),
    state.grants.map((grant) => [
      grant.id,
      grant.label,
      grant.owner,
      grant.tokenHash,
      grant.labels,
      grant.expiresAt,
      [...grant.access],
    ]),
  ]);
}
