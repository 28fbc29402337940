/** Administrative input: through the control API and through `callgate policy validate`; what is refused changes nothing. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { callStateless } from './client/honest-client.ts';
import { POLICY_B } from './fixture/policies.ts';
import { addServer, type FreshServer } from './fresh-server.ts';
import { dispositionsOf, isListed } from './judge/expectation.ts';
import { type Candidate, policyCandidates } from './policy-candidates.ts';
import type { AbuseRow } from './row.ts';
import type { World } from './world.ts';
import { firstLane } from './world.ts';

const COMMAND = fileURLToPath(new URL('../../bin/callgate.js', import.meta.url));
const VALIDATE_MS = 10_000;

export async function playPolicyDocument(world: World, row: AbuseRow): Promise<string[]> {
  const wanted = dispositionsOf(row.expected);
  if (wanted === undefined) return [`the outcome ${row.expected.outcome} is not known`];
  const candidates = policyCandidates(row.rawRequest.policyDocument, row.title);
  const lane = firstLane(world);
  const server = await addServer(world, lane, { policy: POLICY_B });
  const problems: string[] = [];
  let refused = 0;
  for (const candidate of candidates) {
    const outcome = await submit(world, server, candidate, row);
    problems.push(...outcome.problems);
    if (outcome.isRefused) refused += 1;
  }
  if (wanted.has('reject') && !wanted.has('allow') && refused === 0) problems.push('every document was taken');
  if (wanted.has('allow') && !wanted.has('reject') && refused > 0) problems.push(`${refused} documents were refused`);
  return problems;
}

interface Submitted {
  readonly isRefused: boolean;
  readonly problems: readonly string[];
}

async function submit(world: World, server: FreshServer, candidate: Candidate, row: AbuseRow): Promise<Submitted> {
  const before = await versionInForce(world, server);
  const policies = [{ name: server.label, server: server.slug, document: candidate.text }];
  const request = JSON.stringify({ servers: [], policies, grants: [], prune: false, dryRun: false });
  const answer = await world.gateway.control('POST', '/api/v1/apply', request);
  const exitCode = await validate(candidate.text);
  const isRefused = answer.status !== 200;
  const problems: string[] = [];
  if (isRefused && !isListed(row.expected.httpStatus, answer.status))
    problems.push(`HTTP status ${answer.status}, expected ${row.expected.httpStatus?.join(' or ')}`);
  if (isRefused !== (exitCode === 1))
    problems.push(`refused: ${isRefused}, yet \`policy validate\` ends with ${exitCode}`);
  if (isRefused && (await versionInForce(world, server)) !== before) problems.push('a refused document is in force');
  if (isRefused && !/\S/.test(JSON.stringify(answer.body))) problems.push('refused without a reason');
  if (!isRefused && candidate.pattern !== undefined) problems.push(...(await slowPatternProblems(world, server)));
  // A pattern that is taken is as good as one that is refused, where it can do no harm.
  if (!isRefused && candidate.pattern === undefined && row.expected.outcome === 'reject')
    problems.push('the document was taken');
  return { isRefused, problems };
}

/** The version by which a call is decided now. */
async function versionInForce(world: World, server: FreshServer): Promise<number | undefined> {
  const position = world.ledger.position();
  const caller = { gateway: world.gateway, slug: server.slug, token: server.token };
  await callStateless(caller, 'tools/call', { name: 'search', arguments: { q: 'x' } });
  return world.ledger.decisionsAfter(position).find((decision) => decision.server?.slug === server.slug)?.policy
    ?.version;
}

async function slowPatternProblems(world: World, server: FreshServer): Promise<string[]> {
  const caller = { gateway: world.gateway, slug: server.slug, token: server.token };
  const startedAt = performance.now();
  await callStateless(caller, 'tools/call', { name: 'search', arguments: { q: `${'a'.repeat(50_000)}!` } });
  const durationMs = Math.round(performance.now() - startedAt);
  return durationMs > 1_500 ? [`a pattern was taken that needs ${durationMs} ms`] : [];
}

function validate(text: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'callgate-policy-'));
  const file = join(folder, 'policy.json');
  writeFileSync(file, text);
  return new Promise((resolve) => {
    execFile(process.execPath, [COMMAND, 'policy', 'validate', file], { timeout: VALIDATE_MS }, (error) => {
      rmSync(folder, { recursive: true, force: true });
      resolve(error === null ? 0 : typeof error.code === 'number' ? error.code : -1);
    });
  });
}
