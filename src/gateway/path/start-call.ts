/** Puts a call together: the rules for its answer, its place among the calls under way, what happens when it ends. */
import type { Take } from '../../core/limits/take.ts';
import { idKey, type RequestMessage } from '../../core/mcp/message.ts';
import type { Era } from '../../core/mcp/revisions.ts';
import { isListed } from '../../core/policy/decide.ts';
import type { AddedLabel } from '../../core/policy/verdict.ts';
import type { DefinitionBook } from '../definitions/book.ts';
import type { Gateway } from '../gateway.ts';
import type { Session } from '../sessions/session.ts';
import type { OutboundMessage, UpstreamConversation } from '../upstream/upstream.ts';
import { Call } from './call.ts';
import type { Exchange } from './exchange.ts';
import type { ChainState } from './input-required.ts';
import { RelayRules } from './relay-rules.ts';
import { outcomeRecord, takesToRelease } from './settlement.ts';

export interface CallStart {
  readonly message: RequestMessage;
  readonly era: Era;
  readonly revision: string;
  readonly session: Session | undefined;
  readonly conversation: UpstreamConversation;
  readonly book: DefinitionBook;
  readonly outbound: OutboundMessage;
  /** Id of the decision that let it through. */
  readonly decision: string;
  readonly takes: readonly Take[];
  readonly adds: readonly AddedLabel[];
  /** The chain of rounds it belongs to, in the stateless era. */
  readonly chain: ChainState | undefined;
  /** Tool or prompt name, resource URI; empty where there is none. */
  readonly subject: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Of a handshake only. */
  readonly openSession: (() => Session) | undefined;
}

/** Starts a call that was let through and entered (`enterCall`); it leaves by itself. */
export function startCall(gateway: Gateway, exchange: Exchange, start: CallStart): void {
  const { message, session, conversation } = start;
  const { grant, server, policy, response } = exchange;
  const { dependencies, settings } = gateway;
  const key = idKey(message.id);
  let opened: Session | undefined;
  const labelled =
    start.adds.length === 0
      ? undefined
      : gateway.labelling.begin(
          grant.lineage,
          start.adds.map((added) => added.label),
        );
  const rules = new RelayRules({
    gateway,
    exchange,
    start,
    session: () => session ?? opened,
    isListed: (name) => policy === null || isListed(policy.compiled, name, undefined),
  });
  const call: Call = new Call({
    grantId: grant.id,
    serverId: server.id,
    message,
    era: start.era,
    outbound: start.outbound,
    conversation,
    response,
    rules,
    answerBytesMax: settings.answerBytesMax,
    idleMs: settings.upstreamIdleMs,
    ...(start.adds.length === 0 ? {} : { beforeAnswer: () => addLabels(gateway, grant.lineage, start.adds) }),
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
      labelled?.();
      if (start.openSession !== undefined && end.status !== 'ok')
        void (opened === undefined ? conversation.end() : gateway.sessions.end(opened));
      const released = takesToRelease(end, start.takes);
      const endedAt = dependencies.now();
      dependencies.ledger.settle(outcomeRecord(start.decision, end, start.startedAt, endedAt, released), released);
      dependencies.metrics.answered(end.status, Math.max(0, endedAt - start.startedAt) / 1000);
      // An upstream that lost its session lost ours with it: the client is told to begin anew.
      if (session !== undefined && end.httpStatus === 404) void gateway.sessions.end(session);
    },
  });
  gateway.callStarted(call);
  session?.calls.set(key, call);
  call.start();
}

async function addLabels(gateway: Gateway, lineage: string, adds: readonly AddedLabel[]): Promise<void> {
  const now = gateway.dependencies.now();
  await Promise.all(
    adds.map(({ label, ttlSeconds }) =>
      gateway.dependencies.ledger.addLabels({ lineage, labels: [label], expiresAt: now + ttlSeconds * 1000 }),
    ),
  );
}
