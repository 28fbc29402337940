/** Messages without an answer (notifications, responses of the client): recorded, sent, acknowledged with 202. */
import { RULE } from '../../core/policy/verdict.ts';
import type { Gateway } from '../gateway.ts';
import type { Session } from '../sessions/session.ts';
import type { OutboundMessage, UpstreamFailure } from '../upstream/upstream.ts';
import type { Classified } from './classify.ts';
import type { Exchange } from './exchange.ts';
import { decisionRecord } from './record.ts';
import type { Refusal } from './refusal.ts';
import { outcomeRecord } from './settlement.ts';

/** Gives a refusal when the message could not be recorded or the server did not take it. */
export async function passOn(
  gateway: Gateway,
  exchange: Exchange,
  classified: Classified,
  session: Session | undefined,
  outbound: OutboundMessage | undefined,
): Promise<Refusal | undefined> {
  const { dependencies } = gateway;
  const { message } = classified;
  const startedAt = dependencies.now();
  const record = decisionRecord(
    {
      now: startedAt,
      grant: exchange.grant,
      server: exchange.server,
      policy: exchange.policy,
      method: message.kind === 'response' ? 'response' : message.method,
      revision: classified.revision,
      session: session?.ref,
      client: session?.clientName ?? classified.clientName,
      settings: gateway.weakenedBy,
    },
    { effect: 'allow', rule: RULE.protocol },
    gateway.hashArguments,
  );
  const admission = await gateway.admit({ record });
  if (!admission.ok) return admission.error;
  dependencies.metrics.decision('allow', '');
  const failure = session === undefined || outbound === undefined ? undefined : await deliver(session, outbound);
  dependencies.ledger.settle(
    outcomeRecord(
      record.id,
      failure === undefined
        ? { status: 'ok', bytes: 0 }
        : { status: 'upstream_error', bytes: 0, detail: failure.detail, wasNotSent: !failure.wasSent },
      startedAt,
      dependencies.now(),
      [],
    ),
    [],
  );
  if (failure !== undefined)
    return { reason: failure.kind === 'timeout' ? 'upstream-timeout' : 'upstream-unavailable', detail: failure.detail };
  exchange.response.writeHead(202, { 'content-length': 0 });
  exchange.response.end();
  return undefined;
}

function deliver(session: Session, outbound: OutboundMessage): Promise<UpstreamFailure | undefined> {
  return new Promise((resolve) => {
    let status = 0;
    session.conversation.send(outbound, {
      onReply(head) {
        status = head.status;
      },
      onBytes: () => {},
      onEvent: () => {},
      onEnd: () =>
        resolve(
          status >= 200 && status < 300
            ? undefined
            : { kind: 'broken', wasSent: true, detail: `the server answered with HTTP status ${status}` },
        ),
      onFailure: resolve,
    });
  });
}
