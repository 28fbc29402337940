/** Rounds of one call (2026-07-28): a state is good for one retry of the same request by the same grant. */
import { callStateless } from '../client/honest-client.ts';
import type { RpcAnswer } from '../client/rpc-answer.ts';
import { answering, requestId } from '../upstream/answers.ts';
import { sendJson } from '../upstream/recording-upstream.ts';
import type { Lane, World } from '../world.ts';
import { onEachLane, unless } from './on-each-lane.ts';

const REFUND = { name: 'create_refund', arguments: { amount: 10, currency: 'USD' } };

/** The same state again, at once and later, with other arguments, another tool, another grant, another server. */
export function replayedState(world: World): Promise<string[]> {
  return onEachLane(world, async (lane) => {
    const other = world.lanes.find((candidate) => candidate !== lane) as Lane;
    const [first, second] = [await stateOf(world, lane), await stateOf(world, lane)];
    const before = { here: lane.upstream.seen.length, there: other.upstream.seen.length };
    const retry = (
      state: unknown,
      changes: { readonly token?: string; readonly slug?: string; readonly call?: object } = {},
    ): Promise<RpcAnswer> =>
      callStateless(
        { gateway: world.gateway, slug: changes.slug ?? lane.slug, token: changes.token ?? world.tokens.a },
        'tools/call',
        { ...(changes.call ?? REFUND), inputResponses: {}, requestState: state },
      );
    const wrong = await Promise.all([
      retry(second, { call: { name: 'create_refund', arguments: { amount: 20, currency: 'USD' } } }),
      retry(second, { call: { name: 'search', arguments: { q: 'x' } } }),
      retry(second, { token: world.tokens.b, call: { name: 'search', arguments: { q: 'x' } } }),
      retry(`${String(second).slice(0, -3)}AAA`),
      retry('state-of-the-server'),
      retry({}),
    ]);
    const reachedByWrong = lane.upstream.seen.length - before.here;
    const elsewhere = await retry(second, { slug: other.slug });
    const race = await Promise.all(Array.from({ length: 10 }, () => retry(first)));
    const late = await retry(first);
    const passed = race.filter((answer) => answer.kind === 'result').length;
    const reached = lane.upstream.seen.slice(before.here).filter((seen) => seen.body.includes('state-of-the-server'));
    return [
      ...unless(
        wrong.every((answer) => answer.kind === 'policy' || answer.kind === 'error'),
        `a state was taken for another request: ${wrong.map((answer) => answer.kind).join(', ')}`,
      ),
      ...unless(reachedByWrong === 0, `${reachedByWrong} such requests reached the server`),
      ...unless(elsewhere.kind !== 'result', 'a state of one server was taken by another'),
      ...unless(
        passed === 1 && reached.length === 1,
        `${passed} of 10 retries at once were taken, ${reached.length} reached the server`,
      ),
      ...unless(late.kind === 'policy', `a used state ended as ${late.kind}`),
    ];
  });
}

/** A server that asks again and again. */
export function tooManyRounds(world: World): Promise<string[]> {
  return onEachLane(world, async (lane) => {
    lane.upstream.arm(asking());
    let state: unknown;
    let rounds = 0;
    for (; rounds < 30; rounds += 1) {
      const params = { ...REFUND, ...(state === undefined ? {} : { inputResponses: {}, requestState: state }) };
      const caller = { gateway: world.gateway, slug: lane.slug, token: world.tokens.a };
      const answer = await callStateless(caller, 'tools/call', params);
      state = answer.messages[0]?.result?.['requestState'];
      if (state === undefined) break;
    }
    lane.upstream.disarm();
    return unless(rounds <= 10, `a call went through ${rounds} rounds`);
  });
}

function asking(): ReturnType<typeof answering> {
  return answering('tools/call', (seen, response) => {
    const result = { resultType: 'input_required', requestState: 'state-of-the-server' };
    sendJson(response, 200, { jsonrpc: '2.0', id: requestId(seen), result });
  });
}

async function stateOf(world: World, lane: Lane): Promise<unknown> {
  lane.upstream.arm(asking());
  const caller = { gateway: world.gateway, slug: lane.slug, token: world.tokens.a };
  const answer = await callStateless(caller, 'tools/call', REFUND);
  lane.upstream.disarm();
  const state = answer.messages[0]?.result?.['requestState'];
  if (typeof state !== 'string') throw new Error(`no state was handed out: ${answer.text}`);
  return state;
}
