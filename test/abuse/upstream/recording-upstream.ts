/**
 * An MCP server over Streamable HTTP that serves both eras, keeps the bytes of everything it was sent, and acts on what a
 * parser of its personality makes of them.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { META } from '../../../src/core/mcp/request-meta.ts';
import type { JsonTree, JsonTreeObject } from '../parsers/json-tree.ts';
import type { Personality } from '../parsers/personality.ts';
import { type Understood, understand } from '../parsers/understood.ts';
import { type AnswerEra, honestOutcome } from './mcp-answers.ts';

export interface SeenRequest {
  readonly httpMethod: string;
  /** Names and values as they came. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly understood: Understood;
  readonly era: AnswerEra;
  /** The gateway's own look at its server, for no client. */
  readonly isGateways: boolean;
  /** `Mcp-Session-Id`, where there is one. */
  readonly session: string | undefined;
}

/** Answers in place of the honest server, for the requests it wants. */
export interface ArmedAnswer {
  wants(seen: SeenRequest): boolean;
  respond(seen: SeenRequest, response: ServerResponse, upstream: RecordingUpstream): void;
}

export class RecordingUpstream {
  readonly personality: Personality;
  readonly seen: SeenRequest[] = [];
  /** Told of every request when its first byte has been read, before it is answered. */
  onRequest: (seen: SeenRequest) => void = () => {};
  /** Event streams that clients hold open by GET or `subscriptions/listen`. */
  readonly streams = new Set<ServerResponse>();
  #armed: ArmedAnswer | undefined;
  readonly #sessions = new Map<string, { readonly isGateways: boolean }>();
  readonly #server: Server;

  constructor(personality: Personality) {
    this.personality = personality;
    this.#server = createServer({ requestTimeout: 0 }, (request, response) => this.#receive(request, response));
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen({ host: '127.0.0.1', port: 0 }, resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/mcp`;
  }

  /** Lets something else answer until it is disarmed. */
  arm(answer: ArmedAnswer): void {
    this.#armed = answer;
  }

  disarm(): void {
    this.#armed = undefined;
  }

  /** Forgets every session, as a server does that was started anew. */
  forgetSessions(): void {
    this.#sessions.clear();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    response.on('error', () => {});
    request.on('error', () => {});
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => this.#answer(this.#record(request, Buffer.concat(chunks)), response));
  }

  #record(request: IncomingMessage, body: Buffer): SeenRequest {
    const understood = understand(this.personality, body);
    const header = request.headers['mcp-session-id'];
    const session = Array.isArray(header) ? header[0] : header;
    const version = request.headers['mcp-protocol-version'];
    const message = understood.kind === 'message' ? understood : undefined;
    const clientName = message === undefined ? undefined : clientNameOf(message.params, this.personality);
    const seen: SeenRequest = {
      httpMethod: request.method ?? '',
      rawHeaders: request.rawHeaders,
      body,
      understood,
      era: version !== undefined && version >= '2026-07-28' ? 'stateless' : 'initialize',
      isGateways: isLooking(message?.method)
        ? clientName === 'callgate' || this.#sessions.get(session ?? '')?.isGateways === true
        : request.method === 'DELETE' && this.#sessions.get(session ?? '')?.isGateways === true,
      session,
    };
    this.seen.push(seen);
    this.onRequest(seen);
    return seen;
  }

  #answer(seen: SeenRequest, response: ServerResponse): void {
    if (this.#armed?.wants(seen) === true) return this.#armed.respond(seen, response, this);
    this.respondHonestly(seen, response);
  }

  /** Answers as a server does that means no harm. */
  respondHonestly(seen: SeenRequest, response: ServerResponse): void {
    const { understood, era } = seen;
    if (seen.httpMethod === 'DELETE') {
      this.#sessions.delete(seen.session ?? '');
      response.writeHead(200).end();
      return;
    }
    if (era === 'initialize' && seen.session !== undefined && !this.#sessions.has(seen.session))
      return sendJson(response, 404, {
        jsonrpc: '2.0',
        id: null,
        error: { code: -32001, message: 'Session not found' },
      });
    if (seen.httpMethod === 'GET') return this.#openStream(response);
    if (understood.kind === 'nothing' || understood.method === undefined) {
      const isResponse = understood.kind === 'message' && understood.id !== undefined;
      if (isResponse) response.writeHead(202).end();
      else sendJson(response, 400, { jsonrpc: '2.0', id: null, error: { code: -32700, message: 'Parse error' } });
      return;
    }
    if (understood.id === undefined) {
      response.writeHead(202).end();
      return;
    }
    if (understood.method === 'subscriptions/listen' && era === 'stateless') {
      this.#openStream(response);
      const acknowledged = { [META.subscriptionId]: idOf(understood.id) };
      const method = 'notifications/subscriptions/acknowledged';
      sendEvent(response, { jsonrpc: '2.0', method, params: { notifications: {}, _meta: acknowledged } });
      return;
    }
    const outcome = honestOutcome(understood, era, this.personality);
    const headers: Record<string, string> = {};
    if (understood.method === 'initialize' && era === 'initialize') {
      headers['mcp-session-id'] = randomUUID();
      this.#sessions.set(headers['mcp-session-id'], { isGateways: seen.isGateways });
    }
    sendJson(response, 200, { jsonrpc: '2.0', id: idOf(understood.id), ...outcome }, headers);
  }

  #openStream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    this.streams.add(response);
    response.on('close', () => this.streams.delete(response));
  }
}

/** Methods by which the gateway looks at a server for itself. */
function isLooking(method: string | undefined): boolean {
  return method !== undefined && /^(?:initialize|notifications\/initialized|server\/discover|.+\/list)$/.test(method);
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

export function sendEvent(response: ServerResponse, message: unknown): void {
  response.write(`data: ${JSON.stringify(message)}\n\n`);
}

/** The id of a message as JavaScript holds it. */
export function idOf(id: JsonTree | undefined): string | number | null {
  if (id?.kind === 'string') return id.value;
  return id?.kind === 'number' ? Number(id.text) : null;
}

function clientNameOf(params: JsonTreeObject | undefined, personality: Personality): string | undefined {
  const object = (parent: JsonTreeObject | undefined, key: string): JsonTreeObject | undefined => {
    const value = parent === undefined ? undefined : personality.member(parent, key);
    return value?.kind === 'object' ? value : undefined;
  };
  const info = object(params, 'clientInfo') ?? object(object(params, '_meta'), META.clientInfo);
  const name = info === undefined ? undefined : personality.member(info, 'name');
  return name?.kind === 'string' ? name.value : undefined;
}
