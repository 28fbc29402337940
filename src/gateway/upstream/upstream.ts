/**
 * What the message path sees of a server: send one message, receive its reply, whatever carries it. Adapters (HTTP,
 * stdio) know transports and nothing of policy; the path knows policy and nothing of transports.
 */
import type { JsonObject } from '../../core/mcp/json/value.ts';
import type { MessageId } from '../../core/mcp/message.ts';

/** A conversation: one client session (initialize era), or any number of independent requests (stateless era). */
export interface UpstreamConversation {
  send(message: OutboundMessage, receiver: ReplyReceiver): Sending;
  /** Opens the server's own event stream (HTTP GET), resuming after `lastEventId` where given. Initialize era only. */
  listen(lastEventId: string | undefined, receiver: ReplyReceiver): Sending;
  /** Resolves when the server is gone for good (a child that ended), with why; absent where every message finds its own connection. */
  readonly ended?: Promise<{ readonly message: string }>;
  /** Ends the conversation: DELETE towards HTTP servers, the end of the child where it was the session's own. */
  end(): Promise<void>;
}

export interface OutboundMessage {
  readonly kind: 'request' | 'notification' | 'response';
  /** The whole message: the value that was decided on, written to the wire by the adapter. */
  readonly value: JsonObject;
  readonly method: string | undefined;
  readonly id: MessageId | undefined;
  readonly revision: string;
  /** Headers derived from the message (stateless era) and the client's trace context; lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
}

/** One event of a server's stream; `data` is empty where the event only sets an id or a retry time. */
export interface StreamEvent {
  readonly data: string;
  readonly event?: string;
  readonly id?: string;
  readonly retry?: number;
}

/** Told in order: one `onReply`, then bytes or events, then the end; or a failure at any point, which is the last call. */
export interface ReplyReceiver {
  onReply(head: ReplyHead): void;
  /** The bytes of a `json` or `refused` reply. */
  onBytes(chunk: Uint8Array): void;
  /** One event of an `events` reply. */
  onEvent(event: StreamEvent): void;
  onEnd(): void;
  onFailure(failure: UpstreamFailure): void;
}

export interface ReplyHead {
  /** `none`: accepted without an answer (202). `refused`: an HTTP status that is no success. */
  readonly form: 'json' | 'events' | 'none' | 'refused';
  readonly status: number;
  /** Session id a server handed out with its answer to `initialize`. */
  readonly sessionId?: string;
}

export interface UpstreamFailure {
  /** `exhausted`: as many servers run as may; one less would make room. */
  readonly kind: 'unreachable' | 'exhausted' | 'timeout' | 'broken' | 'nonsense';
  /** False only when it is certain that no byte of the message left this process. */
  readonly wasSent: boolean;
  /** For the log and, where it names no secret, for the client: what failed and where. */
  readonly detail: string;
}

/** A message under way. */
export interface Sending {
  /** Gives up: closes the HTTP exchange or sends `notifications/cancelled`. The receiver hears nothing more. */
  abort(): void;
  /** Back-pressure from a slow client. */
  pause(): void;
  resume(): void;
}
