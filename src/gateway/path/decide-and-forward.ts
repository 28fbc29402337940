/** The middle of the path: decide, reserve and record, then send. */
import type { Admission, AdmissionRequest } from '../../core/decisions/ledger.ts';
import { isJsonObject, type JsonObject, ownMember } from '../../core/mcp/json/value.ts';
import type { RequestMessage } from '../../core/mcp/message.ts';
import { type Allowed, RULE, type Verdict } from '../../core/policy/verdict.ts';
import type { DefinitionBook } from '../definitions/book.ts';
import type { Gateway } from '../gateway.ts';
import type { Session } from '../sessions/session.ts';
import type { UpstreamConversation } from '../upstream/upstream.ts';
import type { Classified } from './classify.ts';
import { argumentsOf, type DecisionFacts, decideMethod, decideTool, methodArguments } from './decide.ts';
import type { Exchange } from './exchange.ts';
import { type ChainState, chainDigest, chainProblem, openChain } from './input-required.ts';
import { outboundRequest, parameterProblem } from './outbound-request.ts';
import { decisionRecord, recordedVerdict } from './record.ts';
import type { Refusal } from './refusal.ts';
import { respondRefused, type ToldDecision } from './respond.ts';
import { outcomeRecord } from './settlement.ts';
import { startCall } from './start-call.ts';

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
  const { grant } = exchange;
  if (!gateway.enterCall(grant.id)) {
    return {
      reason: 'too-many-calls',
      detail: `this grant has ${gateway.settings.concurrentCallsMax} calls under way`,
    };
  }
  let isStarted = false;
  try {
    const refusal = await decideAndStart(gateway, exchange, parts, () => {
      isStarted = true;
    });
    return refusal;
  } finally {
    // A call that was started leaves when it ends.
    if (!isStarted) gateway.leaveCall(grant.id);
  }
}

async function decideAndStart(
  gateway: Gateway,
  exchange: Exchange,
  parts: RequestParts,
  onStart: () => void,
): Promise<Refusal | undefined> {
  const { classified, message, session, conversation, book } = parts;
  const { grant, policy, server, response } = exchange;
  const { dependencies } = gateway;
  const isTool = classified.entry?.treatment === 'tool';
  const state = isTool ? book.tool(classified.subject as string) : undefined;
  const tool = state?.state === 'accepted' ? state.tool : undefined;
  if (tool !== undefined && classified.era === 'stateless') {
    const problem = parameterProblem(tool, message, exchange.headers);
    if (problem !== undefined) return { reason: 'header-mismatch', detail: problem };
  }
  const chain =
    classified.era === 'stateless'
      ? openChain(dependencies.keys, { grant: grant.id, server: server.id }, message.params)
      : undefined;
  if (chain !== undefined && !chain.ok) return chain.error;
  const opened = chain?.value;

  const now = dependencies.now();
  const facts = {
    grant,
    policy,
    clientName: session?.clientName ?? classified.clientName,
    sessionId: session?.id,
    now,
  };
  const decided = verdictOn(classified, message, facts, book);
  const verdict = withChain(
    gateway,
    decided instanceof Promise ? await decided : decided,
    opened,
    classified,
    message,
    now,
  );
  if (verdict.effect === 'allow' && verdict.blockedBy !== undefined)
    await gateway.labelling.waitFor(grant.lineage, verdict.blockedBy);

  const revision = session?.revision ?? classified.revision;
  const record = decisionRecord(
    {
      now,
      grant,
      server,
      policy,
      method: message.method,
      name: classified.subject,
      revision,
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
  const admission = await gateway.admit(admissionRequest(record, verdict, opened, grant.lineage));
  if (!admission.ok) return admission.error;
  const refused = refusedBy(verdict, admission.value);
  dependencies.metrics.decision(refused?.effect ?? 'allow', refused?.code ?? '');
  if (refused !== undefined || verdict.effect !== 'allow') {
    if (refused !== undefined) respondRefused(response, message, classified.era, { id: record.id, ...refused });
    dependencies.ledger.settle(
      outcomeRecord(record.id, { status: 'refused', bytes: 0 }, now, dependencies.now(), []),
      [],
    );
    return undefined;
  }
  onStart();
  startCall(gateway, exchange, {
    message,
    era: classified.era,
    revision,
    session,
    conversation,
    book,
    decision: record.id,
    takes: opened === undefined ? verdict.takes : [],
    adds: verdict.adds ?? [],
    chain: opened,
    subject: classified.subject ?? '',
    startedAt: now,
    outbound: outboundRequest(exchange, { classified, message, revision, tool, chain: opened }),
    openSession: undefined,
  });
  return undefined;
}

/**
 * All that has to hold at once: labels, limits, single use. A retry of a chain takes no further units: it belongs to the
 * call that began it.
 */
function admissionRequest(
  record: AdmissionRequest['record'],
  verdict: Verdict,
  chain: ChainState | undefined,
  lineage: string,
): AdmissionRequest {
  if (verdict.effect !== 'allow') return { record };
  const { takes, blockedBy, rule } = verdict;
  return {
    record,
    ...(chain === undefined ? { takes } : {}),
    ...(blockedBy === undefined ? {} : { blockedBy: { lineage, labels: blockedBy, rule: `${rule}/blocked_by` } }),
    ...(chain === undefined
      ? {}
      : {
          consume: {
            key: `chain/${chain.chain}/${chain.round}`,
            expiresAt: chain.expiresAt,
            rule: RULE.protocol,
            onDeny: 'This requestState was used before; each is good for one retry.',
          },
        }),
  };
}

/** A retry with other arguments, or with a state of another request, is refused however the policy would decide on it. */
function withChain(
  gateway: Gateway,
  verdict: Verdict,
  chain: ChainState | undefined,
  classified: Classified,
  message: RequestMessage,
  now: number,
): Verdict {
  if (chain === undefined || verdict.effect !== 'allow') return verdict;
  const digest = chainDigest(message.params, gateway.hashArguments);
  const problem = chainProblem(chain, { method: message.method, subject: classified.subject ?? '', digest }, now);
  return problem === undefined ? verdict : { effect: 'deny', rule: RULE.protocol, code: 'denied', reason: problem };
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

const PASSES: Allowed = { effect: 'allow', rule: RULE.protocol, takes: [] };

function verdictOn(
  classified: Classified,
  message: RequestMessage,
  facts: DecisionFacts,
  book: DefinitionBook,
): Verdict | Promise<Verdict> {
  const { entry, subject } = classified;
  const asMethod = (): Verdict =>
    decideMethod({ kind: 'method', name: message.method, arguments: methodArguments(message.params) }, facts);
  switch (entry?.treatment) {
    case 'tool':
      return decideTool({ kind: 'tool', name: subject as string, arguments: argumentsOf(message.params) }, facts, book);
    case 'governed':
      return asMethod();
    default:
      // A subscription to resources reads them; one to list changes is housekeeping.
      return message.method === 'subscriptions/listen' && asksForResources(message.params) ? asMethod() : PASSES;
  }
}

function asksForResources(params: JsonObject | undefined): boolean {
  const notifications = params === undefined ? undefined : ownMember(params, 'notifications');
  if (notifications === undefined || !isJsonObject(notifications)) return false;
  const wanted = ownMember(notifications, 'resourceSubscriptions');
  return wanted !== undefined && wanted !== null && !(Array.isArray(wanted) && wanted.length === 0);
}

/** The client's trace, for the row. */
function traceOf(headers: ReadonlyMap<string, string>): string | undefined {
  const traceparent = headers.get('traceparent');
  return traceparent !== undefined && /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(traceparent)
    ? traceparent
    : undefined;
}
