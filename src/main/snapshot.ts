/** Builds the data plane's picture from the stored state; compiled policies are kept as long as their version lives. */

import type { ControlState, ControlStore, StoredPolicy, StoredServer } from '../core/organisation/state.ts';
import { type CompiledPolicy, compilePolicy } from '../core/policy/compile.ts';
import type { OperatorContext } from '../core/policy/operators/operator.ts';
import { parsePolicy } from '../core/policy/parse-policy.ts';
import type {
  GrantView,
  PolicyView,
  ServerView,
  Snapshot,
  SnapshotSource,
  UpstreamEntry,
} from '../gateway/snapshot.ts';
import type { Log } from '../telemetry/log.ts';
import { loadPostgresqlParser } from './postgresql-parser.ts';

export interface LiveSnapshot extends SnapshotSource {
  /** Reads the state anew; gives the snapshot when anything changed, else undefined. */
  refresh(): Promise<Snapshot | undefined>;
  /** Policies that cannot be used; their grants deny everything. */
  readonly problems: readonly string[];
}

/** Takes the store; gives a source that is empty until the first refresh. */
export function createLiveSnapshot(store: ControlStore, log: Log): LiveSnapshot {
  const compiled = new Map<string, CompiledPolicy | string>();
  const operatorsFor = operatorLoader();
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
    const found: string[] = [];
    const inUse = new Set<string>();
    const operators = await operatorsFor(state.policies);
    current = buildSnapshot(state, (policy) => {
      const key = `${policy.id}@${policy.version}`;
      inUse.add(key);
      let result = compiled.get(key);
      if (result === undefined) {
        result = compile(policy, store.organisation, operators);
        compiled.set(key, result);
      }
      if (typeof result !== 'string') return result;
      found.push(
        `policy ${policy.name} version ${policy.version} cannot be used, its grants deny everything: ${result}`,
      );
      log.error('policy-unusable', { policy: policy.name, version: policy.version, detail: result });
      return undefined;
    });
    for (const key of compiled.keys()) if (!inUse.has(key)) compiled.delete(key);
    fingerprint = next;
    problems = found;
    return current;
  }
}

/** Loads what operators need and cannot import, once a policy names such an operator: a parser of SQL takes megabytes. */
function operatorLoader(): (policies: readonly StoredPolicy[]) => Promise<OperatorContext> {
  let loaded: OperatorContext = {};
  return async (policies) => {
    const isNeeded =
      loaded.sql === undefined && policies.some((policy) => /sql_read_only|\\[uUx]/.test(policy.document));
    // A name may be written with escapes; then it is loaded in vain at worst.
    if (isNeeded) loaded = { sql: { postgresql: await loadPostgresqlParser() } };
    return loaded;
  };
}

function compile(policy: StoredPolicy, organisation: string, operators: OperatorContext): CompiledPolicy | string {
  const document = parsePolicy(policy.document);
  if (!document.ok) return document.error.map((problem) => `${problem.pointer} ${problem.message}`).join('; ');
  const result = compilePolicy(document.value, {
    organisation,
    serverId: policy.server,
    policyName: policy.name,
    version: policy.version,
    operators,
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
