/** What the end of a call means for its limits and its second record. */
import type { OutcomeRecord } from '../../core/decisions/record.ts';
import type { Take } from '../../core/limits/take.ts';
import { saysNotExecuted } from '../../core/mcp/error-codes.ts';

export interface CallEnd {
  readonly status: OutcomeRecord['status'];
  readonly errorCode?: number;
  readonly httpStatus?: number;
  readonly detail?: string;
  /** Bytes of the answer. */
  readonly bytes: number;
  /** True only when no byte of the call left this process. */
  readonly wasNotSent?: boolean;
}

/**
 * The takes that are given back: all when the call is known not to have been executed, those with `releaseOnError` when
 * it ended in an error. When in doubt it was executed: timeouts, broken connections and tool errors keep their unit.
 */
export function takesToRelease(end: CallEnd, takes: readonly Take[]): readonly Take[] {
  const wasNotExecuted =
    end.wasNotSent === true ||
    end.status === 'refused' ||
    (end.status === 'rpc_error' && end.errorCode !== undefined && saysNotExecuted(end.errorCode));
  if (wasNotExecuted) return takes;
  const isError =
    end.status === 'tool_error' ||
    end.status === 'rpc_error' ||
    end.status === 'upstream_error' ||
    end.status === 'timeout';
  return isError ? takes.filter((take) => take.releaseOnError) : [];
}

/** The second record of a decision. */
export function outcomeRecord(
  id: string,
  end: CallEnd,
  startedAt: number,
  now: number,
  released: readonly Take[],
): OutcomeRecord {
  return {
    id,
    at: now,
    status: end.status,
    durationMs: Math.max(0, now - startedAt),
    ...(end.errorCode === undefined ? {} : { errorCode: end.errorCode }),
    ...(end.httpStatus === undefined ? {} : { httpStatus: end.httpStatus }),
    ...(end.bytes > 0 ? { bytes: end.bytes } : {}),
    ...(end.detail === undefined ? {} : { detail: end.detail.slice(0, 500) }),
    ...(released.length > 0 ? { released: released.map((take) => take.counter) } : {}),
  };
}
