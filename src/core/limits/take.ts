import type { Amount } from './amount.ts';

/** What one call wants from one counter. Made by the policy, carried out by the ledger, all takes of a call or none. */
export interface Take {
  /** JSON Pointer of the limit in the policy document. */
  readonly rule: string;
  /** The counter's name in the document. */
  readonly counter: string;
  /**
   * The counter without its window: organisation, server, counter, scope and its subject, kind of window, algorithm.
   * Equal keys are one counter, whichever rule names it.
   */
  readonly key: string;
  readonly algorithm: 'fixed' | 'sliding';
  /** The window that holds the call: start inclusive, end exclusive, milliseconds since the epoch. */
  readonly windowStart: number;
  readonly windowEnd: number;
  readonly amount: Amount;
  /** Inclusive. */
  readonly max: Amount;
  /** Gives the unit back after an error too; then attempts are bounded by 5 × max a window. */
  readonly releaseOnError: boolean;
  /** The author's sentence for the agent, where there is one. */
  readonly onDeny?: string;
}

/** A counter as it stood when a call was decided. */
export interface CounterReading {
  readonly rule: string;
  readonly counter: string;
  readonly max: Amount;
  /** Taken in the window, this call included where it was admitted. */
  readonly taken: Amount;
  /** When the window ends, milliseconds since the epoch. */
  readonly resetsAt: number;
}
