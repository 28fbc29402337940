import { UPSTREAM_LIST_LIMITS } from '../../../core/mcp/json/limits.ts';
import { readJson } from '../../../core/mcp/json/read.ts';
import { isJsonObject, isRawNumber, type JsonObject, type JsonValue, ownMember } from '../../../core/mcp/json/value.ts';
import { err, ok, type Result } from '../../../core/result.ts';
import type { StdioEntry } from './entry.ts';
import { type Envelope, scanEnvelope } from './envelope.ts';
import type { StdioEnd, StdioEndCause, StdioStartFailure } from './failure.ts';
import { defaultStdioLimits, type StdioLimits } from './limits.ts';
import {
  addresseeOf,
  listenResultFor,
  memberAt,
  notificationFor,
  type Origin,
  originOf,
  withOwnId,
} from './rewrite.ts';
import { type SendFailure, type StdioServer, type StdioServerOptions, startStdioServer } from './server.ts';

/**
 * JSON-RPC over one child process: requests with their answers, for one client session or for several at once.
 *
 * Every request gets an id of the connection's own, and every answer goes to the one request it belongs to, once. An
 * answer that comes late, twice or for nobody is dropped and counted. What the server sends by itself is told apart by
 * whom it can concern (see `Audience`); who really gets it is for the gateway to decide.
 *
 * In `shared` mode nothing of one client may reach another. What names a request (progress, a subscription) goes to that
 * request alone. A request from the server (sampling, elicitation, roots) names nobody, so it cannot be answered on
 * anyone's behalf: the server gets an error.
 */
export interface StdioConnection {
  /**
   * Sends a request and waits for its answer. The failure says whether the server may have seen it (`sent`). An aborted
   * signal and the timeout tell the server too (`notifications/cancelled`), as long as it lives.
   */
  request(request: JsonObject, options: StdioRequestOptions): Promise<Result<StdioResponse, StdioRequestFailure>>;
  /** Sends a notification as it is; `notifications/cancelled` is not for here, but for the signal of its request. */
  notify(notification: JsonObject): Promise<Result<void, SendFailure>>;
  close(cause?: StdioEndCause): Promise<StdioEnd>;
  readonly ended: Promise<StdioEnd>;
  readonly inFlight: number;
  readonly counts: Readonly<StdioCounts>;
  readonly server: Pick<StdioServer, 'pid' | 'noise' | 'stderr'>;
}

export interface StdioRequestOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Progress of this request and notifications of this subscription, with the token and id that the request had. */
  readonly onNotification?: (notification: JsonObject) => void;
  /** Answers requests of the server while this is the only request in flight that can; never called in shared mode. */
  readonly onServerRequest?: AnswerServer;
}

/** Gives the answer to a request of the server. The signal is aborted when the server no longer wants it. */
export type AnswerServer = (request: JsonObject, signal: AbortSignal) => Promise<ServerAnswer>;
export type ServerAnswer = { readonly result: JsonObject } | { readonly error: JsonRpcError };
export interface JsonRpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: JsonValue;
}

export interface StdioResponse {
  readonly kind: 'result' | 'error';
  /** The whole answer, one line of JSON with the id of the request as it was given. The result itself has not been read. */
  readonly bytes: Buffer;
}

export interface StdioRequestFailure {
  readonly kind:
    | SendFailure
    /** The server has reached its lifetime and takes no new requests. */
    | 'draining'
    | 'timeout'
    | 'cancelled'
    /** The answer broke the protocol, or was longer than a line may be. */
    | 'unreadable'
    /** The server itself ended the subscription (2026-07-28). */
    | 'ended_by_server'
    /** The process is gone; `end` says why. */
    | 'server_ended';
  /** False when no byte of the request was written. */
  readonly sent: boolean;
  readonly message: string;
  readonly end?: StdioEnd;
}

/**
 * Whom a notification that names no request concerns: `everyone` (a list has changed: no content), `subscribers` of the
 * resource it names, or `unknown`: it may hold content of one client's calls (log messages, task states), and must not
 * go to more than one grant. On a connection of one client, all are that client's.
 */
export type Audience = 'everyone' | 'subscribers' | 'unknown';

export interface StdioCounts {
  /** Answers to requests that were answered, cancelled or timed out before. */
  late: number;
  /** Answers with an id that was never given out. */
  unknown: number;
  /** Lines that begin like a message and are none. */
  unreadable: number;
  /** Notifications for requests that are over. */
  stray: number;
  /** Requests of the server that were answered with an error here. */
  refused: number;
}

export interface StdioConnectionOptions extends Omit<StdioServerOptions, 'onMessage' | 'onLongLine'> {
  readonly sharing: 'exclusive' | 'shared';
  readonly onNotification: (notification: JsonObject, audience: Audience) => void;
  /** Answers requests of the server that no single request in flight can be held for; never called in shared mode. */
  readonly onServerRequest?: AnswerServer;
}

/** Starts the server of an entry and connects to it. The handshake is the caller's: it is a request like any other. */
export async function openStdioConnection(
  entry: StdioEntry,
  options: StdioConnectionOptions,
): Promise<Result<StdioConnection, StdioStartFailure>> {
  // Nothing comes up before the first message has gone down, except noise.
  let connection: ChildConnection | undefined;
  const server = await startStdioServer(entry, {
    ...options,
    onMessage: (line) => connection?.receive(line),
    onLongLine: ({ head, tail }) => connection?.receiveUnreadable(head, tail, 'a line longer than the bound'),
  });
  if (!server.ok) return server;
  connection = new ChildConnection(server.value, options);
  return ok(connection);
}

interface Pending {
  readonly origin: Origin;
  readonly options: StdioRequestOptions;
  settle(outcome: Result<StdioResponse, StdioRequestFailure>): void;
}

class ChildConnection implements StdioConnection {
  readonly counts: StdioCounts = { late: 0, unknown: 0, unreadable: 0, stray: 0, refused: 0 };
  readonly ended: Promise<StdioEnd>;
  readonly server: StdioServer;
  readonly #options: StdioConnectionOptions;
  readonly #limits: StdioLimits;
  readonly #pending = new Map<number, Pending>();
  /** Requests of the server that are being answered, by the text of their id. */
  readonly #answering = new Map<string, AbortController>();
  #lastId = 0;
  #isDraining = false;
  #idleTimer: NodeJS.Timeout;
  readonly #lifeTimer: NodeJS.Timeout;

  constructor(server: StdioServer, options: StdioConnectionOptions) {
    this.server = server;
    this.#options = options;
    this.#limits = { ...defaultStdioLimits, ...options.limits };
    this.#idleTimer = setTimeout(() => this.#closeIfIdle(), this.#limits.idleMs);
    this.#lifeTimer = setTimeout(() => this.#drain(), this.#limits.lifetimeMs);
    this.ended = server.ended.then((end) => {
      clearTimeout(this.#idleTimer);
      clearTimeout(this.#lifeTimer);
      for (const controller of this.#answering.values()) controller.abort();
      const failure = { kind: 'server_ended', sent: true, message: end.message, end } as const;
      for (const pending of this.#pending.values()) pending.settle(err(failure));
      return end;
    });
  }

  get inFlight(): number {
    return this.#pending.size;
  }

  async close(cause?: StdioEndCause): Promise<StdioEnd> {
    await this.server.close(cause);
    return await this.ended;
  }

  async notify(notification: JsonObject): Promise<Result<void, SendFailure>> {
    this.#idleTimer.refresh();
    return await this.server.send(JSON.stringify(notification));
  }

  async request(
    request: JsonObject,
    options: StdioRequestOptions,
  ): Promise<Result<StdioResponse, StdioRequestFailure>> {
    const origin = originOf(request);
    if (options.signal?.aborted === true) return err({ kind: 'cancelled', sent: false, message: sentences.cancelled });
    if (this.#isDraining) return err({ kind: 'draining', sent: false, message: sentences.draining });
    this.#idleTimer.refresh();
    const id = ++this.#lastId;
    const { promise, resolve } = Promise.withResolvers<Result<StdioResponse, StdioRequestFailure>>();
    const giveUp = (kind: 'timeout' | 'cancelled') => {
      this.#pending.get(id)?.settle(err({ kind, sent: true, message: sentences[kind] }));
      // The handshake cannot be cancelled (2025-11-25, basic/utilities/cancellation); giving up on it ends the server.
      if (origin.method !== 'initialize') void this.notify(cancellation(id));
    };
    const timer = setTimeout(() => giveUp('timeout'), options.timeoutMs);
    const onAbort = () => giveUp('cancelled');
    options.signal?.addEventListener('abort', onAbort, { once: true });
    this.#pending.set(id, {
      origin,
      options,
      settle: (outcome) => {
        clearTimeout(timer);
        options.signal?.removeEventListener('abort', onAbort);
        this.#pending.delete(id);
        this.#idleTimer.refresh();
        resolve(outcome);
        if (this.#isDraining && this.#pending.size === 0) void this.server.close('lifetime');
      },
    });
    const sent = await this.server.send(JSON.stringify(withOwnId(request, id)));
    if (!sent.ok) {
      const failure = { kind: sent.error, sent: sent.error === 'broken_pipe', message: sentences[sent.error] };
      // A broken pipe is the first sign of an exit; what the exit says is worth waiting for, and it is not far.
      if (sent.error !== 'broken_pipe') this.#pending.get(id)?.settle(err(failure));
    }
    return await promise;
  }

  receive(line: Buffer): void {
    const envelope = scanEnvelope(line);
    if (envelope === undefined) {
      this.receiveUnreadable(line.subarray(0, edgeBytes), line.subarray(-edgeBytes), 'a line that is no message');
    } else if (envelope.kind === 'result' || envelope.kind === 'error') {
      this.#receiveResponse(line, envelope);
    } else {
      const read = readJson(line, UPSTREAM_LIST_LIMITS);
      // A method that is no string, for instance, or a duplicate key within `params`.
      if (!read.ok || !isJsonObject(read.value) || typeof ownMember(read.value, 'method') !== 'string') {
        this.counts.unreadable += 1;
        return;
      }
      if (envelope.kind === 'notification') this.#receiveNotification(read.value);
      else void this.#receiveRequest(read.value, envelope.id ?? null);
    }
  }

  /**
   * A line that cannot be read may have been the answer somebody waits for. Whose it was is taken from where servers
   * write the id, at either end of the line; else it is clear only when one request is in flight. Otherwise nobody is
   * told, and the request runs into its timeout.
   */
  receiveUnreadable(head: Buffer, tail: Buffer, what: string): void {
    this.counts.unreadable += 1;
    const named = /^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*(\d+)\s*,/.exec(head.toString('latin1'));
    const last = /,\s*"id"\s*:\s*(\d+)\s*\}\s*$/.exec(tail.toString('latin1'));
    const id = Number((named ?? last)?.[1]);
    const pending = this.#pending.get(id) ?? (this.#pending.size === 1 ? [...this.#pending.values()][0] : undefined);
    pending?.settle(err({ kind: 'unreadable', sent: true, message: `the server answered with ${what}` }));
  }

  #receiveResponse(line: Buffer, { id, kind, body }: Envelope): void {
    const own = ownId(id);
    const pending = own === undefined ? undefined : this.#pending.get(own);
    if (pending === undefined || body === undefined || (kind !== 'result' && kind !== 'error')) {
      if (own !== undefined && own <= this.#lastId) this.counts.late += 1;
      else this.counts.unknown += 1;
      return;
    }
    let bytes = line.subarray(body.start, body.end);
    if (pending.origin.method === 'subscriptions/listen' && kind === 'result') {
      const read = readJson(bytes, UPSTREAM_LIST_LIMITS);
      if (!read.ok || !isJsonObject(read.value)) {
        this.counts.unreadable += 1;
        pending.settle(
          err({ kind: 'unreadable', sent: true, message: 'the server answered with a line that is no message' }),
        );
        return;
      }
      bytes = Buffer.from(JSON.stringify(listenResultFor(pending.origin, read.value)));
    }
    const front = Buffer.from(`{"jsonrpc":"2.0","id":${JSON.stringify(pending.origin.id)},"${kind}":`);
    pending.settle(ok({ kind, bytes: Buffer.concat([front, bytes, closingBrace]) }));
  }

  #receiveNotification(notification: JsonObject): void {
    this.#idleTimer.refresh();
    const method = memberAt(notification, ['method']);
    if (method === 'notifications/cancelled') {
      this.#receiveCancellation(memberAt(notification, ['params', 'requestId']));
      return;
    }
    const addressee = addresseeOf(notification);
    if (addressee === undefined && method !== 'notifications/progress') {
      this.#options.onNotification(notification, audienceOf(method));
      return;
    }
    const pending = this.#pending.get(ownId(addressee) ?? 0);
    // A token is only ours where the client had given one.
    const isOwed = method === 'notifications/progress' ? pending?.origin.progressToken !== undefined : true;
    if (pending === undefined || !isOwed) this.counts.stray += 1;
    else pending.options.onNotification?.(notificationFor(pending.origin, notification));
  }

  #receiveCancellation(requestId: JsonValue | undefined): void {
    const listening = this.#pending.get(ownId(requestId) ?? 0);
    if (listening?.origin.method === 'subscriptions/listen') {
      listening.settle(err({ kind: 'ended_by_server', sent: true, message: sentences.ended_by_server }));
      return;
    }
    const answering = this.#answering.get(JSON.stringify(requestId));
    if (answering === undefined) this.counts.stray += 1;
    else answering.abort();
  }

  async #receiveRequest(request: JsonObject, id: JsonValue): Promise<void> {
    this.#idleTimer.refresh();
    if (ownMember(request, 'method') === 'ping') {
      await this.#answer(id, { result: {} });
      return;
    }
    const key = JSON.stringify(id);
    const answer = this.#answererOf();
    if (typeof answer === 'string' || this.#answering.size >= answeringMax || this.#answering.has(key)) {
      this.counts.refused += 1;
      const message = typeof answer === 'string' ? answer : 'too many requests of the server are being answered';
      // JSON-RPC 2.0 §5.1: this method is not available (here).
      await this.#answer(id, { error: { code: -32601, message } });
      return;
    }
    const controller = new AbortController();
    this.#answering.set(key, controller);
    // Whoever answers is above; if it fails, the server is told so and does not wait for ever.
    const reply = await answer(request, controller.signal).catch(() => internalError);
    this.#answering.delete(key);
    // After a cancellation, no answer is wanted (2025-11-25, basic/utilities/cancellation).
    if (!controller.signal.aborted) await this.#answer(id, reply);
  }

  #answererOf(): AnswerServer | string {
    if (this.#options.sharing === 'shared') {
      return 'this server is shared by several clients, so it cannot be told which of them is asked';
    }
    const able = [...this.#pending.values()].flatMap(({ options }) => options.onServerRequest ?? []);
    const [first] = able;
    return (able.length === 1 ? first : this.#options.onServerRequest) ?? 'no client can answer this';
  }

  async #answer(id: JsonValue, answer: ServerAnswer): Promise<void> {
    await this.server.send(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
  }

  #closeIfIdle(): void {
    if (this.#pending.size > 0 || this.#answering.size > 0) this.#idleTimer.refresh();
    else void this.server.close('idle');
  }

  #drain(): void {
    this.#isDraining = true;
    if (this.#pending.size === 0) void this.server.close('lifetime');
    // `server_ended` tells those that are still in flight then.
    else setTimeout(() => void this.server.close('lifetime'), this.#limits.drainMs).unref();
  }
}

const sentences: Readonly<Record<Exclude<StdioRequestFailure['kind'], 'unreadable' | 'server_ended'>, string>> = {
  closed: 'the server is not running any more',
  queue_full: 'the server does not read its input, and too much is waiting for it',
  broken_pipe: 'the server closed its input',
  draining: 'the server has reached its lifetime and takes no new requests',
  timeout: 'the server did not answer in time',
  cancelled: 'the request was cancelled',
  ended_by_server: 'the server ended the subscription',
};

// As many as a client may hold open at once; a server that asks more is not asking a person.
const answeringMax = 64;
const edgeBytes = 256;
const closingBrace = Buffer.from('}');
const internalError: ServerAnswer = { error: { code: -32603, message: 'the gateway could not answer' } };

function cancellation(requestId: number): JsonObject {
  return { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } };
}

/** An id that may be ours: a positive integer, however the server writes it (`5`, `5.0`). */
function ownId(id: JsonValue | undefined): number | undefined {
  const value = isRawNumber(id) ? Number(id.rawJSON) : id;
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

function audienceOf(method: JsonValue | undefined): Audience {
  if (method === 'notifications/resources/updated') return 'subscribers';
  return listChanges.has(method) ? 'everyone' : 'unknown';
}

const listChanges: ReadonlySet<JsonValue | undefined> = new Set(
  ['tools', 'prompts', 'resources'].map((list) => `notifications/${list}/list_changed`),
);
