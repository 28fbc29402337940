/** After each case: every tool that grant A may use works as before, on every lane, and so does the one of grant B. */
import { callStateless } from './client/honest-client.ts';
import { BENIGN_CALLS } from './fixture/tools.ts';
import type { Lane, World } from './world.ts';

/** What is wrong with the calls that nobody should mind; empty when all is well. */
export async function controlProblems(world: World): Promise<string[]> {
  if (!world.gateway.isRunning) return ['the gateway has ended'];
  const problems = await Promise.all(
    world.lanes.map(async (lane) => {
      const calls = [
        ...Object.keys(BENIGN_CALLS).map((tool) => controlProblem(world, lane, tool, world.tokens.a)),
        controlProblem(world, lane, 'search', world.tokens.b),
      ];
      return (await Promise.all(calls)).filter((problem) => problem !== undefined);
    }),
  );
  return problems.flat();
}

let calls = 0;

async function controlProblem(world: World, lane: Lane, tool: string, token: string): Promise<string | undefined> {
  calls += 1;
  // Told apart by their ids: an answer must be the one to this call.
  const id = `control-${calls}`;
  const args = BENIGN_CALLS[tool];
  const caller = { gateway: world.gateway, slug: lane.slug, token };
  const answer = await callStateless(caller, 'tools/call', { name: tool, arguments: args }, { id });
  const content = answer.messages[0]?.result?.['content'] as readonly { readonly text?: string }[] | undefined;
  const carriedOut = content?.[0]?.text ?? '';
  const isMine = answer.messages[0]?.id === id && carriedOut.startsWith(`{"tool":"${tool}"`);
  return answer.kind === 'result' && isMine
    ? undefined
    : `${lane.personality.name}: afterwards the harmless call of ${tool} ended as ${answer.kind} (${answer.text.slice(0, 200)})`;
}
