/**
 * Child processes as the message path sees servers: the same conversation as over HTTP. A reply is JSON when nothing else
 * comes first, and an event stream as soon as the server has something to say before its answer.
 */
import { isJsonObject, type JsonObject, ownMember } from '../../../core/mcp/json/value.ts';
import { idKey } from '../../../core/mcp/message.ts';
import { err, ok, type Result } from '../../../core/result.ts';
import type { Log } from '../../../telemetry/log.ts';
import type { GatewaySettings } from '../../settings.ts';
import type { UpstreamEntry } from '../../snapshot.ts';
import type { Connector } from '../connector.ts';
import type { OutboundMessage, ReplyReceiver, Sending, UpstreamConversation, UpstreamFailure } from '../upstream.ts';
import type { StdioChildren } from './children.ts';
import {
  type AnswerServer,
  openStdioConnection,
  type ServerAnswer,
  type StdioConnection,
  type StdioRequestFailure,
} from './connection.ts';
import type { StdioEntry } from './entry.ts';
import type { StdioHost } from './launch.ts';
import { sharedConversations } from './shared-conversation.ts';

export type StdioServerEntry = Extract<UpstreamEntry, { kind: 'stdio' }>;

export interface StdioConnectorParts {
  readonly slug: string;
  readonly settings: GatewaySettings;
  readonly host: StdioHost;
  readonly children: StdioChildren;
  readonly log: Log;
}

/** Starts a child for each conversation, or one for all where the entry says so. */
export function openStdioConnector(entry: StdioServerEntry, parts: StdioConnectorParts): Connector {
  const shared = entry.isShared ? sharedConversations(entry, parts) : undefined;
  const open = new Set<StdioConversation>();
  return {
    async open(purpose) {
      if (shared !== undefined && purpose.kind !== 'listing') return shared.open(purpose.era);
      const conversation = await openExclusive(entry, parts, purpose.kind === 'listing' ? undefined : purpose.grant);
      if (conversation.ok) {
        open.add(conversation.value);
        void conversation.value.ended.then(() => open.delete(conversation.value));
      }
      return conversation;
    },
    async close() {
      await shared?.close();
      await Promise.all([...open].map((conversation) => conversation.end()));
    },
  };
}

async function openExclusive(
  entry: StdioServerEntry,
  parts: StdioConnectorParts,
  grant: string | undefined,
): Promise<Result<StdioConversation, UpstreamFailure>> {
  let conversation: StdioConversation | undefined;
  const opened = await parts.children.open(grant, () =>
    openStdioConnection(entryOf(entry), {
      ...connectionOptions(entry, parts),
      sharing: 'exclusive',
      onNotification: (notification) => conversation?.notified(notification),
      onServerRequest: (request, signal) =>
        conversation === undefined ? Promise.resolve(nobody) : conversation.asked(request, signal),
    }),
  );
  if (!opened.ok) {
    const kind = opened.error.kind === 'too_many_children' ? 'exhausted' : 'unreachable';
    return err({ kind, wasSent: false, detail: opened.error.message });
  }
  conversation = new StdioConversation(opened.value, timeoutOf(entry, parts.settings));
  void opened.value.ended.then((end) => {
    if (end.cause !== 'closed' && end.cause !== 'idle')
      parts.log.warn('stdio-server-ended', {
        server: parts.slug,
        cause: end.cause,
        detail: end.message,
        stderr: end.stderr,
      });
  });
  return ok(conversation);
}

export function entryOf(entry: StdioServerEntry): StdioEntry {
  return {
    command: entry.command,
    args: entry.args,
    env: entry.env,
    sandbox: entry.sandbox,
    ...(entry.cwd === null ? {} : { cwd: entry.cwd }),
    ...(entry.user === null ? {} : { user: entry.user }),
  };
}

export function connectionOptions(
  entry: StdioServerEntry,
  parts: StdioConnectorParts,
): { host: StdioHost; limits: Record<string, number> } {
  return {
    host: parts.host,
    limits: {
      lineBytesMax: parts.settings.answerBytesMax,
      ...(entry.idleMs === null ? {} : { idleMs: entry.idleMs }),
      ...(entry.lifetimeMs === null ? {} : { lifetimeMs: entry.lifetimeMs }),
    },
  };
}

export function timeoutOf(entry: StdioServerEntry, settings: GatewaySettings): number {
  return entry.timeoutMs ?? settings.upstreamTimeoutMs;
}

const nobody: ServerAnswer = { error: { code: -32601, message: 'no client can answer this' } };

/** One client's conversation with a child of its own. */
class StdioConversation implements UpstreamConversation {
  readonly #connection: StdioConnection;
  readonly #timeoutMs: number;
  /** Replies under way by the client's request id, oldest first. */
  readonly #replies = new Map<string, Reply>();
  /** The client's own event stream, where it opened one. */
  #stream: Reply | undefined;
  /** Requests of the server that were passed up and wait for the client's response. */
  readonly #asked = new Map<string, (answer: ServerAnswer) => void>();

  constructor(connection: StdioConnection, timeoutMs: number) {
    this.#connection = connection;
    this.#timeoutMs = timeoutMs;
  }

  get ended(): Promise<{ readonly message: string }> {
    return this.#connection.ended;
  }

  send(message: OutboundMessage, receiver: ReplyReceiver): Sending {
    if (message.kind === 'request') return this.#request(message, receiver);
    if (message.kind === 'response') this.#respond(message.value);
    else if (message.method === 'notifications/cancelled') this.#cancel(message.value);
    else void this.#connection.notify(message.value);
    queueMicrotask(() => {
      receiver.onReply({ form: 'none', status: 202 });
      receiver.onEnd();
    });
    return noSending;
  }

  listen(_lastEventId: string | undefined, receiver: ReplyReceiver): Sending {
    const stream = new Reply(receiver, () => {
      if (this.#stream === stream) this.#stream = undefined;
    });
    this.#stream?.finish();
    this.#stream = stream;
    // Told in a turn of its own, so that the caller knows its `Sending` before anything arrives.
    queueMicrotask(() => stream.open());
    void this.#connection.ended.then(() => stream.finish());
    return stream;
  }

  async end(): Promise<void> {
    await this.#connection.close();
  }

  /** A notification that names no request: to the one request it can come from, else to the client's stream. */
  notified(notification: JsonObject): void {
    this.#target()?.event(notification);
  }

  /** A request of the server: passed up, answered by the client's response. */
  asked(request: JsonObject, signal: AbortSignal, target = this.#target()): Promise<ServerAnswer> {
    const id = ownMember(request, 'id');
    if (target === undefined || (typeof id !== 'string' && typeof id !== 'number')) return Promise.resolve(nobody);
    return new Promise((resolve) => {
      const key = idKey(id);
      this.#asked.set(key, resolve);
      signal.addEventListener('abort', () => this.#asked.delete(key), { once: true });
      target.event(request);
    });
  }

  #target(): Reply | undefined {
    const replies = [...this.#replies.values()];
    return replies.length === 1 ? replies[0] : (this.#stream ?? replies.at(-1));
  }

  #request(message: OutboundMessage, receiver: ReplyReceiver): Sending {
    const controller = new AbortController();
    const reply = new Reply(receiver, () => controller.abort());
    const onServerRequest: AnswerServer = (request, signal) => this.asked(request, signal, reply);
    const key = idKey(message.id as string | number);
    this.#replies.set(key, reply);
    void this.#connection
      .request(message.value, {
        timeoutMs: this.#timeoutMs,
        signal: controller.signal,
        onNotification: (notification) => reply.event(notification),
        onServerRequest,
      })
      .then((answer) => {
        this.#replies.delete(key);
        if (answer.ok) reply.answer(answer.value.bytes);
        else reply.fail(failureOf(answer.error));
      });
    return reply;
  }

  /** Cancelling goes by the connection's own ids: giving up the request tells the server. */
  #cancel(notification: JsonObject): void {
    const params = ownMember(notification, 'params');
    const id = params !== undefined && isJsonObject(params) ? ownMember(params, 'requestId') : undefined;
    if (typeof id === 'string' || typeof id === 'number') this.#replies.get(idKey(id))?.abort();
  }

  #respond(response: JsonObject): void {
    const id = ownMember(response, 'id');
    if (typeof id !== 'string' && typeof id !== 'number') return;
    const settle = this.#asked.get(idKey(id));
    this.#asked.delete(idKey(id));
    const result = ownMember(response, 'result');
    if (result !== undefined && isJsonObject(result)) settle?.({ result });
    else
      settle?.({
        error: ownMember(response, 'error') as unknown as Extract<ServerAnswer, { error: unknown }>['error'],
      });
  }
}

/** For what is sent and done with. */
export const noSending: Sending = { abort: () => {}, pause: () => {}, resume: () => {} };

/** What goes to one receiver, in order; an event stream from the moment something comes before the answer. */
export class Reply implements Sending {
  readonly #receiver: ReplyReceiver;
  readonly #onAbort: () => void;
  #isStream = false;
  #isOver = false;

  constructor(receiver: ReplyReceiver, onAbort: () => void) {
    this.#receiver = receiver;
    this.#onAbort = onAbort;
  }

  open(): void {
    if (this.#isOver || this.#isStream) return;
    this.#isStream = true;
    this.#receiver.onReply({ form: 'events', status: 200 });
  }

  event(message: JsonObject): void {
    if (this.#isOver) return;
    this.open();
    this.#receiver.onEvent({ data: JSON.stringify(message) });
  }

  answer(bytes: Buffer): void {
    if (this.#isOver) return;
    if (this.#isStream) this.#receiver.onEvent({ data: bytes.toString() });
    else {
      this.#receiver.onReply({ form: 'json', status: 200 });
      this.#receiver.onBytes(bytes);
    }
    this.finish();
  }

  fail(failure: UpstreamFailure): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#receiver.onFailure(failure);
  }

  finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#receiver.onEnd();
  }

  abort(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onAbort();
  }

  // A child's answers are whole when they arrive; a slow client costs their memory, which the line limit bounds.
  pause(): void {}
  resume(): void {}
}

export function failureOf(failure: StdioRequestFailure): UpstreamFailure {
  switch (failure.kind) {
    case 'timeout':
      return { kind: 'timeout', wasSent: failure.sent, detail: failure.message };
    case 'unreadable':
      return { kind: 'nonsense', wasSent: failure.sent, detail: failure.message };
    case 'closed':
    case 'queue_full':
    case 'broken_pipe':
    case 'draining':
    case 'cancelled':
    case 'ended_by_server':
    case 'server_ended':
      return { kind: failure.sent ? 'broken' : 'unreachable', wasSent: failure.sent, detail: failure.message };
  }
}
