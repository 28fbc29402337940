/** The policy is replaced again and again under traffic: each call is decided by exactly one version, and its row says which. */
import { callStateless } from '../client/honest-client.ts';
import { addServer, setPolicy } from '../fresh-server.ts';
import type { World } from '../world.ts';
import { firstLane } from '../world.ts';
import { unless } from './on-each-lane.ts';

const SWAPS = 30;

export async function swappedPolicy(world: World): Promise<string[]> {
  const lane = firstLane(world);
  const allowing = { version: '1', default: 'deny', tools: { search: {} } };
  const denying = { version: '1', default: 'deny', tools: { search: { action: 'deny' } } };
  const server = await addServer(world, lane, { policy: allowing });
  const position = world.ledger.position();
  const before = lane.upstream.seen.length;
  const state = { isOver: false };
  let calls = 0;
  let broken = 0;
  const caller = async (): Promise<void> => {
    while (!state.isOver) {
      calls += 1;
      const target = { gateway: world.gateway, slug: server.slug, token: server.token };
      const answer = await callStateless(target, 'tools/call', { name: 'search', arguments: { q: 'x' } });
      if (answer.kind !== 'result' && answer.kind !== 'policy') broken += 1;
    }
  };
  const callers = Promise.all(Array.from({ length: 4 }, caller));
  for (let swap = 1; swap <= SWAPS; swap += 1) await setPolicy(world, server, swap % 2 === 0 ? allowing : denying);
  state.isOver = true;
  await callers;
  const rows = world.ledger.decisionsAfter(position).filter((row) => row.server?.slug === server.slug);
  const reached = lane.upstream.seen.slice(before).filter((seen) => !seen.isGateways).length;
  // The first version allows, the second denies, and so on.
  const wrong = rows.filter((row) => (row.effect === 'allow') !== ((row.policy?.version ?? 0) % 2 === 1));
  const versions = new Set(rows.map((row) => row.policy?.version));
  return [
    ...unless(rows.length === calls, `${calls} calls left ${rows.length} rows`),
    ...unless(wrong.length === 0, `${wrong.length} rows were decided otherwise than their version says`),
    ...unless(reached === rows.filter((row) => row.effect === 'allow').length, `${reached} calls reached the server`),
    ...unless(broken === 0, `${broken} calls were neither allowed nor denied`),
    ...unless(versions.size > 2, `only ${versions.size} versions decided anything`),
  ];
}
