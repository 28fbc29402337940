/** What servers send besides answers: what belongs to nobody here is dropped, and floods are borne. */
import { setTimeout as pause } from 'node:timers/promises';
import { callInSession, openSession, sessionRequest } from '../client/honest-client.ts';
import { answering, requestId } from '../upstream/answers.ts';
import { sendEvent } from '../upstream/recording-upstream.ts';
import type { World } from '../world.ts';
import { firstLane } from '../world.ts';
import { onEachLane, unless } from './on-each-lane.ts';

/** Progress under a token that is not the call's own, and methods that no server has. */
export function foreignProgress(world: World): Promise<string[]> {
  return onEachLane(world, async (lane) => {
    const session = await openSession({ gateway: world.gateway, slug: lane.slug, token: world.tokens.a });
    lane.upstream.arm(
      answering('tools/call', (seen, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const progress = (progressToken: unknown): object => ({
          jsonrpc: '2.0',
          method: 'notifications/progress',
          params: { progressToken, progress: 1 },
        });
        for (const token of ['mine', 'theirs', 1, null]) sendEvent(response, progress(token));
        sendEvent(response, { jsonrpc: '2.0', method: 'notifications/unknown', params: { x: 'unknown-method' } });
        sendEvent(response, { jsonrpc: '2.0', id: requestId(seen), result: { content: [] } });
        response.end();
      }),
    );
    const answer = await callInSession(
      session,
      'tools/call',
      { name: 'search', arguments: { q: 'x' }, _meta: { progressToken: 'mine' } },
      { streamSilenceMs: 5_000 },
    );
    lane.upstream.disarm();
    await sessionRequest(session, 'DELETE');
    const tokens = answer.messages
      .filter((message) => message.method === 'notifications/progress')
      .map((message) => JSON.stringify(message));
    return [
      ...unless(answer.kind === 'result', `the call ended as ${answer.kind}`),
      ...unless(tokens.length === 1 && tokens.join(' ').includes('mine'), `progress came through: ${tokens.join(' ')}`),
      ...unless(!answer.text.includes('unknown-method'), 'an unknown notification came through'),
    ];
  });
}

const FLOOD = 500;

/** A server that says all the time that its lists have changed: it is looked at again, but not each time. */
export async function changedLists(world: World): Promise<string[]> {
  const lane = firstLane(world);
  const session = await openSession({ gateway: world.gateway, slug: lane.slug, token: world.tokens.a });
  const stream = sessionRequest(session, 'GET', { timeoutMs: 8_000, streamSilenceMs: 1_500 });
  while (lane.upstream.streams.size === 0) await pause(5);
  const before = lane.upstream.seen.length;
  for (let count = 0; count < FLOOD; count += 1)
    for (const response of lane.upstream.streams)
      sendEvent(response, { jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
  await stream;
  const listings = lane.upstream.seen
    .slice(before)
    .filter((seen) => seen.isGateways && seen.body.includes('"tools/list"'));
  await sessionRequest(session, 'DELETE');
  return [
    ...unless(listings.length > 0, 'the server was not looked at again'),
    ...unless(listings.length < FLOOD / 5, `the server was looked at ${listings.length} times`),
  ];
}
