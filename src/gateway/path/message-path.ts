/**
 * The path of one message, step by step; each step is a file beside this one and gives the next value or a refusal:
 * receive → authenticate → read strictly → classify → resolve → decide → reserve and record → forward → relay → settle.
 * Whatever happens, exactly one decision is recorded, before anything is sent upstream.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CLIENT_MESSAGE_LIMITS, type JsonLimits } from '../../core/mcp/json/limits.ts';
import { readJson } from '../../core/mcp/json/read.ts';
import { type Message, parseMessage } from '../../core/mcp/message.ts';
import { eraOf } from '../../core/mcp/revisions.ts';
import { RULE } from '../../core/policy/verdict.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Gateway } from '../gateway.ts';
import type { GrantView, ServerView } from '../snapshot.ts';
import { authenticate } from './authenticate.ts';
import { type Classified, classify } from './classify.ts';
import type { Exchange } from './exchange.ts';
import {
  forwardInitialize,
  forwardNotification,
  forwardRequest,
  forwardResponse,
  forwardStateless,
} from './forward.ts';
import { readBody } from './read-body.ts';
import { acceptsEventStream, bodyHeadersProblem, type Received, receive } from './receive.ts';
import { decisionRecord } from './record.ts';
import { type Refusal, refusalBody, refusalHeaders, wireRefusal } from './refusal.ts';
import { endSession, openSessionStream } from './session-requests.ts';

/** Answers one HTTP request of the data plane. Never throws and never leaves a request without an answer. */
export async function handleMessage(
  gateway: Gateway,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const receivedAt = gateway.dependencies.now();
  const received = receive(request, gateway.settings);
  if (!received.ok) return refuseEarly(gateway, request, response, received.error);
  const { value: parts } = received;
  const authenticated = authenticate(
    parts.headers.get('authorization'),
    gateway.dependencies.snapshots.current(),
    gateway.hashToken,
    receivedAt,
  );
  if (!authenticated.ok) return refuseEarly(gateway, request, response, authenticated.error);
  const { grant, snapshot } = authenticated.value;
  const refuse = (refusal: Refusal, known: Known): Promise<void> =>
    refuseRecorded(gateway, request, response, grant, refusal, { receivedAt, ...known });
  if (gateway.isClosing)
    return refuse({ reason: 'shutting-down', detail: 'the gateway is shutting down' }, { method: parts.httpMethod });

  const server = snapshot.server(grant.organisation, parts.serverRef);
  const policy = server === undefined ? undefined : grant.access.get(server.id);
  // A server that does not exist and one that the grant does not cover are the same answer.
  if (server === undefined || policy === undefined)
    return refuse(
      { reason: 'unknown-server', detail: `the grant covers no server ${parts.serverRef}` },
      { method: parts.httpMethod },
    );
  const exchange: Exchange = { request, response, headers: parts.headers, receivedAt, snapshot, grant, server, policy };

  try {
    if (parts.httpMethod === 'POST') return await handlePost(gateway, exchange, parts, refuse);
    const refusal = await handleSessionRequest(gateway, exchange, parts.httpMethod);
    if (refusal !== undefined) await refuse(refusal, { method: parts.httpMethod, server });
  } catch (error) {
    gateway.dependencies.log.error('message-path-failed', {
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    if (!response.headersSent)
      await refuse(
        { reason: 'internal', detail: 'an unexpected failure; see the process log' },
        { method: parts.httpMethod, server },
      );
    else response.destroy();
  }
}

type Refuse = (refusal: Refusal, known: Known) => Promise<void>;

async function handlePost(gateway: Gateway, exchange: Exchange, received: Received, refuse: Refuse): Promise<void> {
  const { server } = exchange;
  const headerProblem = bodyHeadersProblem(received.headers, gateway.settings);
  if (headerProblem !== undefined) return refuse(headerProblem, { method: 'POST', server });
  const body = await readBody(exchange.request, gateway.settings.bodyBytesMax);
  if (!body.ok) return refuse(body.error, { method: 'POST', server });
  const message = readMessage(body.value, gateway.settings.bodyBytesMax);
  if (!message.ok)
    return refuse(message.error.refusal, {
      method: 'POST',
      server,
      ...(message.error.id === undefined ? {} : { id: message.error.id }),
    });
  const classified = classify(message.value, received.headers);
  if (!classified.ok) return refuse(classified.error, knownOf(message.value, server, received.headers));
  const refusal = await forward(gateway, exchange, classified.value);
  if (refusal !== undefined)
    await refuse(refusal, {
      ...knownOf(message.value, server, received.headers),
      revision: classified.value.revision,
      subject: classified.value.subject,
    });
}

/** Sends the message on its way by kind; a refusal comes back only while nothing was decided or sent. */
function forward(gateway: Gateway, exchange: Exchange, classified: Classified): Promise<Refusal | undefined> {
  const { message, era } = classified;
  switch (message.kind) {
    case 'response':
      return forwardResponse(gateway, exchange, classified, message);
    case 'notification':
      return forwardNotification(gateway, exchange, classified, message);
    case 'request':
      if (era === 'stateless') return forwardStateless(gateway, exchange, classified, message);
      if (message.method === 'initialize') return forwardInitialize(gateway, exchange, classified, message);
      return forwardRequest(gateway, exchange, classified, message);
  }
}

/** GET and DELETE, which belong to sessions: the stateless era has neither (MCP 2026-07-28 transports, "Streamable HTTP"). */
function handleSessionRequest(
  gateway: Gateway,
  exchange: Exchange,
  httpMethod: 'GET' | 'DELETE',
): Promise<Refusal | undefined> {
  const revision = exchange.headers.get('mcp-protocol-version')?.trim();
  if (revision !== undefined && eraOf(revision) === 'stateless')
    return Promise.resolve({ reason: 'method-not-allowed', detail: `${revision} has no ${httpMethod}` });
  if (httpMethod === 'DELETE') return endSession(gateway, exchange);
  if (!acceptsEventStream(exchange.headers))
    return Promise.resolve({ reason: 'not-acceptable', detail: 'a GET asks for text/event-stream' });
  return openSessionStream(gateway, exchange);
}

function readMessage(
  body: Buffer,
  bytesMax: number,
): Result<Message, { readonly refusal: Refusal; readonly id?: string | number }> {
  const limits: JsonLimits = { ...CLIENT_MESSAGE_LIMITS, bytes: bytesMax };
  const value = readJson(body, limits);
  if (!value.ok) return err({ refusal: { reason: 'malformed-json', detail: value.error.text } });
  const message = parseMessage(value.value);
  if (message.ok) return ok(message.value);
  const { kind, text, id } = message.error;
  return err({ refusal: { reason: kind, detail: text }, ...(id === undefined ? {} : { id }) });
}

// --- refusals -------------------------------------------------------------------------------------------------------

/** What is known of a refused message for its row. */
interface Known {
  readonly method: string;
  readonly server?: ServerView;
  readonly id?: string | number;
  readonly subject?: string | undefined;
  readonly revision?: string;
}

function knownOf(message: Message, server: ServerView, headers: ReadonlyMap<string, string>): Known {
  const revision = headers.get('mcp-protocol-version');
  return {
    server,
    method: message.kind === 'response' ? 'response' : message.method,
    ...(message.kind === 'notification' ? {} : { id: message.id }),
    ...(revision === undefined ? {} : { revision: revision.slice(0, 32) }),
  };
}

/** Before a grant is known there is no row, only a count. */
function refuseEarly(gateway: Gateway, request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  gateway.noteEarlyRefusal(request.socket.remoteAddress, refusal.reason);
  const headers =
    refusal.reason === 'unauthenticated'
      ? { 'www-authenticate': gateway.challenge }
      : refusal.reason === 'method-not-allowed'
        ? { allow: 'POST, GET, DELETE' }
        : {};
  sendRefusal(request, response, refusal, null, headers);
}

async function refuseRecorded(
  gateway: Gateway,
  request: IncomingMessage,
  response: ServerResponse,
  grant: GrantView,
  refusal: Refusal,
  known: Known & { readonly receivedAt: number },
): Promise<void> {
  const { dependencies } = gateway;
  const isOurs =
    refusal.reason === 'store-unavailable' ||
    refusal.reason === 'internal' ||
    refusal.reason === 'upstream-unavailable' ||
    refusal.reason === 'shutting-down';
  const record = decisionRecord(
    {
      now: dependencies.now(),
      grant,
      server: known.server,
      method: known.method,
      name: known.subject,
      revision: known.revision,
    },
    {
      effect: isOurs ? 'error' : 'deny',
      rule: isOurs ? RULE.unavailable : RULE.protocol,
      code: isOurs ? 'unavailable' : 'malformed',
      reason: `${refusal.reason}: ${refusal.detail}`,
    },
    gateway.hashArguments,
  );
  dependencies.metrics.decision(record.effect, record.code ?? '');
  // A refusal that cannot be recorded is still a refusal.
  await dependencies.ledger
    .admit({ record })
    .catch((error: unknown) =>
      dependencies.log.warn('refusal-not-recorded', { reason: refusal.reason, error: String(error) }),
    );
  if (response.destroyed || response.headersSent) return;
  sendRefusal(request, response, refusal, known.id ?? null, refusalHeaders(refusal));
}

function sendRefusal(
  request: IncomingMessage,
  response: ServerResponse,
  refusal: Refusal,
  id: string | number | null,
  headers: Readonly<Record<string, string>>,
): void {
  const wire = wireRefusal(refusal);
  const body = refusalBody(id, refusal);
  // An unread body would be taken for the next request: the connection ends with the answer.
  const closing = request.complete ? {} : { connection: 'close' };
  response.writeHead(wire.httpStatus, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...headers,
    ...closing,
  });
  response.end(body, () => {
    if (!request.complete) request.destroy();
  });
}
