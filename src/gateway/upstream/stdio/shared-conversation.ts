/**
 * One child for all sessions and grants of a server entry that says `shared`. The gateway shakes hands with it once; a
 * client's own handshake is answered from that. Nothing of one conversation reaches another: see DESIGN.md.
 */

import { UPSTREAM_LIST_LIMITS } from '../../../core/mcp/json/limits.ts';
import { readJson } from '../../../core/mcp/json/read.ts';
import type { JsonObject } from '../../../core/mcp/json/value.ts';
import { isJsonObject, ownMember } from '../../../core/mcp/json/value.ts';
import { idKey } from '../../../core/mcp/message.ts';
import { type Era, INITIALIZE_REVISIONS } from '../../../core/mcp/revisions.ts';
import { err, ok, type Result } from '../../../core/result.ts';
import type { OutboundMessage, ReplyReceiver, Sending, UpstreamConversation, UpstreamFailure } from '../upstream.ts';
import { type Audience, openStdioConnection, type StdioConnection } from './connection.ts';
import type { StdioStartFailure } from './failure.ts';
import { SharedStdioServer } from './shared.ts';
import {
  connectionOptions,
  entryOf,
  failureOf,
  noSending,
  Reply,
  type StdioConnectorParts,
  type StdioServerEntry,
  timeoutOf,
} from './stdio-connector.ts';

export interface SharedConversations {
  open(era: Era): Promise<Result<UpstreamConversation, UpstreamFailure>>;
  close(): Promise<void>;
}

interface Running {
  readonly connection: StdioConnection;
  /** The server's answer to the gateway's handshake; undefined in the stateless era. */
  readonly handshake: JsonObject | undefined;
}

export function sharedConversations(entry: StdioServerEntry, parts: StdioConnectorParts): SharedConversations {
  const clients = new Set<SharedConversation>();
  const running = new Map<StdioConnection, Running>();
  const start = async (era: Era): Promise<Result<StdioConnection, StdioStartFailure>> => {
    const opened = await parts.children.open(undefined, () =>
      openStdioConnection(entryOf(entry), {
        ...connectionOptions(entry, parts),
        sharing: 'shared',
        onNotification: (notification, audience) => {
          for (const client of clients) client.notified(notification, audience);
        },
      }),
    );
    if (!opened.ok || era === 'stateless') {
      if (opened.ok) running.set(opened.value, { connection: opened.value, handshake: undefined });
      return opened;
    }
    const handshake = await shakeHands(opened.value, timeoutOf(entry, parts.settings));
    if (!handshake.ok) {
      await opened.value.close();
      return err({ kind: 'spawn_failed', message: handshake.error });
    }
    running.set(opened.value, { connection: opened.value, handshake: handshake.value });
    void opened.value.ended.then(() => running.delete(opened.value));
    return opened;
  };
  const servers: Record<Era, SharedStdioServer> = {
    initialize: new SharedStdioServer({ open: () => start('initialize') }),
    stateless: new SharedStdioServer({ open: () => start('stateless') }),
  };
  return {
    async open(era) {
      const connection = await servers[era].connection();
      if (!connection.ok) return err({ kind: 'unreachable', wasSent: false, detail: connection.error.message });
      const client = new SharedConversation(
        running.get(connection.value) as Running,
        timeoutOf(entry, parts.settings),
        () => clients.delete(client),
      );
      clients.add(client);
      return ok(client);
    },
    async close() {
      await Promise.all(Object.values(servers).map((server) => server.close()));
    },
  };
}

async function shakeHands(connection: StdioConnection, timeoutMs: number): Promise<Result<JsonObject, string>> {
  const request = {
    jsonrpc: '2.0',
    id: 0,
    method: 'initialize',
    params: {
      protocolVersion: INITIALIZE_REVISIONS[0],
      capabilities: {},
      clientInfo: { name: 'callgate', version: '1' },
    },
  };
  const answer = await connection.request(request, { timeoutMs });
  if (!answer.ok) return err(answer.error.message);
  const message = readJson(answer.value.bytes, UPSTREAM_LIST_LIMITS);
  const result = message.ok && isJsonObject(message.value) ? ownMember(message.value, 'result') : undefined;
  if (result === undefined || !isJsonObject(result)) return err('the server refused the handshake');
  await connection.notify({ jsonrpc: '2.0', method: 'notifications/initialized' });
  return ok(result);
}

class SharedConversation implements UpstreamConversation {
  readonly #running: Running;
  readonly #timeoutMs: number;
  readonly #onEnd: () => void;
  readonly #replies = new Map<string, Reply>();
  readonly #subscribed = new Set<string>();
  #stream: Reply | undefined;

  constructor(running: Running, timeoutMs: number, onEnd: () => void) {
    this.#running = running;
    this.#timeoutMs = timeoutMs;
    this.#onEnd = onEnd;
  }

  get ended(): Promise<{ readonly message: string }> {
    return this.#running.connection.ended;
  }

  send(message: OutboundMessage, receiver: ReplyReceiver): Sending {
    if (message.kind === 'request') return this.#request(message, receiver);
    // The handshake is the gateway's own, and a shared server asks nobody anything.
    if (message.method === 'notifications/cancelled') this.#cancel(message.value);
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
    queueMicrotask(() => stream.open());
    void this.ended.then(() => stream.finish());
    return stream;
  }

  end(): Promise<void> {
    this.#stream?.finish();
    this.#onEnd();
    return Promise.resolve();
  }

  /** What names no request goes to the client's own stream, and only where it can hold nothing of another's calls. */
  notified(notification: JsonObject, audience: Audience): void {
    const params = ownMember(notification, 'params');
    const uri = params !== undefined && isJsonObject(params) ? ownMember(params, 'uri') : undefined;
    const isMine =
      audience === 'everyone' || (audience === 'subscribers' && typeof uri === 'string' && this.#subscribed.has(uri));
    if (isMine) this.#stream?.event(notification);
  }

  #request(message: OutboundMessage, receiver: ReplyReceiver): Sending {
    const { connection, handshake } = this.#running;
    const id = message.id as string | number;
    const controller = new AbortController();
    const reply = new Reply(receiver, () => controller.abort());
    if (message.method === 'initialize' && handshake !== undefined) {
      const bytes = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, result: handshake }));
      queueMicrotask(() => reply.answer(bytes));
      return reply;
    }
    this.#followSubscription(message);
    this.#replies.set(idKey(id), reply);
    void connection
      .request(message.value, {
        timeoutMs: this.#timeoutMs,
        signal: controller.signal,
        onNotification: (notification) => reply.event(notification),
      })
      .then((answer) => {
        this.#replies.delete(idKey(id));
        if (answer.ok) reply.answer(answer.value.bytes);
        else reply.fail(failureOf(answer.error));
      });
    return reply;
  }

  #cancel(notification: JsonObject): void {
    const params = ownMember(notification, 'params');
    const id = params !== undefined && isJsonObject(params) ? ownMember(params, 'requestId') : undefined;
    if (typeof id === 'string' || typeof id === 'number') this.#replies.get(idKey(id))?.abort();
  }

  #followSubscription({ method, value }: OutboundMessage): void {
    const params = ownMember(value, 'params');
    const uri = params !== undefined && isJsonObject(params) ? ownMember(params, 'uri') : undefined;
    if (typeof uri !== 'string') return;
    if (method === 'resources/subscribe') this.#subscribed.add(uri);
    if (method === 'resources/unsubscribe') this.#subscribed.delete(uri);
  }
}
