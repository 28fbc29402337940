/**
 * MCP servers over Streamable HTTP. Headers are built from nothing: the protocol's, what the message derives, and the
 * entry's own credentials, which win. No header of the client is copied, none of the server's is handed back.
 */
import { isIP } from 'node:net';
import { type Dispatcher, errors, Pool } from 'undici';
import { EventStreamParser } from '../../core/mcp/event-stream.ts';
import { ok } from '../../core/result.ts';
import type { GatewaySettings } from '../settings.ts';
import type { UpstreamEntry } from '../snapshot.ts';
import { isPrivateAddress, PrivateAddressError, publicLookup } from './address-guard.ts';
import type { Connector } from './connector.ts';
import type {
  ReplyHead,
  ReplyReceiver,
  Sending,
  StreamEvent,
  UpstreamConversation,
  UpstreamFailure,
} from './upstream.ts';

export type HttpEntry = Extract<UpstreamEntry, { kind: 'http' }>;

const CONNECT_TIMEOUT_MS = 10_000;

/** Connections to one server, pooled and shared by all conversations with it. */
export function openHttpConnector(entry: HttpEntry, settings: GatewaySettings): Connector {
  const url = new URL(entry.url);
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  const isRefusedLiteral = !entry.allowPrivate && isIP(literal) !== 0 && isPrivateAddress(literal);
  const pool = new Pool(url.origin, {
    connections: null,
    pipelining: 1,
    // The settings' own clocks watch answers: an event stream may be silent for hours, a JSON answer may not.
    bodyTimeout: 0,
    headersTimeout: entry.timeoutMs ?? settings.upstreamTimeoutMs,
    connect: { timeout: CONNECT_TIMEOUT_MS, ...(entry.allowPrivate ? {} : { lookup: publicLookup }) },
  });
  const path = url.pathname + url.search;
  const configured = lowerCaseKeys(entry.headers);

  const exchange = (
    method: 'POST' | 'GET' | 'DELETE',
    headers: Record<string, string>,
    body: string | null,
    receiver: ReplyReceiver,
  ): Sending => {
    if (isRefusedLiteral) {
      const failure: UpstreamFailure = {
        kind: 'unreachable',
        wasSent: false,
        detail: new PrivateAddressError(url.hostname, literal).message,
      };
      queueMicrotask(() => receiver.onFailure(failure));
      return { abort: () => {}, pause: () => {}, resume: () => {} };
    }
    const handler = new ReplyHandler(receiver, settings);
    pool.dispatch({ path, method, headers: { ...headers, ...configured }, body }, handler);
    return handler;
  };

  const converse = (): UpstreamConversation => {
    let sessionId: string | undefined;
    let revision: string | undefined;
    const sessionHeaders = (): Record<string, string> => ({
      ...(sessionId === undefined ? {} : { 'mcp-session-id': sessionId }),
      ...(revision === undefined ? {} : { 'mcp-protocol-version': revision }),
    });
    return {
      send(message, receiver) {
        const isInitialize = message.method === 'initialize';
        if (!isInitialize) revision = message.revision;
        const text = JSON.stringify(message.value);
        const headers: Record<string, string> = {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...(isInitialize ? {} : sessionHeaders()),
          ...message.headers,
        };
        if (!isInitialize) return exchange('POST', headers, text, receiver);
        return exchange('POST', headers, text, {
          onReply(head) {
            if (head.sessionId !== undefined) sessionId = head.sessionId;
            receiver.onReply(head);
          },
          onBytes: (chunk) => receiver.onBytes(chunk),
          onEvent: (event) => receiver.onEvent(event),
          onEnd: () => receiver.onEnd(),
          onFailure: (failure) => receiver.onFailure(failure),
        });
      },
      listen(lastEventId, receiver) {
        return exchange(
          'GET',
          {
            accept: 'text/event-stream',
            ...sessionHeaders(),
            ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
          },
          null,
          receiver,
        );
      },
      end() {
        if (sessionId === undefined) return Promise.resolve();
        return new Promise((resolve) => {
          const done = (): void => resolve();
          exchange('DELETE', sessionHeaders(), null, {
            onReply: () => {},
            onBytes: () => {},
            onEvent: () => {},
            onEnd: done,
            onFailure: done,
          });
        });
      },
    };
  };
  return { open: () => Promise.resolve(ok(converse())), close: () => pool.destroy() };
}

/** Follows one HTTP exchange and tells its receiver. */
class ReplyHandler implements Dispatcher.DispatchHandler, Sending {
  readonly #receiver: ReplyReceiver;
  readonly #settings: GatewaySettings;
  #controller: Dispatcher.DispatchController | undefined;
  #events: EventStreamParser | undefined;
  #wasStarted = false;
  #isOver = false;
  #isPaused = false;

  constructor(receiver: ReplyReceiver, settings: GatewaySettings) {
    this.#receiver = receiver;
    this.#settings = settings;
  }

  abort(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#controller?.abort(new Error('given up'));
  }

  pause(): void {
    this.#isPaused = true;
    this.#controller?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#controller?.resume();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#wasStarted = true;
    this.#controller = controller;
    if (this.#isOver) controller.abort(new Error('given up'));
    else if (this.#isPaused) controller.pause();
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (this.#isOver || status < 200) return;
    const encoding = single(headers['content-encoding']);
    if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
      return this.#fail(controller, 'nonsense', 'the server sent a compressed answer although none was asked for');
    }
    const type = (single(headers['content-type'])?.split(';')[0] ?? '').trim().toLowerCase();
    const sessionId = single(headers['mcp-session-id']);
    const form = formOf(status, type);
    if (form === undefined)
      return this.#fail(
        controller,
        'nonsense',
        `the server answered ${status} with the media type ${type || '(none)'}`,
      );
    if (form === 'events') this.#events = new EventStreamParser(this.#settings.eventBytesMax);
    const head: ReplyHead = sessionId === undefined ? { form, status } : { form, status, sessionId };
    this.#receiver.onReply(head);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isOver) return;
    if (this.#events === undefined) return this.#receiver.onBytes(chunk);
    const parsed = this.#events.push(chunk);
    for (const item of parsed.items) {
      if (this.#isOver) return;
      if (item.kind === 'comment') continue;
      const { kind, ...fields } = item;
      this.#receiver.onEvent(kind === 'event' ? (fields as StreamEvent) : { ...fields, data: '' });
    }
    if (parsed.problem !== undefined && !this.#isOver)
      this.#fail(controller, 'nonsense', `the server's event stream is broken: ${parsed.problem.text}`);
  }

  onResponseEnd(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#receiver.onEnd();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#receiver.onFailure(failureOf(error, this.#wasStarted));
  }

  #fail(controller: Dispatcher.DispatchController, kind: 'nonsense', detail: string): void {
    this.#isOver = true;
    this.#receiver.onFailure({ kind, wasSent: true, detail });
    controller.abort(new Error(detail));
  }
}

function formOf(status: number, type: string): ReplyHead['form'] | undefined {
  if (status === 202 || status === 204) return 'none';
  if (status < 200 || status > 299) return 'refused';
  if (type === 'text/event-stream') return 'events';
  if (type === 'application/json') return 'json';
  return undefined;
}

function failureOf(error: Error, wasStarted: boolean): UpstreamFailure {
  const code = (error as Error & { code?: string }).code ?? error.name;
  // Connecting failed, or the request never reached a connection: no byte of it was written.
  if (!wasStarted) {
    const detail = error instanceof PrivateAddressError ? error.message : `cannot connect to the server (${code})`;
    return { kind: error instanceof errors.ConnectTimeoutError ? 'timeout' : 'unreachable', wasSent: false, detail };
  }
  if (error instanceof errors.HeadersTimeoutError)
    return { kind: 'timeout', wasSent: true, detail: 'the server did not answer in time' };
  return { kind: 'broken', wasSent: true, detail: `the connection to the server broke (${code})` };
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function lowerCaseKeys(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
