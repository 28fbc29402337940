/**
 * What a server may send to a client besides answers. The same default deny holds in this direction: unknown methods are
 * dropped, sampling and elicitation need a policy that names them, progress belongs to the session's own calls.
 */
import { ERROR_CODE } from '../../core/mcp/error-codes.ts';
import { isJsonObject, type JsonObject, ownMember } from '../../core/mcp/json/value.ts';
import { idKey, type NotificationMessage, type RequestMessage } from '../../core/mcp/message.ts';
import { type MethodEntry, SERVER_NOTIFICATIONS, SERVER_REQUESTS } from '../../core/mcp/methods.ts';
import { META } from '../../core/mcp/request-meta.ts';
import type { Era } from '../../core/mcp/revisions.ts';
import { RULE, type Verdict } from '../../core/policy/verdict.ts';
import type { Gateway } from '../gateway.ts';
import type { Session } from '../sessions/session.ts';
import type { GrantView, PolicyView, ServerView } from '../snapshot.ts';
import type { UpstreamConversation } from '../upstream/upstream.ts';
import { decideMethod, methodArguments } from './decide.ts';
import { formProblem } from './input-required.ts';
import { decisionRecord, recordedVerdict } from './record.ts';
import { errorCode, type ToldDecision } from './respond.ts';

export interface ServerMessageContext {
  readonly gateway: Gateway;
  readonly grant: GrantView;
  readonly server: ServerView;
  readonly policy: PolicyView | null;
  readonly era: Era;
  readonly revision: string;
  readonly clientName: string | undefined;
  /** Absent in the stateless era. */
  readonly session: Session | undefined;
  readonly conversation: UpstreamConversation;
  /** Whether a progress token belongs to a call whose answer this client waits for. */
  ownsProgress(token: string | number): boolean;
  /** The `subscriptions/listen` request on whose stream this arrives. */
  readonly subscription: string | number | undefined;
}

/** The text to pass to the client, or undefined to drop the message. */
export function reviewServerNotification(
  message: NotificationMessage,
  context: ServerMessageContext,
): string | undefined {
  const entry = SERVER_NOTIFICATIONS.get(message.method);
  if (entry === undefined || !entry.eras.includes(context.era)) {
    context.gateway.dependencies.log.debug('server-notification-dropped', { server: context.server.slug });
    return undefined;
  }
  if (message.method === 'notifications/progress' && !ownsToken(message.params, context)) return undefined;
  if (context.era === 'stateless' && !isForSubscription(message, context)) return undefined;
  if (
    message.method === 'notifications/tools/list_changed' ||
    message.method === 'notifications/prompts/list_changed'
  ) {
    void context.gateway.servers.handle(context.server).definitions.refresh(context.era);
  }
  return JSON.stringify({
    jsonrpc: '2.0',
    method: message.method,
    ...(message.params === undefined ? {} : { params: message.params }),
  });
}

/**
 * A request of the server to the client: decided and recorded like a call. Refused ones are answered with an error towards
 * the server. Gives the text for the client, or undefined.
 */
export async function reviewServerRequest(
  message: RequestMessage,
  context: ServerMessageContext,
): Promise<string | undefined> {
  const { session } = context;
  const entry = SERVER_REQUESTS.get(message.method);
  const answerServer = (code: number, text: string, data?: JsonObject): void => {
    const error = { code, message: text, ...(data === undefined ? {} : { data }) };
    sendQuietly(context, { jsonrpc: '2.0', id: message.id, error }, message.id);
  };
  if (entry === undefined || session === undefined || !entry.eras.includes(context.era)) {
    answerServer(ERROR_CODE.methodNotFound, 'Method not found');
    return undefined;
  }
  if (session.serverRequests.has(idKey(message.id))) {
    answerServer(ERROR_CODE.invalidRequest, 'A request with this id is under way');
    return undefined;
  }
  const decision = await decideServerRequest(message.method, message.params ?? {}, entry, context);
  if (decision.refused !== undefined) {
    const { reason, rule, code, id } = decision.refused;
    answerServer(errorCode(code), reason, { 'callgate/decision': { id, rule, code } });
    return undefined;
  }
  const meta = message.params === undefined ? undefined : ownMember(message.params, '_meta');
  const token = meta !== undefined && isJsonObject(meta) ? ownMember(meta, 'progressToken') : undefined;
  session.serverRequests.set(idKey(message.id), {
    method: message.method,
    decision: decision.id,
    startedAt: decision.at,
    progressToken: typeof token === 'string' || typeof token === 'number' ? token : undefined,
  });
  return JSON.stringify({
    jsonrpc: '2.0',
    id: message.id,
    method: message.method,
    ...(message.params === undefined ? {} : { params: message.params }),
  });
}

/** A decision on what a server asks of a client, recorded; with the refusal where it may not. */
export interface ServerRequestDecision {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly refused?: ToldDecision;
}

/** Decides on a server's request, whichever way it came (a request of its own, or inside `inputRequests`), and records it. */
export async function decideServerRequest(
  method: string,
  params: JsonObject,
  entry: MethodEntry,
  context: ServerMessageContext,
): Promise<ServerRequestDecision> {
  const { gateway, grant, server, policy, session } = context;
  const now = gateway.dependencies.now();
  const facts = { grant, policy, clientName: context.clientName, sessionId: session?.id, now };
  const form = formProblem(method, params);
  const verdict: Verdict =
    form !== undefined
      ? { effect: 'deny', rule: RULE.protocol, code: 'denied', reason: form }
      : entry.treatment === 'governed'
        ? decideMethod({ kind: 'method', name: method, arguments: methodArguments(params) }, facts)
        : { effect: 'allow', rule: RULE.protocol, takes: [] };
  const record = decisionRecord(
    {
      now,
      grant,
      server,
      policy,
      method,
      direction: 'server',
      revision: context.revision,
      session: session?.ref,
      client: context.clientName,
      settings: gateway.weakenedBy,
    },
    recordedVerdict(verdict),
    gateway.hashArguments,
  );
  const admission = await gateway.admit({ record, ...(verdict.effect === 'allow' ? { takes: verdict.takes } : {}) });
  if (!admission.ok)
    return {
      id: record.id,
      at: now,
      refused: {
        id: record.id,
        effect: 'error',
        rule: RULE.unavailable,
        code: 'unavailable',
        reason: 'The gateway cannot record decisions, so nothing is forwarded.',
      },
    };
  gateway.dependencies.metrics.decision(record.effect, record.code ?? '');
  const refused =
    verdict.effect !== 'allow'
      ? verdict
      : admission.value.admitted
        ? undefined
        : { effect: 'deny' as const, ...admission.value };
  // In the stateless era the client's answer comes with a request of its own; this decision is complete.
  if (refused !== undefined || session === undefined)
    gateway.dependencies.ledger.settle(
      {
        id: record.id,
        at: gateway.dependencies.now(),
        status: refused === undefined ? 'ok' : 'refused',
        durationMs: 0,
      },
      [],
    );
  if (refused === undefined) return { id: record.id, at: now };
  return {
    id: record.id,
    at: now,
    refused: { id: record.id, effect: refused.effect, rule: refused.rule, code: refused.code, reason: refused.reason },
  };
}

function ownsToken(params: JsonObject | undefined, context: ServerMessageContext): boolean {
  const token = params === undefined ? undefined : ownMember(params, 'progressToken');
  return (typeof token === 'string' || typeof token === 'number') && context.ownsProgress(token);
}

/** Notifications of a subscription carry the id of its request (MCP 2026-07-28, "Subscriptions"); another's do not pass. */
function isForSubscription(message: NotificationMessage, context: ServerMessageContext): boolean {
  const meta = message.params === undefined ? undefined : ownMember(message.params, '_meta');
  const id = meta !== undefined && isJsonObject(meta) ? ownMember(meta, META.subscriptionId) : undefined;
  return id === undefined ? context.subscription === undefined : id === context.subscription;
}

function sendQuietly(context: ServerMessageContext, value: JsonObject, id: string | number): void {
  const silent = { onReply: () => {}, onBytes: () => {}, onEvent: () => {}, onEnd: () => {}, onFailure: () => {} };
  context.conversation.send(
    { kind: 'response', value, method: undefined, id, revision: context.revision, headers: {} },
    silent,
  );
}
