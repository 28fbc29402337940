import type { CounterReading } from '../limits/take.ts';
import type { RefusalCode, RuleId } from '../policy/verdict.ts';

/** `error` is "could not decide", which refuses too. */
export type Effect = 'allow' | 'deny' | 'hide' | 'hold' | 'error';

/**
 * The first of the two records of a message: what was decided, durable before the first byte goes upstream.
 * It never holds values of arguments.
 */
export interface DecisionRecord {
  /** Sorts by time; unique over all processes (see decision-id.ts). */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly organisation: string;
  readonly grant: { readonly id: string; readonly label: string };
  /** Absent where the message was refused before a server was known. */
  readonly server?: { readonly id: string; readonly slug: string };
  readonly effect: Effect;
  readonly rule: RuleId;
  readonly code?: RefusalCode | 'malformed';
  /** The full reason, for the log; the client may have been told less. */
  readonly reason?: string;
  /** The JSON-RPC method, or the HTTP method for messages without one (GET and DELETE of a session). */
  readonly method: string;
  /** The tool or prompt name or the resource URI. */
  readonly name?: string;
  readonly direction: 'client' | 'server';
  readonly revision?: string;
  readonly session?: string;
  readonly client?: string;
  /** The document that decided. */
  readonly policy?: { readonly name: string; readonly version: number; readonly mode?: 'shadow' };
  readonly definition?: string;
  /** Sorted top-level keys of the arguments, and a keyed hash over their canonical form. */
  readonly argumentKeys?: readonly string[];
  readonly argumentsHash?: string;
  readonly limits?: readonly CounterReading[];
  /** Settings that weaken a promise, written into every row they touch (`audit: best_effort`). */
  readonly settings?: readonly string[];
  readonly trace?: string;
}

/** The second record, under the same id. A decision without one reads as `unknown`. */
export interface OutcomeRecord {
  readonly id: string;
  readonly at: number;
  readonly status:
    | 'ok'
    /** A tool result with `isError`. */
    | 'tool_error'
    /** A JSON-RPC error from upstream; its code is in `errorCode`. */
    | 'rpc_error'
    /** The upstream could not be reached, broke off, or answered nonsense. */
    | 'upstream_error'
    | 'timeout'
    /** The client went away before the answer was complete. */
    | 'cancelled'
    /** The server asks the client for input before it goes on (2026-07-28). */
    | 'input_required'
    /** Refused here; nothing was sent upstream. */
    | 'refused';
  readonly errorCode?: number;
  readonly httpStatus?: number;
  readonly bytes?: number;
  readonly durationMs: number;
  readonly detail?: string;
  /** Counters whose unit was given back. */
  readonly released?: readonly string[];
}
