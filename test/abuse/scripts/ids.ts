/** Ids of requests: equal ones of two clients or two types are never taken for one another. */
import {
  type ClientSession,
  callInSession,
  callStateless,
  openSession,
  sendInSession,
  sessionRequest,
} from '../client/honest-client.ts';
import type { RpcAnswer } from '../client/rpc-answer.ts';
import { holding } from '../upstream/answers.ts';
import type { Lane, World } from '../world.ts';
import { onEachLane, unless } from './on-each-lane.ts';

/** Two calls at once whose ids are the number 1 and the text "1". */
export function equalIds(world: World): Promise<string[]> {
  return onEachLane(world, async (lane) => {
    const caller = { gateway: world.gateway, slug: lane.slug, token: world.tokens.a };
    const session = await openSession(caller);
    const inStateless = await together(lane, (id, q) =>
      callStateless(caller, 'tools/call', { name: 'search', arguments: { q } }, { id }),
    );
    const inSession = await together(lane, (id, q) =>
      callInSession(session, 'tools/call', { name: 'search', arguments: { q } }, { id }),
    );
    await sessionRequest(session, 'DELETE');
    return [...inStateless, ...inSession];
  });
}

async function together(lane: Lane, call: (id: string | number, q: string) => Promise<RpcAnswer>): Promise<string[]> {
  const held = holding('tools/call', 2);
  lane.upstream.arm(held);
  const calls = [call(1, 'of-number'), call('1', 'of-text')];
  await Promise.race([held.arrived, Promise.all(calls)]);
  held.letGo();
  const [ofNumber, ofText] = await Promise.all(calls);
  lane.upstream.disarm();
  return [
    ...unless(
      ofNumber?.messages[0]?.id === 1 && ofNumber.text.includes('of-number'),
      `the call with id 1 got ${ofNumber?.text}`,
    ),
    ...unless(
      ofText?.messages[0]?.id === '1' && ofText.text.includes('of-text'),
      `the call with id "1" got ${ofText?.text}`,
    ),
  ];
}

/** A second request with the id of one that is under way in the same session. */
export function reusedId(world: World): Promise<string[]> {
  return onEachLane(world, async (lane) => {
    const session = await openSession({ gateway: world.gateway, slug: lane.slug, token: world.tokens.a });
    const held = holding('tools/call');
    lane.upstream.arm(held);
    const before = lane.upstream.seen.length;
    const call = (q: string): Promise<RpcAnswer> =>
      callInSession(session, 'tools/call', { name: 'search', arguments: { q } }, { id: 5 });
    const first = call('first');
    await held.arrived;
    const second = await call('second');
    held.letGo();
    lane.upstream.disarm();
    const answer = await first;
    const reached = lane.upstream.seen.length - before;
    await sessionRequest(session, 'DELETE');
    return [
      ...unless(second.kind === 'error', `the second request ended as ${second.kind}`),
      ...unless(answer.text.includes('first'), `the first request got ${answer.text}`),
      ...unless(reached === 1, `${reached} requests reached the server`),
    ];
  });
}

/** Cancelling a call of another grant, by its id. */
export function foreignCancel(world: World): Promise<string[]> {
  return onEachLane(world, async (lane) => {
    const caller = { gateway: world.gateway, slug: lane.slug };
    const mine: ClientSession = await openSession({ ...caller, token: world.tokens.a });
    const theirs: ClientSession = await openSession({ ...caller, token: world.tokens.b });
    const held = holding('tools/call');
    lane.upstream.arm(held);
    const call = callInSession(theirs, 'tools/call', { name: 'search', arguments: { q: 'theirs' } }, { id: 77 });
    await held.arrived;
    const before = lane.upstream.seen.length;
    const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 77 } };
    const inMine = await sendInSession(mine, cancel);
    const inTheirs = await sendInSession({ ...mine, session: theirs.session }, cancel);
    const sent = lane.upstream.seen.length - before;
    held.letGo();
    lane.upstream.disarm();
    const answer = await call;
    await Promise.all([sessionRequest(mine, 'DELETE'), sessionRequest(theirs, 'DELETE')]);
    return [
      ...unless(inMine.kind === 'error', `cancelling it from the own session ended as ${inMine.kind}`),
      ...unless(
        inTheirs.kind === 'error' && inTheirs.status === 404,
        `cancelling it in the foreign session: ${inTheirs.text}`,
      ),
      ...unless(sent === 0, `${sent} messages about it reached the server`),
      ...unless(answer.text.includes('theirs'), `the call ended as ${answer.kind}: ${answer.text}`),
    ];
  });
}
