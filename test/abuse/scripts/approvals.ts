/** Calls that need a person. */
import { callStateless } from '../client/honest-client.ts';
import { NotYet } from '../verdicts.ts';
import type { World } from '../world.ts';
import { firstLane } from '../world.ts';

/** Many calls that have to be approved: none goes through, and what keeps approvers from being flooded is not built. */
export async function floodOfApprovals(world: World): Promise<string[]> {
  const lane = firstLane(world);
  const before = lane.upstream.seen.length;
  const caller = { gateway: world.gateway, slug: lane.slug, token: world.tokens.a };
  const call = (amount: number) =>
    callStateless(caller, 'tools/call', { name: 'wire_transfer', arguments: { amount } });
  const answers = await Promise.all(Array.from({ length: 30 }, (_, index) => call(index + 1)));
  if (lane.upstream.seen.length > before) return ['a call that nobody approved reached the server'];
  const passed = answers.filter((answer) => answer.kind === 'result').length;
  if (passed > 0) return [`${passed} calls that nobody approved got a result`];
  throw new NotYet('approvals are not built: every call that needs one is refused');
}
