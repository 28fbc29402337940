/** Servers that are where they should not be, that forget, and clients that do not read what they send. */
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { META } from '../../../src/core/mcp/request-meta.ts';
import { callInSession, callStateless, openSession } from '../client/honest-client.ts';
import { POLICY_B } from '../fixture/policies.ts';
import { apply } from '../fresh-server.ts';
import { answering, requestId } from '../upstream/answers.ts';
import type { World } from '../world.ts';
import { firstLane, newToken } from '../world.ts';
import { onEachLane, unless } from './on-each-lane.ts';

const CALL = { name: 'search', arguments: { q: 'x' } };

/** A server entry that points into this machine, without the operator's word that it may. */
export async function privateAddress(world: World): Promise<string[]> {
  const lane = firstLane(world);
  const port = new URL(lane.upstream.url).port;
  const problems: string[] = [];
  const hosts = [
    '127.0.0.1',
    'localhost',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '0x7f000001',
    '2130706433',
    '127.1',
    '0177.0.0.1',
  ];
  for (const [index, host] of hosts.entries()) {
    const slug = `private-${index}`;
    const token = newToken();
    const entry = {
      kind: 'http',
      url: `http://${host}:${port}/mcp`,
      headers: {},
      allowPrivate: false,
      timeoutSeconds: null,
    };
    await apply(world, {
      servers: [{ slug, entry }],
      policies: [{ name: slug, server: slug, document: JSON.stringify(POLICY_B) }],
      grants: [{ label: slug, owner: null, token, servers: { [slug]: slug }, labels: {}, expiresAt: null }],
    });
    const before = lane.upstream.seen.length;
    const answer = await callStateless({ gateway: world.gateway, slug, token }, 'tools/call', CALL);
    problems.push(
      ...unless(answer.status === 502, `${host}: HTTP status ${answer.status}`),
      ...unless(lane.upstream.seen.length === before, `${host}: the server was reached`),
    );
  }
  return problems;
}

/** A server that was started anew and knows no session: the client is told to begin anew, too. */
export function restartedUpstream(world: World): Promise<string[]> {
  return onEachLane(world, async (lane) => {
    const session = await openSession({ gateway: world.gateway, slug: lane.slug, token: world.tokens.a });
    lane.upstream.forgetSessions();
    const first = await callInSession(session, 'tools/call', CALL);
    const second = await callInSession(session, 'tools/call', CALL);
    return [
      ...unless(first.kind !== 'result' && first.status === 404, `the first call: HTTP ${first.status} ${first.text}`),
      ...unless(second.status === 404, `the second call: HTTP ${second.status} ${second.text}`),
    ];
  });
}

/** A client that does not read a large result: the gateway does not keep it either. */
export async function slowReader(world: World): Promise<string[]> {
  const lane = firstLane(world);
  let written = 0;
  lane.upstream.arm(
    answering('tools/call', (seen, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(
        `{"jsonrpc":"2.0","id":${JSON.stringify(requestId(seen))},"result":{"content":[{"type":"text","text":"`,
      );
      const block = 'x'.repeat(64 * 1024);
      const next = (): void => {
        while (written < 200 << 20 && !response.destroyed) {
          written += block.length;
          if (!response.write(block)) return void response.once('drain', next);
        }
      };
      next();
    }),
  );
  const before = world.gateway.memoryBytes() ?? 0;
  const meta = { [META.protocolVersion]: '2026-07-28', [META.clientCapabilities]: {} };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { ...CALL, _meta: meta } });
  const socket = connect(world.gateway.data.port, world.gateway.data.host);
  socket.on('error', () => {});
  socket.pause();
  socket.write(
    `POST /mcp/${lane.slug} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\nAuthorization: Bearer ${world.tokens.a}\r\nMCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: search\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  await pause(1_500);
  const grown = (world.gateway.memoryBytes() ?? 0) - before;
  socket.destroy();
  lane.upstream.disarm();
  return [
    ...unless(written > 0, 'the server was not asked'),
    ...unless(written < 32 << 20, `${written >> 20} MiB were taken from the server for a client that reads nothing`),
    ...unless(grown < 64 << 20, `memory grew by ${grown >> 20} MiB`),
  ];
}
