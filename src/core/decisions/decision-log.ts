import type { Amount } from '../limits/amount.ts';
import type { DecisionRecord, Effect, OutcomeRecord } from './record.ts';

/** Reads what a ledger wrote, from the same process or another, while it writes. */
export interface DecisionLog {
  /** One page of decisions with their outcomes. Rejects with `LedgerUnavailable`. */
  search(filter: DecisionFilter, page?: PageRequest): Promise<DecisionPage>;

  /** One decision, or undefined. */
  get(id: string): Promise<LoggedDecision | undefined>;

  /**
   * Records in the order in which they became durable, each once, from now on (or from after `after`), until the signal
   * aborts. A decision comes when it is durable, and again with its outcome.
   */
  follow(filter: DecisionFilter, options: FollowOptions): AsyncIterable<FollowedDecision>;

  /** How the counters stand at an instant: those whose window has not ended, by key, at most `limit` (1,000). */
  counters(options: CounterQuery): Promise<readonly CounterStanding[]>;

  /** Refusals before authentication, newest minute first, at most `limit` (1,000). */
  earlyRefusals(range: TimeRange & { readonly limit?: number }): Promise<readonly EarlyRefusalCount[]>;

  close(): Promise<void>;
}

export interface TimeRange {
  /** Inclusive, milliseconds since the epoch. */
  readonly from?: number;
  /** Exclusive. */
  readonly until?: number;
}

/** All that is given must hold. */
export interface DecisionFilter extends TimeRange {
  readonly organisation?: string;
  /** Id or label. */
  readonly grant?: string;
  /** Id or slug. */
  readonly server?: string;
  /** Tool, prompt or resource. */
  readonly name?: string;
  readonly method?: string;
  readonly effect?: Effect;
  readonly rule?: string;
}

export interface PageRequest {
  /** By time of the decision; newest first by default. */
  readonly order?: 'newest' | 'oldest';
  /** 1 to 1,000; 100 by default. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly cursor?: string;
}

export interface DecisionPage {
  readonly decisions: readonly LoggedDecision[];
  /** Absent on the last page. */
  readonly next?: string;
}

export interface LoggedDecision {
  readonly decision: DecisionRecord;
  readonly outcome: OutcomeRecord | 'unknown';
}

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** `position` of the last record seen. */
  readonly after?: number;
}

export interface FollowedDecision extends LoggedDecision {
  /** Which of its two records this is. */
  readonly record: 'decision' | 'outcome';
  /** Grows with the order of commits. */
  readonly position: number;
}

export interface CounterQuery {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Counters whose key begins so. */
  readonly keyPrefix?: string;
  readonly limit?: number;
}

export interface CounterStanding {
  /** As in `Take.key`. */
  readonly key: string;
  readonly taken: Amount;
  /** Takes that were given back included. */
  readonly attempts: Amount;
  /** When the window ends; for a sliding one, when the last of it has come back. */
  readonly resetsAt: number;
}

export interface EarlyRefusalCount {
  /** Start of the minute, milliseconds since the epoch. */
  readonly minute: number;
  readonly source: string;
  readonly kind: string;
  readonly count: number;
}
