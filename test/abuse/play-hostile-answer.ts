/** An honest call on every lane, answered by a hostile server: in both eras, unless the case is about one. */
import { randomUUID } from 'node:crypto';
import {
  callInSession,
  callStateless,
  exchangeStateless,
  openSession,
  sessionRequest,
} from './client/honest-client.ts';
import { type Exchanged, exchange } from './client/raw-http.ts';
import { httpRequestBytes } from './client/request-bytes.ts';
import { POLICY_A } from './fixture/policies.ts';
import { addServer } from './fresh-server.ts';
import { hostileAnswerProblems } from './judge/hostile-answer.ts';
import { DEADLINE_MS, watch } from './play.ts';
import type { AbuseRow } from './row.ts';
import { type HostileAnswer, interpretHostileAnswer } from './upstream/hostile-answer.ts';
import type { AnswerEra } from './upstream/mcp-answers.ts';
import { type ArmedAnswer, idOf } from './upstream/recording-upstream.ts';
import type { Lane, World } from './world.ts';

/** Everything that is wrong, over all lanes and eras. */
export async function playHostileAnswer(world: World, row: AbuseRow): Promise<string[]> {
  const answer = interpretHostileAnswer(row);
  const problems: string[] = [];
  for (const era of erasOf(row, answer)) {
    const found = answer.isForListing
      ? await playListing(world, row, answer, era)
      : await playAnswer(world, row, answer, era);
    problems.push(...found.map((problem) => `${era}: ${problem}`));
  }
  return problems;
}

function erasOf(row: AbuseRow, answer: HostileAnswer): readonly AnswerEra[] {
  if (answer.method === 'server/discover' || (row.era >= '2026-07-28' && row.era !== 'any')) return ['stateless'];
  if (answer.method === 'initialize' || row.era !== 'any') return ['initialize'];
  // What only one era has tells nothing about the other.
  const isOfRounds = /resultType|inputRequests|requestState/.test(JSON.stringify(row.rawRequest.upstreamResponse));
  return isOfRounds ? ['stateless'] : ['stateless', 'initialize'];
}

async function playAnswer(world: World, row: AbuseRow, answer: HostileAnswer, era: AnswerEra): Promise<string[]> {
  const position = world.ledger.position();
  const calls = new Map<Lane, HonestCall>();
  for (const lane of world.lanes) calls.set(lane, await honestCall(world, lane, answer, era));
  for (const lane of world.lanes) lane.upstream.arm(armed(answer, era));
  const played = await watch(world, (lane) => (calls.get(lane) as HonestCall).make());
  for (const lane of world.lanes) lane.upstream.disarm();
  const problems = await hostileAnswerProblems(world, row, answer, era, played, position);
  await Promise.all([...calls.values()].map((call) => call.end()));
  // Seen as it was accepted, a definition is no longer held back.
  await Promise.all(world.lanes.map((lane) => lookAgain(world, lane, era)));
  return problems;
}

function armed(answer: HostileAnswer, era: AnswerEra): ArmedAnswer {
  return {
    wants: (seen) => !seen.isGateways && seen.understood.kind === 'message' && seen.understood.method === answer.method,
    respond(seen, response) {
      const id = seen.understood.kind === 'message' ? idOf(seen.understood.id) : null;
      answer.respond({ id, era, method: answer.method }, response);
    },
  };
}

interface HonestCall {
  make(): Promise<Exchanged>;
  end(): Promise<unknown>;
}

/** Prepares a call, so that nothing else is recorded while it is made. */
async function honestCall(world: World, lane: Lane, answer: HostileAnswer, era: AnswerEra): Promise<HonestCall> {
  const caller = { gateway: world.gateway, slug: lane.slug, token: world.tokens.reader };
  const { method, params } = answer;
  if (era === 'stateless')
    return {
      async make() {
        const { exchanged } = await exchangeStateless(caller, method, params, { id: 7, timeoutMs: DEADLINE_MS });
        return exchanged;
      },
      end: () => Promise.resolve(),
    };
  const session = method === 'initialize' ? undefined : await openSession(caller);
  const sent =
    method === 'initialize'
      ? { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'control', version: '1' } }
      : params;
  const headers: (readonly [string, string])[] = [
    ['Content-Type', 'application/json'],
    ['Accept', 'application/json, text/event-stream'],
    ['Authorization', `Bearer ${caller.token}`],
    ...(session === undefined
      ? []
      : ([
          ['MCP-Protocol-Version', '2025-11-25'],
          ['Mcp-Session-Id', session.session],
        ] as const)),
  ];
  const body = JSON.stringify({ jsonrpc: '2.0', id: 7, method, params: sent });
  const request = httpRequestBytes({ method: 'POST', path: `/mcp/${lane.slug}`, headers, body }, 'localhost');
  return {
    make: () => exchange(world.gateway.data, request.chunks(), { timeoutMs: DEADLINE_MS }),
    end: () => (session === undefined ? Promise.resolve() : sessionRequest(session, 'DELETE')),
  };
}

async function lookAgain(world: World, lane: Lane, era: AnswerEra): Promise<void> {
  const caller = { gateway: world.gateway, slug: lane.slug, token: world.tokens.reader };
  const methods = ['tools/list', 'prompts/list', 'resources/templates/list'];
  if (era === 'stateless') {
    for (const method of [...methods, 'server/discover']) await callStateless(caller, method, {});
    return;
  }
  const session = await openSession(caller);
  for (const method of methods) await callInSession(session, method, {});
  await sessionRequest(session, 'DELETE');
}

/** A server that nobody has listed yet: the gateway's own listing runs into it. */
async function playListing(world: World, row: AbuseRow, answer: HostileAnswer, era: AnswerEra): Promise<string[]> {
  const problems: string[] = [];
  for (const lane of world.lanes) {
    const server = await addServer(world, lane, { policy: POLICY_A });
    const before = lane.upstream.seen.length;
    lane.upstream.arm({
      wants: (seen) => seen.understood.kind === 'message' && seen.understood.method === answer.method,
      respond(seen, response) {
        const id = seen.understood.kind === 'message' ? idOf(seen.understood.id) : null;
        answer.respond({ id, era, method: answer.method }, response);
      },
    });
    const caller = { gateway: world.gateway, slug: server.slug, token: server.token };
    const startedAt = performance.now();
    const result =
      era === 'stateless'
        ? await callStateless(caller, answer.method, {}, { id: randomUUID() })
        : await openSession(caller).then(
            () => undefined,
            (error: unknown) => ({ kind: 'error' as const, text: String(error), status: 502 }),
          );
    lane.upstream.disarm();
    const asked = lane.upstream.seen
      .slice(before)
      .filter((seen) => seen.understood.kind === 'message' && seen.understood.method === answer.method).length;
    const name = lane.personality.name;
    if (asked > 100) problems.push(`${name}: ${asked} pages were asked for`);
    if (performance.now() - startedAt > DEADLINE_MS) problems.push(`${name}: the listing did not end in time`);
    if (result?.kind === 'broken') problems.push(`${name}: no answer (${result.text})`);
    if (row.expected.outcome === 'reject' && (result === undefined || result.kind === 'result'))
      problems.push(`${name}: the listing was taken`);
  }
  return problems;
}
