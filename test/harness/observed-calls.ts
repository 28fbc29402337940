import { until } from '../fixtures/stdio/processes.ts';
import type { Json } from './raw-http.ts';

/** The fixture's tool that says which calls wait and which were given up. */
export const OBSERVED = { name: 'observed', arguments: {} };

/** Looks at what the fixture has seen from now on; `ask` calls that tool. */
export async function watchCalls(
  ask: () => Promise<Json>,
): Promise<{ readonly waits: () => Promise<void>; readonly gaveUp: () => Promise<void> }> {
  const look = async (): Promise<{ readonly waiting: string[]; readonly cancelled: string[] }> =>
    JSON.parse((await ask()).message.result.content[0].text);
  const before = await look();
  return {
    waits: () => until('the call waits', async () => (await look()).waiting.length > before.waiting.length),
    gaveUp: () => until('the call is given up', async () => (await look()).cancelled.length > before.cancelled.length),
  };
}
