import type { CounterReading } from '../limits/take.ts';
import type { RefusalCode, RuleId } from '../policy/verdict.ts';
import type { DecisionRecord } from './record.ts';

/** The record of a call that policy allowed and the ledger refused: a denial by what refused it. */
export function refusedRecord(
  record: DecisionRecord,
  refusal: {
    readonly rule: RuleId;
    readonly code: RefusalCode;
    readonly reason: string;
    readonly limits?: readonly CounterReading[];
  },
): DecisionRecord {
  const { rule, code, reason, limits } = refusal;
  return { ...record, effect: 'deny', rule, code, reason, ...(limits === undefined ? {} : { limits }) };
}
