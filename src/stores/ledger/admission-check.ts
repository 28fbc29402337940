import { decisionTime } from '../../core/decisions/decision-id.ts';
import type { AdmissionRequest } from '../../core/decisions/ledger.ts';
import { isAmount } from '../../core/limits/is-amount.ts';
import type { Take } from '../../core/limits/take.ts';

/**
 * What is wrong with a request to admit, or undefined. A wrong amount or window would hand out quota silently, and an
 * id that does not carry its instant would be missed by searches, so both are refused before they reach the file.
 */
export function mistakeIn({ record, takes, consume }: AdmissionRequest): string | undefined {
  if (decisionTime(record.id) !== record.at) return `the id ${record.id} does not carry the instant ${record.at}`;
  if (consume !== undefined && !Number.isSafeInteger(consume.expiresAt)) return 'the expiry of a token is no instant';
  if (takes === undefined || takes.length === 0) return undefined;
  if (record.effect !== 'allow') return `a call that is not allowed takes nothing: ${record.effect}`;
  for (const take of takes) {
    const mistake = mistakeInTake(take, record.at);
    if (mistake !== undefined) return `${take.rule}: ${mistake}`;
  }
  return undefined;
}

function mistakeInTake({ amount, max, windowStart, windowEnd, algorithm }: Take, at: number): string | undefined {
  if (!isAmount(amount)) return `not an amount: ${String(amount)}`;
  if (!isAmount(max)) return `not an amount: ${String(max)}`;
  if (!Number.isSafeInteger(windowStart) || !Number.isSafeInteger(windowEnd) || windowStart >= windowEnd) {
    return `not a window: ${windowStart} to ${windowEnd}`;
  }
  if (algorithm === 'fixed' && (at < windowStart || at >= windowEnd)) return 'the window does not hold the call';
  return undefined;
}
