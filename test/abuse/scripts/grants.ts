/** Grants that end, tokens that are guessed, and senders who take their time. */
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { callStateless, openSession, sessionRequest } from '../client/honest-client.ts';
import { POLICY_B } from '../fixture/policies.ts';
import { addServer, apply } from '../fresh-server.ts';
import type { World } from '../world.ts';
import { firstLane, newToken } from '../world.ts';
import { unless } from './on-each-lane.ts';

const CALL = { name: 'search', arguments: { q: 'x' } };
/** Within this time a revoked grant is of no use any more (milliseconds). */
const REVOKED_MS = 2_000;

/** A grant that ends while its client has a session and a stream open. */
export async function revoked(world: World): Promise<string[]> {
  const lane = firstLane(world);
  const server = await addServer(world, lane, { policy: POLICY_B });
  const caller = { gateway: world.gateway, slug: server.slug, token: server.token };
  const session = await openSession(caller);
  const stream = sessionRequest(session, 'GET', { timeoutMs: REVOKED_MS + 2_000, streamSilenceMs: 60_000 });
  while (lane.upstream.streams.size === 0) await pause(5);
  const before = await callStateless(caller, 'tools/call', CALL);
  const grant = { label: server.label, owner: null, token: null, servers: { [server.slug]: server.label }, labels: {} };
  await apply(world, { servers: [], policies: [], grants: [{ ...grant, expiresAt: Date.now() - 1 }] });
  const endedAt = performance.now();
  const after = await callStateless(caller, 'tools/call', CALL);
  const closed = await stream;
  const streamMs = performance.now() - endedAt;

  const rotating = await addServer(world, lane, { policy: POLICY_B });
  const next = { ...grant, label: rotating.label, token: newToken(), servers: { [rotating.slug]: rotating.label } };
  await apply(world, { servers: [], policies: [], grants: [{ ...next, expiresAt: null }] });
  const old = await callStateless({ gateway: world.gateway, ...rotating }, 'tools/call', CALL);
  return [
    ...unless(before.kind === 'result', `before: ${before.text}`),
    ...unless(after.status === 401, `HTTP status ${after.status} after the grant has ended`),
    ...unless(!closed.isTimedOut && streamMs < REVOKED_MS, `its stream stayed open for ${Math.round(streamMs)} ms`),
    ...unless(old.status === 401, `HTTP status ${old.status} for a token that was replaced`),
  ];
}

/** Many wrong tokens: all are refused alike, none leaves a row, all are counted. */
export async function bruteForce(world: World): Promise<string[]> {
  const lane = firstLane(world);
  const position = world.ledger.position();
  const before = await world.gateway.earlyRefusals();
  const seen = lane.upstream.seen.length;
  const tokens = Array.from({ length: 300 }, (_, index) =>
    index % 3 === 0 ? newToken() : index % 3 === 1 ? `cg_${'A'.repeat(49)}` : world.tokens.a.slice(0, -1),
  );
  const texts = new Set<string>();
  const statuses = new Set<number>();
  for (let from = 0; from < tokens.length; from += 50) {
    const calls = tokens
      .slice(from, from + 50)
      .map((token) => callStateless({ gateway: world.gateway, slug: lane.slug, token }, 'tools/call', CALL));
    for (const answer of await Promise.all(calls)) {
      texts.add(answer.text);
      statuses.add(answer.status);
    }
  }
  const counted = (await world.gateway.earlyRefusals()) - before;
  const rows = world.ledger.decisionsAfter(position).length;
  return [
    ...unless(statuses.size === 1 && statuses.has(401), `HTTP statuses ${[...statuses].join(', ')}`),
    ...unless(texts.size === 1, `${texts.size} different answers tell the tokens apart`),
    ...unless(counted === tokens.length, `${counted} of ${tokens.length} are counted`),
    ...unless(rows === 0, `${rows} rows were written`),
    ...unless(lane.upstream.seen.length === seen, 'something reached the server'),
  ];
}

/** Connections that send a byte now and then: others are served meanwhile, and they are closed in time. */
export async function slowSenders(world: World): Promise<string[]> {
  const lane = firstLane(world);
  const { host, port } = world.gateway.data;
  const caller = { gateway: world.gateway, slug: lane.slug, token: world.tokens.a };
  let closed = 0;
  const sockets = Array.from({ length: 150 }, (_, index) => {
    const socket = connect(port, host);
    socket.on('error', () => {});
    socket.on('close', () => {
      closed += 1;
    });
    const isBody = index % 2 === 0;
    socket.write(
      `POST /mcp/${lane.slug} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${world.tokens.a}\r\n${isBody ? 'Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\nContent-Length: 1000\r\n\r\n{' : ''}`,
    );
    const timer = setInterval(() => socket.write(isBody ? ' ' : 'X'), 500);
    socket.on('close', () => clearInterval(timer));
    return socket;
  });
  await pause(300);
  const startedAt = performance.now();
  const answer = await callStateless(caller, 'tools/call', CALL);
  const waitedMs = performance.now() - startedAt;
  const deadline = performance.now() + 9_000;
  while (closed < sockets.length && performance.now() < deadline) await pause(50);
  for (const socket of sockets) socket.destroy();
  return [
    ...unless(answer.kind === 'result', `meanwhile: ${answer.text}`),
    ...unless(waitedMs < 1_500, `meanwhile a call took ${Math.round(waitedMs)} ms`),
    ...unless(closed === sockets.length, `${sockets.length - closed} slow connections were left open`),
  ];
}
