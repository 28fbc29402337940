import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GrantView, PolicyView, ServerView, Snapshot } from '../snapshot.ts';

/** One HTTP request of a known grant to a known server: what every later step may read. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly headers: ReadonlyMap<string, string>;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly snapshot: Snapshot;
  readonly grant: GrantView;
  readonly server: ServerView;
  /** Null where the grant has no (readable) policy on the server: everything is denied. */
  readonly policy: PolicyView | null;
}
