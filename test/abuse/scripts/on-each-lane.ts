import type { Lane, World } from '../world.ts';

/** Does the same on every lane at once; problems are named after the lane. */
export async function onEachLane(world: World, act: (lane: Lane) => Promise<readonly string[]>): Promise<string[]> {
  const found = await Promise.all(
    world.lanes.map(async (lane) => (await act(lane)).map((problem) => `${lane.personality.name}: ${problem}`)),
  );
  return found.flat();
}

/** The sentence, unless the claim holds. */
export function unless(holds: boolean, problem: string): string[] {
  return holds ? [] : [problem];
}
