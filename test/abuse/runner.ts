/** Plays cases against the gateway, one after the other, and judges each. */

import { NotPlayable } from './client/placeholders.ts';
import { controlProblems } from './control-calls.ts';
import { messageProblems } from './judge/message.ts';
import { watchMemory } from './memory-watch.ts';
import { playMessage } from './play.ts';
import { playHostileAnswer } from './play-hostile-answer.ts';
import { playPolicyDocument } from './play-policy-document.ts';
import type { AbuseRow } from './row.ts';
import { playScript } from './scripts/scripts.ts';
import { NotYet } from './verdicts.ts';
import type { World } from './world.ts';

export interface RowResult {
  readonly id: string;
  readonly category: string;
  readonly title: string;
  /** `not-yet`: what it needs is not built. `not-playable`: this runner cannot play it. Both count as failed. */
  readonly verdict: 'passed' | 'failed' | 'not-yet' | 'not-playable';
  readonly problems: readonly string[];
  readonly durationMs: number;
}

/** Plays one case and the control calls after it. Never throws. */
export async function playRow(world: World, row: AbuseRow): Promise<RowResult> {
  const startedAt = performance.now();
  const memory = watchMemory(world.gateway);
  const { id, category, title } = row;
  const result = (verdict: RowResult['verdict'], problems: readonly string[]): RowResult => ({
    id,
    category,
    title,
    verdict,
    problems,
    durationMs: Math.round(performance.now() - startedAt),
  });
  const outcome = await problemsOf(world, row).catch((error: unknown) => error);
  const after = [...memory.stop(), ...(await controlProblems(world))];
  if (outcome instanceof NotPlayable) return result('not-playable', [outcome.message, ...after]);
  if (outcome instanceof NotYet) return result('not-yet', [outcome.message, ...after]);
  if (!Array.isArray(outcome))
    return result('failed', [
      outcome instanceof Error ? (outcome.stack ?? outcome.message) : String(outcome),
      ...after,
    ]);
  const problems = [...(outcome as string[]), ...after];
  return result(problems.length === 0 ? 'passed' : 'failed', problems);
}

async function problemsOf(world: World, row: AbuseRow): Promise<string[]> {
  const { rawRequest } = row;
  if (rawRequest.transport !== undefined) return messageProblems(world, row, await playMessage(world, row));
  if (rawRequest.upstreamResponse !== undefined) return playHostileAnswer(world, row);
  if (rawRequest.policyDocument !== undefined) return playPolicyDocument(world, row);
  if (rawRequest.description !== undefined) return playScript(world, row);
  throw new NotPlayable('the case has no request that is known');
}
