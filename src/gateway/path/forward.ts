/**
 * From a classified message to its way upstream: finds the conversation and the pinned definitions it belongs to, and
 * hands requests to `decide-and-forward.ts`. A refusal is returned only while nothing was decided or sent.
 */

import { isJsonObject, ownMember } from '../../core/mcp/json/value.ts';
import type { NotificationMessage, RequestMessage, ResponseMessage } from '../../core/mcp/message.ts';
import { idKey } from '../../core/mcp/message.ts';
import { type Era, INITIALIZE_REVISIONS, STATELESS_REVISIONS } from '../../core/mcp/revisions.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { DefinitionBook } from '../definitions/book.ts';
import type { Gateway } from '../gateway.ts';
import type { Session } from '../sessions/session.ts';
import type { ServerHandle } from '../upstream/servers.ts';
import type { Classified } from './classify.ts';
import { decideAndForward } from './decide-and-forward.ts';
import type { Exchange } from './exchange.ts';
import { forwardHandshake } from './forward-handshake.ts';
import { passOn } from './pass-on.ts';
import type { Refusal } from './refusal.ts';

/** A request within a session. */
export async function forwardRequest(
  gateway: Gateway,
  exchange: Exchange,
  classified: Classified,
  message: RequestMessage,
): Promise<Refusal | undefined> {
  const session = sessionOf(gateway, exchange);
  if (!session.ok) return session.error;
  const book = await bookOf(gateway.servers.handle(exchange.server), 'initialize', classified.revision);
  if (!book.ok) return book.error;
  if (session.value.calls.has(idKey(message.id)))
    return { reason: 'invalid-request', detail: 'a request with this id is under way in this session' };
  return decideAndForward(gateway, exchange, {
    classified,
    message,
    session: session.value,
    conversation: session.value.conversation,
    book: book.value,
  });
}

/** `initialize`: a conversation of its own with the server, and a session of our own for the client. */
export async function forwardInitialize(
  gateway: Gateway,
  exchange: Exchange,
  classified: Classified,
  message: RequestMessage,
): Promise<Refusal | undefined> {
  if (exchange.headers.has('mcp-session-id'))
    return { reason: 'invalid-request', detail: 'initialize opens a session; it is not sent within one' };
  if (gateway.sessions.countOf(exchange.grant.id) >= gateway.settings.sessionsMax) {
    return {
      reason: 'too-many-sessions',
      detail: `this grant has ${gateway.settings.sessionsMax} sessions open; end one with DELETE`,
    };
  }
  const handle = gateway.servers.handle(exchange.server);
  const book = await bookOf(handle, 'initialize', classified.revision);
  if (!book.ok) return book.error;
  const conversation = await handle.connector.open({ kind: 'session', era: 'initialize', grant: exchange.grant.id });
  if (!conversation.ok) return { reason: 'upstream-unavailable', detail: conversation.error.detail };
  return forwardHandshake(gateway, exchange, {
    classified,
    message,
    conversation: conversation.value,
    book: book.value,
  });
}

/** A request of the stateless era: everything it needs is in it. */
export async function forwardStateless(
  gateway: Gateway,
  exchange: Exchange,
  classified: Classified,
  message: RequestMessage,
): Promise<Refusal | undefined> {
  const handle = gateway.servers.handle(exchange.server);
  const book = await bookOf(handle, 'stateless', classified.revision);
  if (!book.ok) return book.error;
  const conversation = await handle.stateless(exchange.grant.id);
  if (!conversation.ok) return { reason: 'upstream-unavailable', detail: conversation.error.detail };
  return decideAndForward(gateway, exchange, {
    classified,
    message,
    session: undefined,
    conversation: conversation.value,
    book: book.value,
  });
}

/** A notification: recorded like everything else, accepted with 202 once the server has it. */
export async function forwardNotification(
  gateway: Gateway,
  exchange: Exchange,
  classified: Classified,
  message: NotificationMessage,
): Promise<Refusal | undefined> {
  // Over stateless HTTP a request is cancelled by closing its stream; there is nobody to pass this on to.
  if (classified.era === 'stateless') return passOn(gateway, exchange, classified, undefined, undefined);
  const session = sessionOf(gateway, exchange);
  if (!session.ok) return session.error;
  const stranger = strangerProblem(message, session.value);
  if (stranger !== undefined) return { reason: 'invalid-params', detail: stranger };
  return passOn(gateway, exchange, classified, session.value, {
    kind: 'notification',
    value: {
      jsonrpc: '2.0',
      method: message.method,
      ...(message.params === undefined ? {} : { params: message.params }),
    },
    method: message.method,
    id: undefined,
    revision: session.value.revision,
    headers: {},
  });
}

/** A client's answer to a request of the server; only to one that was passed to this client and is still open. */
export async function forwardResponse(
  gateway: Gateway,
  exchange: Exchange,
  classified: Classified,
  message: ResponseMessage,
): Promise<Refusal | undefined> {
  const session = sessionOf(gateway, exchange);
  if (!session.ok) return session.error;
  const key = idKey(message.id);
  const open = session.value.serverRequests.get(key);
  if (open === undefined) return { reason: 'unexpected-response', detail: 'the server asked nothing with this id' };
  session.value.serverRequests.delete(key);
  const { dependencies } = gateway;
  const isError = 'error' in message.outcome;
  dependencies.ledger.settle(
    {
      id: open.decision,
      at: dependencies.now(),
      status: isError ? 'rpc_error' : 'ok',
      durationMs: Math.max(0, dependencies.now() - open.startedAt),
    },
    [],
  );
  return passOn(gateway, exchange, classified, session.value, {
    kind: 'response',
    value: { jsonrpc: '2.0', id: message.id, ...message.outcome },
    method: undefined,
    id: message.id,
    revision: session.value.revision,
    headers: {},
  });
}

/** The session a message names, if it is the grant's own on this server. */
export function sessionOf(gateway: Gateway, exchange: Exchange): Result<Session, Refusal> {
  const id = exchange.headers.get('mcp-session-id');
  if (id === undefined)
    return err({ reason: 'no-session', detail: 'send initialize first, then its Mcp-Session-Id with every message' });
  const session = gateway.sessions.find(id, exchange.grant.id, exchange.server.id, exchange.receivedAt);
  return session === undefined
    ? err({ reason: 'unknown-session', detail: 'no live session of this grant and server has this id' })
    : ok(session);
}

async function bookOf(handle: ServerHandle, era: Era, requested: string): Promise<Result<DefinitionBook, Refusal>> {
  const ready = handle.definitions.ready(era);
  if (ready !== undefined) return ok(ready);
  const opened = await handle.definitions.open(era);
  if (opened.ok) return opened;
  if (opened.error.kind === 'unavailable')
    return err({ reason: 'upstream-unavailable', detail: `the server could not be listed: ${opened.error.detail}` });
  // The answer a server of the other era would give, so that a client that speaks both goes on by itself.
  const supported = era === 'stateless' ? [...INITIALIZE_REVISIONS] : [...STATELESS_REVISIONS];
  return err({
    reason: 'wrong-era',
    detail: `this server speaks ${supported[0]}${era === 'stateless' ? ' and earlier: send initialize' : ' only: send requests without initialize'}`,
    data: { supported, requested },
  });
}

/** Cancelling and progress concern what is the session's own; anything else would reach into another's call. */
function strangerProblem(message: NotificationMessage, session: Session): string | undefined {
  if (message.method === 'notifications/cancelled') {
    const id = message.params === undefined ? undefined : ownMember(message.params, 'requestId');
    if (typeof id !== 'string' && typeof id !== 'number') return '`requestId` is missing';
    return session.calls.has(idKey(id)) ? undefined : 'no request with this id is under way in this session';
  }
  if (message.method === 'notifications/progress') {
    const token = message.params === undefined ? undefined : ownMember(message.params, 'progressToken');
    return [...session.serverRequests.values()].some(
      (request) => request.progressToken === token && token !== undefined,
    )
      ? undefined
      : 'the server asked for no progress under this token';
  }
  return message.params === undefined || isJsonObject(message.params) ? undefined : '`params` is not an object';
}
