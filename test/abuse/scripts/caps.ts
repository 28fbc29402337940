/** More of everything than one grant may have: sessions, streams, calls under way. */
import {
  type ClientSession,
  callInSession,
  callStateless,
  openSession,
  sessionRequest,
} from '../client/honest-client.ts';
import { POLICY_B } from '../fixture/policies.ts';
import { addGrant, addServer } from '../fresh-server.ts';
import type { AbuseRow } from '../row.ts';
import { holding } from '../upstream/answers.ts';
import type { World } from '../world.ts';
import { firstLane } from '../world.ts';
import { unless } from './on-each-lane.ts';

const CALL = { name: 'search', arguments: { q: 'x' } };
const SESSIONS_MAX = 100;
const CALLS_MAX = 64;

export async function overCaps(world: World, row: AbuseRow): Promise<string[]> {
  const words = `${row.title} ${row.rawRequest.description}`.toLowerCase();
  return /session|stream/.test(words) ? tooManySessions(world) : tooManyCalls(world);
}

async function tooManySessions(world: World): Promise<string[]> {
  const lane = firstLane(world);
  const server = await addServer(world, lane, { policy: POLICY_B });
  const caller = { gateway: world.gateway, slug: server.slug, token: server.token };
  const opened: ClientSession[] = [];
  const refusals: string[] = [];
  for (let from = 0; from < SESSIONS_MAX + 10; from += 10) {
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => openSession(caller)));
    for (const result of results) {
      if (result.status === 'fulfilled') opened.push(result.value);
      else refusals.push(String(result.reason));
    }
  }
  // Somebody else's sessions are not affected.
  const other = await addGrant(world, server);
  const othersSession = await openSession({ ...caller, token: other.token });
  const works = await callInSession(othersSession, 'tools/call', CALL);
  await Promise.all([...opened, othersSession].map((session) => sessionRequest(session, 'DELETE')));
  return [
    ...unless(opened.length <= SESSIONS_MAX, `${opened.length} sessions of one grant were opened`),
    ...unless(
      refusals.every((text) => text.includes('Too many sessions')),
      `refused as ${refusals[0]}`,
    ),
    ...unless(works.kind === 'result', `another grant meanwhile: ${works.text}`),
  ];
}

async function tooManyCalls(world: World): Promise<string[]> {
  const lane = firstLane(world);
  const server = await addServer(world, lane, { policy: POLICY_B });
  const caller = { gateway: world.gateway, slug: server.slug, token: server.token };
  await callStateless(caller, 'tools/call', CALL);
  const held = holding('tools/call', CALLS_MAX);
  const before = lane.upstream.seen.length;
  lane.upstream.arm(held);
  const calls = Array.from({ length: CALLS_MAX + 20 }, () => callStateless(caller, 'tools/call', CALL));
  await Promise.race([held.arrived, Promise.all(calls)]);
  const other = await addGrant(world, server);
  lane.upstream.disarm();
  const works = await callStateless({ ...caller, token: other.token }, 'tools/call', CALL);
  held.letGo();
  const answers = await Promise.all(calls);
  const reached = lane.upstream.seen.slice(before).filter((seen) => !seen.isGateways).length - 1;
  const refused = answers.filter((answer) => answer.status === 429).length;
  return [
    ...unless(reached === CALLS_MAX, `${reached} calls of one grant were under way, not ${CALLS_MAX}`),
    ...unless(refused === 20, `${refused} calls were refused with 429, not 20`),
    ...unless(works.kind === 'result', `another grant meanwhile: ${works.text}`),
  ];
}
