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
export type Verdict =
  | {
      readonly effect: 'allow';
      /** The entry that allowed it: `/tools/search`, `/classes/Read`, `(default allow)`, … */
      readonly rule: RuleId;
      readonly takes: readonly Take[];
    }
  | {
      readonly effect: 'deny' | 'hide' | 'error';
      readonly rule: RuleId;
      readonly code: RefusalCode;
      /** The sentence for the agent. For `not_available` the client is told a fixed sentence instead; this one goes to the log. */
      readonly reason: string;
    };
