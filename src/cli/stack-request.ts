/** From a `stack.yaml` to the request that applies it: references resolved, policy files read, everything checked. */
import { dirname } from 'node:path';
import { readEnvironment } from '../config/environment.ts';
import { parseStack, type Stack } from '../config/stack.ts';
import type { ApplyRequest } from '../control/contracts/apply.ts';
import { parsePolicy } from '../core/policy/parse-policy.ts';
import { StartProblem } from '../main/data-directory.ts';
import { readFile } from './settings.ts';

/** Throws `StartProblem` with one line for each fault: file, line, column, what was expected. */
export function readStackRequest(
  path: string,
  options: { readonly prune: boolean; readonly dryRun: boolean },
): ApplyRequest {
  const parsed = parseStack(readFile(path), dirname(path), readEnvironment());
  if (!parsed.ok)
    throw new StartProblem(
      parsed.error
        .map((problem) => `${path}${place(problem)}: ${problem.path === '' ? '' : `${problem.path} `}${problem.text}`)
        .join('\n'),
    );
  const stack = parsed.value;
  return {
    servers: stack.servers.map((server) => ({ slug: server.slug, entry: serverEntry(server) })),
    policies: stack.policies.map((policy) => ({
      name: policy.name,
      server: policy.server,
      document: policyDocument(policy, path),
    })),
    grants: stack.grants.map((grant) => ({
      label: grant.label,
      owner: grant.owner ?? null,
      token: grant.token ?? null,
      servers: grant.servers,
      labels: grant.labels,
      expiresAt: grant.expires === undefined ? null : Date.parse(grant.expires),
    })),
    prune: options.prune,
    dryRun: options.dryRun,
  };
}

function serverEntry(server: Stack['servers'][number]): ApplyRequest['servers'][number]['entry'] {
  const { http, stdio } = server;
  if (http !== undefined)
    return {
      kind: 'http',
      url: http.url,
      headers: http.headers,
      allowPrivate: http.allow_private,
      timeoutSeconds: http.timeout ?? null,
    };
  // The schema lets exactly one of the two through.
  const local = stdio as NonNullable<typeof stdio>;
  return {
    kind: 'stdio',
    command: local.command,
    args: local.args,
    env: local.env,
    cwd: local.cwd ?? null,
    shared: local.shared,
    user: local.user ?? null,
    sandbox: local.sandbox,
    idleSeconds: local.idle_timeout ?? null,
    lifetimeSeconds: local.lifetime ?? null,
    timeoutSeconds: local.timeout ?? null,
  };
}

function policyDocument(policy: Stack['policies'][number], stackPath: string): string {
  const text = policy.file === undefined ? JSON.stringify(policy.document) : readFile(policy.file);
  const parsed = parsePolicy(text);
  if (parsed.ok) return text;
  const where = policy.file ?? `${stackPath}: policy ${policy.name}`;
  throw new StartProblem(
    parsed.error
      .map(
        (problem) =>
          `${where}${policy.file === undefined ? '' : place(problem)}: ${problem.pointer === '' ? '' : `${problem.pointer} `}${problem.message}${problem.hint === undefined ? '' : ` (${problem.hint})`}`,
      )
      .join('\n'),
  );
}

function place(problem: { readonly line?: number | undefined; readonly column?: number | undefined }): string {
  return problem.line === undefined
    ? ''
    : `:${problem.line}${problem.column === undefined ? '' : `:${problem.column}`}`;
}
