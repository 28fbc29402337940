/** Limits that somebody tries to get round. */
import { setTimeout as pause } from 'node:timers/promises';
import {
  callInSession,
  callStateless,
  exchangeStateless,
  openSession,
  sessionRequest,
} from '../client/honest-client.ts';
import type { RpcAnswer } from '../client/rpc-answer.ts';
import { addGrant, addServer, apply, type FreshServer } from '../fresh-server.ts';
import { GatewayUnderTest } from '../gateway-under-test.ts';
import type { AbuseRow } from '../row.ts';
import { answering, holding, requestId } from '../upstream/answers.ts';
import { sendJson } from '../upstream/recording-upstream.ts';
import type { Lane, World } from '../world.ts';
import { firstLane, newToken } from '../world.ts';
import { onEachLane, unless } from './on-each-lane.ts';

/** A policy that lets `search` be called `max` times a day. */
export function limited(max: number, scope: unknown = 'grant'): object {
  return {
    version: '1',
    default: 'deny',
    tools: { search: { limits: [{ counter: 'searches', window: 'day', max, scope }] } },
  };
}

/** Far more calls at once than the limit has units: exactly that many get through. */
export async function racedLimit(world: World, row: AbuseRow): Promise<string[]> {
  const lane = firstLane(world);
  const server = await addServer(world, lane, { policy: limited(10) });
  const wanted = Number(
    /\d[\d,]*/.exec(`${row.rawRequest.description} ${row.title}`)?.[0].replaceAll(',', '') ?? '200',
  );
  const calls = Math.min(Math.max(wanted, 40), 400);
  const before = lane.upstream.seen.length;
  const answers: RpcAnswer[] = [];
  for (let made = 0; made < calls; made += 50)
    answers.push(...(await Promise.all(Array.from({ length: 50 }, () => search(world, server)))));
  const reached = lane.upstream.seen.length - before;
  const allowed = answers.filter((answer) => answer.kind === 'result').length;
  const undecided = answers.filter((answer) => answer.kind === 'broken').length;
  return [
    ...unless(reached === 10 && allowed === 10, `${reached} of 10 calls reached the server, ${allowed} got a result`),
    ...unless(undecided === 0, `${undecided} calls got no answer`),
  ];
}

/** Errors of the server after a unit was taken: it is kept or given back, once. */
export function upstreamErrors(world: World): Promise<string[]> {
  return onEachLane(world, async (lane) => {
    const kept = await addServer(world, lane, { policy: limited(3) });
    const keptCalls = await callsWith(world, lane, kept, 5, (response) => response.writeHead(500).end('no'));
    const given = await addServer(world, lane, { policy: limited(3) });
    const givenCalls = await callsWith(world, lane, given, 5, (response, id) =>
      sendJson(response, 200, { jsonrpc: '2.0', id, error: { code: -32602, message: 'Invalid params' } }),
    );
    const after = await callsWith(world, lane, given, 5);
    return [
      ...unless(
        keptCalls === 3,
        `with errors that may come after the work ${keptCalls} calls reached the server, not 3`,
      ),
      ...unless(givenCalls === 5, `with calls that were not executed ${givenCalls} reached the server, not 5`),
      ...unless(after === 3, `afterwards ${after} calls reached the server, not 3: units were given back twice`),
    ];
  });
}

async function callsWith(
  world: World,
  lane: Lane,
  server: FreshServer,
  count: number,
  respond?: (response: Parameters<Parameters<typeof answering>[1]>[1], id: string | number | null) => void,
): Promise<number> {
  if (respond !== undefined)
    lane.upstream.arm(answering('tools/call', (seen, response) => respond(response, requestId(seen))));
  const before = lane.upstream.seen.filter((seen) => !seen.isGateways).length;
  for (let made = 0; made < count; made += 1) {
    await search(world, server);
    // The unit comes back with the outcome, which is written after the answer.
    await settledOutcomes(world);
  }
  lane.upstream.disarm();
  return lane.upstream.seen.filter((seen) => !seen.isGateways).length - before;
}

/** Waits until no decision lacks its outcome. */
async function settledOutcomes(world: World): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const outcomes = new Set(
      world.ledger
        .outcomesAfter(0)
        .slice(-500)
        .map((outcome) => outcome.id),
    );
    const last = world.ledger.decisionsAfter(0).at(-1);
    if (last === undefined || outcomes.has(last.id)) return;
    await pause(10);
  }
}

/** A client that goes away while the server works: the unit is kept, and the server is told. */
export function disconnected(world: World): Promise<string[]> {
  return onEachLane(world, async (lane) => {
    const server = await addServer(world, lane, { policy: limited(2) });
    const held = holding('tools/call');
    const gone = Promise.withResolvers<void>();
    lane.upstream.arm({
      ...held,
      respond(seen, response, upstream) {
        response.on('close', () => gone.resolve());
        held.respond(seen, response, upstream);
      },
    });
    const caller = { gateway: world.gateway, slug: server.slug, token: server.token };
    const params = { name: 'search', arguments: { q: 'x' } };
    const call = exchangeStateless(caller, 'tools/call', params, { timeoutMs: 300 });
    await Promise.race([held.arrived, call]);
    await call;
    const wasTold = await Promise.race([gone.promise.then(() => true), pause(3_000).then(() => false)]);
    held.letGo();
    lane.upstream.disarm();
    await settledOutcomes(world);
    const second = await search(world, server);
    const third = await search(world, server);
    return [
      ...unless(wasTold, 'the server was left working for nobody'),
      ...unless(second.kind === 'result', `the second call ended as ${second.kind}`),
      ...unless(third.kind === 'policy', `the third call ended as ${third.kind}: the unit of the first was given back`),
    ];
  });
}

/** Other spellings, sessions, ids, tokens and eras are the same subject; grants of one team share a counter of the team. */
export function rotatedIdentities(world: World): Promise<string[]> {
  return onEachLane(world, async (lane) => {
    const server = await addServer(world, lane, { policy: limited(3) });
    const before = lane.upstream.seen.filter((seen) => !seen.isGateways && seen.body.includes('"tools/call"')).length;
    const reached = (): number =>
      lane.upstream.seen.filter((seen) => !seen.isGateways && seen.body.includes('"tools/call"')).length - before;
    for (const name of ['Search', 'SEARCH', 'search ', 'sear\u200bch', 'ｓearch', 'search\u0000'])
      await callStateless({ gateway: world.gateway, ...server }, 'tools/call', { name, arguments: { q: 'x' } });
    const spelled = reached();
    for (let count = 0; count < 3; count += 1) {
      const session = await openSession({ gateway: world.gateway, slug: server.slug, token: server.token });
      for (const id of [1, 'a', 2]) await callInSession(session, 'tools/call', CALL, { id });
      await sessionRequest(session, 'DELETE');
      await search(world, server);
    }
    const rotated = { ...server, token: newToken() };
    const grant = { label: server.label, owner: null, token: rotated.token, servers: { [server.slug]: server.label } };
    await apply(world, { servers: [], policies: [], grants: [{ ...grant, labels: {}, expiresAt: null }] });
    const withNewToken = await search(world, rotated);
    const ofGrant = reached();

    const team = await addServer(world, lane, { policy: limited(3, { label: 'team' }), labels: { team: 'one' } });
    const mate = await addGrant(world, team, { labels: { team: 'one' } });
    for (let count = 0; count < 3; count += 1) await Promise.all([search(world, team), search(world, mate)]);
    const ofTeam = reached() - ofGrant;
    return [
      ...unless(spelled === 0, `${spelled} calls under other spellings reached the server`),
      ...unless(ofGrant === 3, `${ofGrant} calls of one grant reached the server, not 3`),
      ...unless(withNewToken.kind === 'policy', 'a new token of the same grant has fresh quota'),
      ...unless(ofTeam === 3, `${ofTeam} calls of one team reached the server, not 3`),
    ];
  });
}

/** A second gateway on the same data directory: together they admit what the limit says. */
export async function twoProcesses(world: World): Promise<string[]> {
  const lane = firstLane(world);
  const server = await addServer(world, lane, { policy: limited(10) });
  const second = await GatewayUnderTest.start({
    stack: { version: '1' },
    dataDirectory: world.gateway.dataDirectory,
  });
  try {
    const before = lane.upstream.seen.filter((seen) => !seen.isGateways).length;
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        search({ ...world, gateway: index % 2 === 0 ? world.gateway : second }, server),
      ),
    );
    const reached = lane.upstream.seen.filter((seen) => !seen.isGateways).length - before;
    return unless(reached === 10, `two processes let ${reached} calls through, not 10`);
  } finally {
    await second.stop();
  }
}

const CALL = { name: 'search', arguments: { q: 'x' } };

function search(world: World, server: Pick<FreshServer, 'slug' | 'token'>): Promise<RpcAnswer> {
  return callStateless({ gateway: world.gateway, slug: server.slug, token: server.token }, 'tools/call', CALL);
}
