/** Applying a stack without a running server: the operator's own access to the data directory. */
import type { ApplyRequest, ApplyResponse } from '../control/contracts/apply.ts';
import { applyStack } from '../control/routes/apply.ts';
import { type OpenedControlState, openControlState } from './control-state.ts';
import { openDataDirectory, StartProblem } from './data-directory.ts';

/** Applies to an opened state; throws `StartProblem` with every problem when the stack is not valid. */
export async function applyToStore(state: OpenedControlState, request: ApplyRequest): Promise<ApplyResponse> {
  const outcome = await applyStack(state, request);
  if ('problems' in outcome) throw new StartProblem(outcome.problems.map((problem) => problem.text).join('\n'));
  return outcome.response;
}

/** Applies to a data directory that no server uses. */
export async function applyOffline(dataDirectory: string, request: ApplyRequest): Promise<ApplyResponse> {
  const state = await openControlState(openDataDirectory(dataDirectory));
  try {
    return await applyToStore(state, request);
  } finally {
    await state.close();
  }
}
