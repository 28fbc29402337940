import type { CounterReading, Take } from '../limits/take.ts';
import type { RefusalCode, RuleId } from '../policy/verdict.ts';
import type { DecisionRecord, OutcomeRecord } from './record.ts';

/**
 * Where limits are taken and decisions become durable: one transaction for both, so that no counted call lacks its
 * record and no recorded call lacks its count.
 */
export interface Ledger {
  /**
   * Looks at the labels, takes every limit, uses up the token and appends the record: all of it or, when one refuses,
   * the record alone, rewritten as a denial by what refused, and the call must not be forwarded. Looked at in that
   * order. Resolves when durable.
   * Rejects with `LedgerUnavailable` when it could not be written: then nothing may be forwarded. Whoever gives up
   * waiting must not forward either, and may find the call in the log with its outcome unknown.
   */
  admit(request: AdmissionRequest): Promise<Admission>;

  /**
   * Appends the outcome and gives back the takes in `release`, in the windows in which they were taken. Only the first
   * outcome of a call counts, and only an admitted call gives back.
   * Returns at once: the records go with the next group, and are tried again while the store is away.
   */
  settle(outcome: OutcomeRecord, release: readonly Take[]): void;

  /** Puts flow labels on a lineage. Resolves when they are durable; rejects with `LedgerUnavailable`. */
  addLabels(labels: LabelGrant): Promise<void>;

  /** Counts a refusal before authentication, by source and minute, apart from the log. Returns at once. */
  noteRefusal(refusal: EarlyRefusal): void;

  /** Whether calls can be admitted, as far as is known now. For `/readyz`. */
  health(): LedgerHealth;

  /** Resolves when everything settled and noted before is durable; rejects with `LedgerUnavailable` if it cannot be. */
  flush(): Promise<void>;

  /** Flushes, then lets go of threads and files. Rejects, closed all the same, if something could not be written. */
  close(): Promise<void>;
}

export interface AdmissionRequest {
  /** Its `id` carries its `at` (decision-id.ts); `limits` is filled in by the ledger. */
  readonly record: Omit<DecisionRecord, 'limits'>;
  /** Only an `allow` takes. A fixed window holds `record.at`. */
  readonly takes?: readonly Take[];
  readonly blockedBy?: LabelCheck;
  readonly consume?: SingleUse;
}

/** Refuses when any of the labels is on the lineage at the instant of the call. */
export interface LabelCheck {
  /** Whom labels follow: a grant with all who share its history. */
  readonly lineage: string;
  readonly labels: readonly string[];
  readonly rule: RuleId;
  /** The author's sentence for the agent, where there is one. */
  readonly onDeny?: string;
}

/** Something that may be used once: an approval, a `requestState`. Refuses when it was used before or has expired. */
export interface SingleUse {
  /** Unique to the token, and no secret. */
  readonly key: string;
  /** Milliseconds since the epoch; from then on it is refused, and need not be remembered. */
  readonly expiresAt: number;
  readonly rule: RuleId;
  readonly onDeny?: string;
}

export interface LabelGrant {
  readonly lineage: string;
  readonly labels: readonly string[];
  /** Milliseconds since the epoch, exclusive. A label that is there already keeps the later end. */
  readonly expiresAt: number;
}

export interface EarlyRefusal {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Where it came from: an address. */
  readonly source: string;
  /** One of a closed set of words (`no_grant`, `wrong_host`); never text from the message. */
  readonly kind: string;
}

export type Admission =
  | { readonly admitted: true; readonly readings: readonly CounterReading[] }
  | ({ readonly admitted: false; readonly rule: RuleId; readonly code: RefusalCode; readonly reason: string } & (
      | {
          readonly by: 'limit';
          /** Index of the first take that did not fit, in the order of `takes`. */
          readonly refused: number;
          readonly reading: CounterReading;
          readonly retryAfterSeconds: number;
        }
      | { readonly by: 'label'; readonly label: string; readonly expiresAt: number }
      | { readonly by: 'single_use' }
    ));

/** Why the ledger could not write. `invalid` and `duplicate` are mistakes of the caller. */
export type LedgerTrouble =
  /** Another process held the write lock for longer than the bounded wait. */
  | 'busy'
  | 'disk_full'
  /** Less room than the reserve: calls are refused while refusals and outcomes still find room. */
  | 'disk_reserve'
  | 'read_only'
  /** The file was deleted, moved or replaced under the open ledger. */
  | 'gone'
  | 'io'
  | 'corrupt'
  /** The clock went back behind the newest record, or leapt ahead of the time that has passed. */
  | 'clock'
  | 'duplicate'
  | 'invalid'
  | 'overloaded'
  | 'writer_failed'
  | 'closed';

/** The store is away, for the tagged reason; the message is for the log. Nothing may be forwarded. */
export class LedgerUnavailable extends Error {
  override readonly name = 'LedgerUnavailable';
  readonly trouble: LedgerTrouble;

  constructor(trouble: LedgerTrouble, message: string, options?: ErrorOptions) {
    super(message, options);
    this.trouble = trouble;
  }
}

export interface LedgerHealth {
  /** The trouble of the newest attempt to write, until one succeeds. */
  readonly trouble?: { readonly trouble: LedgerTrouble; readonly message: string };
  /** Operations that wait to be written. */
  readonly waiting: number;
  /** Room on the disk in bytes, when last looked at. */
  readonly freeBytes?: number;
}
