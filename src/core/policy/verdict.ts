import type { Take } from '../limits/take.ts';

/** A JSON Pointer into the policy document, or one of the names in parentheses for what decided outside it. */
export type RuleId = string;

export const RULE = {
  noPolicy: '(no policy)',
  hidden: '(hidden)',
  defaultDeny: '(default deny)',
  defaultAllow: '(default allow)',
  schema: '(schema)',
  drift: '(drift)',
  unknownTool: '(unknown tool)',
  cannotDecide: '(cannot decide)',
  unavailable: '(unavailable)',
  protocol: '(protocol)',
} as const;

/**
 * What the client may learn of a refusal; one JSON-RPC error code each (1001 … 1004) where the refusal is not a tool result.
 * `not_available` is what hidden, held back and unknown names have in common, so that none can be told from another.
 */
export type RefusalCode = 'denied' | 'not_available' | 'approval_pending' | 'limit' | 'unavailable';

/**
 * The policy's word on one message. "Denied by rule" and "could not decide" are different effects; both refuse.
 * An `allow` is final only when the ledger has taken every limit in `takes`.
 */
export type Verdict = Allowed | Held | Refused;

export interface Allowed extends Obligations {
  readonly effect: 'allow';
  /** The rule that allowed it: `/tools/search`, `/classes/Read`, `(default allow)`, … */
  readonly rule: RuleId;
  readonly takes: readonly Take[];
  /**
   * In shadow mode, what the document would have decided if it were enforced. Its takes are counted in counters of their
   * own and refuse nothing.
   */
  readonly shadow?: Verdict;
}

/** Nothing stands against the call but that a person has to approve it. Limits are looked at now and taken at release. */
export interface Held extends Obligations {
  readonly effect: 'hold';
  /** What asks for approval: `/tools/pay/action`, `/tools/pay/approve_if/0`, … */
  readonly rule: RuleId;
  readonly code: 'approval_pending';
  readonly reason: string;
  readonly takes: readonly Take[];
  readonly approval: ApprovalTerms;
}

export interface Refused {
  readonly effect: 'deny' | 'hide' | 'error';
  readonly rule: RuleId;
  readonly code: RefusalCode;
  /** The sentence for the agent. For `not_available` the client is told a fixed sentence instead; this one goes to the log. */
  readonly reason: string;
  /** The place in the document, where `rule` names only the kind: what hides, or what could not be decided. */
  readonly at?: RuleId;
  readonly record?: 'values';
}

/** What a call owes besides its limits, when it goes ahead. */
export interface Obligations {
  /** Flow labels that the call puts on its grant, durable before the first byte of the result reaches the client. */
  readonly adds?: readonly AddedLabel[];
  /** Flow labels that refuse this call: it waits for calls in flight that add one of them. */
  readonly blockedBy?: readonly string[];
  /** Keeps the canonical arguments with the row. */
  readonly record?: 'values';
}

export interface AddedLabel {
  readonly label: string;
  readonly ttlSeconds: number;
}

/** How a person is asked, as far as the policy says. */
export interface ApprovalTerms {
  readonly expiresInSeconds?: number;
  readonly approvers?: number;
  readonly holdSeconds?: number;
  readonly separateApprover?: boolean;
}
