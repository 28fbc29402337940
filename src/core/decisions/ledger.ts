import type { CounterReading, Take } from '../limits/take.ts';
import type { DecisionRecord, OutcomeRecord } from './record.ts';

/**
 * Where limits are taken and decisions become durable: one transaction for both, so that no counted call lacks its
 * record and no recorded call lacks its count.
 */
export interface Ledger {
  /**
   * Takes every limit in `takes` or none, and appends the record. Resolves when both are durable.
   * When a limit refuses, the record is written as a denial by that limit and the call must not be forwarded.
   * Rejects when the store is away: then nothing is durable and nothing may be forwarded.
   */
  admit(record: DecisionRecord, takes: readonly Take[]): Promise<Admission>;

  /**
   * Appends the outcome and gives back the takes in `release` (in the windows in which they were taken).
   * Returns at once; the records are written with the next group. `flush` waits for them.
   */
  settle(outcome: OutcomeRecord, release: readonly Take[]): void;

  flush(): Promise<void>;
  close(): Promise<void>;
}

export type Admission =
  | { readonly admitted: true; readonly readings: readonly CounterReading[] }
  | {
      readonly admitted: false;
      /** Index of the first take that did not fit, in the order of `takes`. */
      readonly refused: number;
      readonly reading: CounterReading;
      /** The sentence for the agent: which limit, what remains, when it resets. */
      readonly reason: string;
      readonly retryAfterSeconds: number;
    };
