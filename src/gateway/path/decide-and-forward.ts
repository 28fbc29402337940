/**
 * The middle of the path: decide, reserve and record, then send. What is sent is written from the value that was decided
 * on; headers that repeat it are derived anew.
 */
import type { Admission } from '../../core/decisions/ledger.ts';
import type { Take } from '../../core/limits/take.ts';
import { isJsonObject, type JsonObject, ownMember } from '../../core/mcp/json/value.ts';
import { idKey, type RequestMessage } from '../../core/mcp/message.ts';
import { encodeHeaderValue, parameterHeaderProblem, parameterHeaderValue } from '../../core/mcp/mirrored-headers.ts';
import { META, metaOf } from '../../core/mcp/request-meta.ts';
import { isListed, isMethodOpen } from '../../core/policy/decide.ts';
import { RULE, type Verdict } from '../../core/policy/verdict.ts';
import type { DefinitionBook, PinnedTool } from '../definitions/book.ts';
import type { Gateway } from '../gateway.ts';
import type { Session } from '../sessions/session.ts';
import type { OutboundMessage, UpstreamConversation } from '../upstream/upstream.ts';
import { advertisedCapabilities } from './answer.ts';
import { Call } from './call.ts';
import type { Classified } from './classify.ts';
import { argumentsOf, decideMethod, decideTool, methodArguments } from './decide.ts';
import type { Exchange } from './exchange.ts';
import { decisionRecord, recordedVerdict } from './record.ts';
import type { Refusal } from './refusal.ts';
import { RelayRules } from './relay-rules.ts';
import { respondRefused, type ToldDecision } from './respond.ts';
import { type CallEnd, outcomeRecord, takesToRelease } from './settlement.ts';

export interface RequestParts {
  readonly classified: Classified;
  readonly message: RequestMessage;
  readonly session: Session | undefined;
  readonly conversation: UpstreamConversation;
  readonly book: DefinitionBook;
}

/** Decides on a request, records it, and sends it or answers it. A refusal is returned only where nothing was recorded. */
export async function decideAndForward(
  gateway: Gateway,
  exchange: Exchange,
  parts: RequestParts,
): Promise<Refusal | undefined> {
  const { classified, message, session, book } = parts;
  const { grant, policy, response } = exchange;
  const isTool = classified.entry?.treatment === 'tool';
  const state = isTool ? book.tool(classified.subject as string) : undefined;
  const tool = state?.state === 'accepted' ? state.tool : undefined;
  if (tool !== undefined && classified.era === 'stateless') {
    const problem = parameterProblem(tool, message, exchange.headers);
    if (problem !== undefined) return { reason: 'header-mismatch', detail: problem };
  }
  if (gateway.inFlight(grant.id) >= gateway.settings.concurrentCallsMax) {
    return {
      reason: 'too-many-calls',
      detail: `this grant has ${gateway.settings.concurrentCallsMax} calls under way`,
    };
  }
  const now = gateway.dependencies.now();
  const facts = {
    grant,
    policy,
    clientName: session?.clientName ?? classified.clientName,
    sessionId: session?.id,
    now,
  };
  const decided = verdictOn(classified, message, facts, book);
  const verdict = decided instanceof Promise ? await decided : decided;
  const takes = verdict.effect === 'allow' ? verdict.takes : [];
  const record = decisionRecord(
    {
      now,
      grant,
      server: exchange.server,
      policy,
      method: message.method,
      name: classified.subject,
      revision: session?.revision ?? classified.revision,
      session: session?.ref,
      client: facts.clientName,
      definition: tool?.hash,
      arguments: isTool ? argumentsOf(message.params) : undefined,
      trace: traceOf(exchange.headers),
      settings: gateway.weakenedBy,
    },
    recordedVerdict(verdict),
    gateway.hashArguments,
  );
  const admission = await gateway.admit({ record, takes });
  if (!admission.ok) return admission.error;
  const refused = refusedBy(verdict, admission.value);
  gateway.dependencies.metrics.decision(refused?.effect ?? 'allow', refused?.code ?? '');
  if (refused !== undefined) {
    respondRefused(response, message, classified.era, { id: record.id, ...refused });
    gateway.dependencies.ledger.settle(
      outcomeRecord(record.id, { status: 'refused', bytes: 0 }, now, gateway.dependencies.now(), []),
      [],
    );
    return undefined;
  }
  startCall(gateway, exchange, parts, {
    decision: record.id,
    takes,
    startedAt: now,
    outbound: outboundRequest(exchange, parts, tool),
    openSession: undefined,
  });
  return undefined;
}

/** What the client is told when the policy or, at the last step, the ledger refused; undefined when the call goes on. */
function refusedBy(verdict: Verdict, admission: Admission): Omit<ToldDecision, 'id'> | undefined {
  if (verdict.effect !== 'allow') {
    const { effect, rule, code, reason } = verdict;
    return { effect, rule, code, reason };
  }
  if (admission.admitted) return undefined;
  const { rule, code, reason } = admission;
  return {
    effect: 'deny',
    rule,
    code,
    reason,
    ...(admission.by === 'limit' ? { retryAfterSeconds: admission.retryAfterSeconds } : {}),
  };
}

/** The handshake of the initialize era: passes by itself, and opens a session when the server begins to answer. */
export async function forwardHandshake(
  gateway: Gateway,
  exchange: Exchange,
  parts: Omit<RequestParts, 'session'>,
): Promise<Refusal | undefined> {
  const { classified, message, conversation } = parts;
  const { grant, server, policy } = exchange;
  const now = gateway.dependencies.now();
  const record = decisionRecord(
    {
      now,
      grant,
      server,
      policy,
      method: message.method,
      revision: classified.revision,
      client: classified.clientName,
      settings: gateway.weakenedBy,
    },
    { effect: 'allow', rule: RULE.protocol },
    gateway.hashArguments,
  );
  const admission = await gateway.admit({ record });
  if (!admission.ok) {
    void conversation.end();
    return admission.error;
  }
  gateway.dependencies.metrics.decision('allow', '');
  const openSession = (): Session => {
    const session = gateway.sessions.open(
      {
        grant: grant.id,
        server: server.id,
        revision: classified.revision,
        clientName: classified.clientName,
        conversation,
      },
      now,
    );
    // Without its server a session is over: the client is told so and begins anew.
    void conversation.ended?.then(() => gateway.sessions.end(session));
    return session;
  };
  startCall(
    gateway,
    exchange,
    { ...parts, session: undefined },
    {
      decision: record.id,
      takes: [],
      startedAt: now,
      outbound: outboundRequest(exchange, { ...parts, session: undefined }, undefined),
      openSession,
    },
  );
  return undefined;
}

interface CallStart {
  readonly decision: string;
  readonly takes: readonly Take[];
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly outbound: OutboundMessage;
  /** Of a handshake only. */
  readonly openSession: (() => Session) | undefined;
}

function startCall(gateway: Gateway, exchange: Exchange, parts: RequestParts, start: CallStart): void {
  const { classified, message, session, conversation, book } = parts;
  const { grant, server, policy, response } = exchange;
  const { dependencies, settings } = gateway;
  const key = idKey(message.id);
  let opened: Session | undefined;
  const rules = new RelayRules({
    gateway,
    grant,
    server,
    policy,
    era: classified.era,
    revision: session?.revision ?? classified.revision,
    method: message.method,
    book,
    conversation,
    message,
    session: () => session ?? opened,
    isListed: (name) => policy === null || isListed(policy.compiled, name, undefined),
  });
  const call: Call = new Call({
    grantId: grant.id,
    serverId: server.id,
    message,
    era: classified.era,
    outbound: start.outbound,
    conversation,
    response,
    rules,
    answerBytesMax: settings.answerBytesMax,
    idleMs: settings.upstreamIdleMs,
    answerHeaders: (form) => {
      if (start.openSession === undefined || form === 'error') return {};
      opened ??= start.openSession();
      return { 'mcp-session-id': opened.id };
    },
    refuse: (refusal) => gateway.refuseAnswer(exchange, message.id, refusal),
    onStream: (writer, isOpen) => (isOpen ? gateway.streams.add(writer) : gateway.streams.remove(writer)),
    onEnd: (end) => {
      session?.calls.delete(key);
      gateway.callEnded(grant.id, call);
      if (start.openSession !== undefined && end.status !== 'ok')
        void (opened === undefined ? conversation.end() : gateway.sessions.end(opened));
      settle(gateway, start, end);
      // An upstream that lost its session lost ours with it: the client is told to begin anew.
      if (session !== undefined && end.httpStatus === 404) void gateway.sessions.end(session);
    },
  });
  gateway.callStarted(grant.id, call);
  session?.calls.set(key, call);
  call.start();

  function settle(owner: Gateway, from: CallStart, end: CallEnd): void {
    const released = takesToRelease(end, from.takes);
    const endedAt = owner.dependencies.now();
    owner.dependencies.ledger.settle(outcomeRecord(from.decision, end, from.startedAt, endedAt, released), released);
    dependencies.metrics.answered(end.status, Math.max(0, endedAt - from.startedAt) / 1000);
  }
}

function verdictOn(
  classified: Classified,
  message: RequestMessage,
  facts: Parameters<typeof decideMethod>[1],
  book: DefinitionBook,
): Verdict | Promise<Verdict> {
  const { entry, subject } = classified;
  switch (entry?.treatment) {
    case 'tool':
      return decideTool({ kind: 'tool', name: subject as string, arguments: argumentsOf(message.params) }, facts, book);
    case 'governed':
      return decideMethod({ kind: 'method', name: message.method, arguments: methodArguments(message.params) }, facts);
    default:
      // A subscription to resources reads them; one to list changes is housekeeping.
      if (message.method === 'subscriptions/listen' && asksForResources(message.params)) {
        return decideMethod(
          { kind: 'method', name: message.method, arguments: methodArguments(message.params) },
          facts,
        );
      }
      return { effect: 'allow', rule: RULE.protocol, takes: [] };
  }
}

function asksForResources(params: JsonObject | undefined): boolean {
  const notifications = params === undefined ? undefined : ownMember(params, 'notifications');
  if (notifications === undefined || !isJsonObject(notifications)) return false;
  const wanted = ownMember(notifications, 'resourceSubscriptions');
  return wanted !== undefined && wanted !== null && !(Array.isArray(wanted) && wanted.length === 0);
}

function outboundRequest(exchange: Exchange, parts: RequestParts, tool: PinnedTool | undefined): OutboundMessage {
  const { classified, message, session } = parts;
  const revision = session?.revision ?? classified.revision;
  const params = editedParams(exchange, classified, message);
  const headers: Record<string, string> = {};
  if (classified.era === 'stateless') {
    headers['mcp-protocol-version'] = revision;
    headers['mcp-method'] = message.method;
    if (classified.entry?.mirrored === true) headers['mcp-name'] = encodeHeaderValue(classified.subject as string);
    for (const declared of tool?.parameterHeaders ?? []) {
      const value = parameterHeaderValue(declared, argumentsOf(params));
      if (value !== undefined) headers[declared.header] = value;
    }
  }
  for (const name of ['traceparent', 'tracestate']) {
    const value = exchange.headers.get(name);
    if (value !== undefined && value.length <= 512) headers[name] = value;
  }
  return {
    kind: 'request',
    value: { jsonrpc: '2.0', id: message.id, method: message.method, ...(params === undefined ? {} : { params }) },
    method: message.method,
    id: message.id,
    revision,
    headers,
  };
}

/** Capabilities that the policy does not let the server use are not advertised; tasks are not carried yet. */
function editedParams(exchange: Exchange, classified: Classified, message: RequestMessage): JsonObject | undefined {
  const { params } = message;
  if (params === undefined) return undefined;
  const mayServerAsk = (method: string): boolean => mayAsk(exchange, method);
  if (message.method === 'initialize') {
    const capabilities = ownMember(params, 'capabilities');
    return capabilities !== undefined && isJsonObject(capabilities)
      ? { ...params, capabilities: advertisedCapabilities(capabilities, mayServerAsk) }
      : params;
  }
  if (classified.era === 'stateless') {
    const meta = metaOf(params) as JsonObject;
    const capabilities = ownMember(meta, META.clientCapabilities) as JsonObject;
    if (Object.keys(capabilities).length === 0) return params;
    return {
      ...params,
      _meta: { ...meta, [META.clientCapabilities]: advertisedCapabilities(capabilities, mayServerAsk) },
    };
  }
  if (message.method === 'tools/call' && Object.hasOwn(params, 'task')) {
    const { task: _task, ...rest } = params;
    return rest;
  }
  return params;
}

/** Whether the policy lets the server ask the client for this at all. */
export function mayAsk(exchange: Pick<Exchange, 'policy' | 'grant'>, method: string): boolean {
  return exchange.policy !== null && isMethodOpen(exchange.policy.compiled, method);
}

function parameterProblem(
  tool: PinnedTool,
  message: RequestMessage,
  headers: ReadonlyMap<string, string>,
): string | undefined {
  const args = argumentsOf(message.params);
  for (const declared of tool.parameterHeaders) {
    const problem = parameterHeaderProblem(declared, args, headers.get(declared.header));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function traceOf(headers: ReadonlyMap<string, string>): string | undefined {
  const traceparent = headers.get('traceparent');
  return traceparent !== undefined && /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(traceparent)
    ? traceparent
    : undefined;
}
