/** The handshake of the initialize era: passes by itself, and opens a session when the server begins to answer. */
import type { RequestMessage } from '../../core/mcp/message.ts';
import { RULE } from '../../core/policy/verdict.ts';
import type { DefinitionBook } from '../definitions/book.ts';
import type { Gateway } from '../gateway.ts';
import type { Session } from '../sessions/session.ts';
import type { UpstreamConversation } from '../upstream/upstream.ts';
import type { Classified } from './classify.ts';
import type { Exchange } from './exchange.ts';
import { outboundRequest } from './outbound-request.ts';
import { decisionRecord } from './record.ts';
import type { Refusal } from './refusal.ts';
import { startCall } from './start-call.ts';

/** Records and sends `initialize` over a conversation made for it. */
export async function forwardHandshake(
  gateway: Gateway,
  exchange: Exchange,
  parts: {
    readonly classified: Classified;
    readonly message: RequestMessage;
    readonly conversation: UpstreamConversation;
    readonly book: DefinitionBook;
  },
): Promise<Refusal | undefined> {
  const { classified, message, conversation, book } = parts;
  const { grant, server, policy } = exchange;
  const { revision, clientName } = classified;
  const now = gateway.dependencies.now();
  const record = decisionRecord(
    { now, grant, server, policy, method: message.method, revision, client: clientName, settings: gateway.weakenedBy },
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
      { grant: grant.id, server: server.id, revision, clientName, conversation },
      now,
    );
    // Without its server a session is over: the client is told so and begins anew.
    void conversation.ended?.then(() => gateway.sessions.end(session));
    return session;
  };
  gateway.enterCall(grant.id);
  startCall(gateway, exchange, {
    message,
    era: 'initialize',
    revision,
    session: undefined,
    conversation,
    book,
    decision: record.id,
    takes: [],
    adds: [],
    chain: undefined,
    subject: '',
    startedAt: now,
    outbound: outboundRequest(exchange, { classified, message, revision, tool: undefined, chain: undefined }),
    openSession,
  });
  return undefined;
}
