import type { LabelCheck, LabelGrant, LedgerTrouble, SingleUse } from '../../core/decisions/ledger.ts';
import type { Amount } from '../../core/limits/amount.ts';
import type { CounterReading, Take } from '../../core/limits/take.ts';
import type { RefusalCode, RuleId } from '../../core/policy/verdict.ts';

/** What is written, in groups, and what is answered. Records come as the JSON text that is stored. */
export type Operation =
  | AdmitOperation
  | SettleOperation
  | LabelOperation
  | EarlyRefusalOperation
  /** Writes nothing: answered when everything before it is durable. */
  | { readonly kind: 'flush' };

export interface AdmitOperation {
  readonly kind: 'admit';
  readonly id: string;
  readonly at: number;
  /** A JSON object without `limits`. */
  readonly text: string;
  readonly takes: readonly Take[];
  readonly blockedBy: LabelCheck | undefined;
  readonly consume: SingleUse | undefined;
}

export interface SettleOperation {
  readonly kind: 'settle';
  readonly id: string;
  readonly text: string;
  readonly release: readonly Take[];
}

export interface LabelOperation extends LabelGrant {
  readonly kind: 'label';
}

export interface EarlyRefusalOperation {
  readonly kind: 'early_refusal';
  readonly minute: number;
  readonly source: string;
  readonly refusal: string;
  readonly count: number;
}

/** Replies in the order of the group, durable; or why none of it is. */
export type GroupReply = { readonly replies: readonly Reply[] } | Failure;

/** The answer to one operation: null for those that have nothing to say. */
export type Reply = null | Standings | { readonly refusal: Refusal } | Failure;

/** An admission: for each take in turn, what its counter stands at and when it resets. The rest is in the takes. */
export type Standings = readonly Amount[];

export interface Failure {
  readonly failed: LedgerTrouble;
  readonly message: string;
}

export type Refusal = { readonly rule: RuleId; readonly code: RefusalCode; readonly reason: string } & (
  | {
      readonly by: 'limit';
      readonly refused: number;
      readonly reading: CounterReading;
      readonly retryAfterSeconds: number;
    }
  | { readonly by: 'label'; readonly label: string; readonly expiresAt: number }
  | { readonly by: 'single_use' }
);
