import type { DecisionLog } from '../core/decisions/decision-log.ts';
import { openDecisionLog } from '../stores/ledger/open-decision-log.ts';
import { reasonOf, StartProblem } from './data-directory.ts';

/** The decision log of a ledger file, for reading; throws `StartProblem` when it cannot be read. */
export function openLog(path: string): DecisionLog {
  try {
    return openDecisionLog(path);
  } catch (error) {
    throw new StartProblem(`the decision log ${path} cannot be read: ${reasonOf(error)}`);
  }
}
