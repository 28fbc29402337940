/** GET and DELETE of the initialize era: the server's own event stream, resumption, and the end of a session. */
import { UPSTREAM_LIST_LIMITS } from '../../core/mcp/json/limits.ts';
import { readJsonText } from '../../core/mcp/json/read.ts';
import { idKey, type Message, parseMessage } from '../../core/mcp/message.ts';
import { RULE } from '../../core/policy/verdict.ts';
import type { Gateway } from '../gateway.ts';
import { openEventId, sealEventId } from '../sessions/event-ids.ts';
import { EventWriter } from '../sessions/event-writer.ts';
import type { Session } from '../sessions/session.ts';
import type { ReplyHead, ReplyReceiver, Sending, StreamEvent, UpstreamFailure } from '../upstream/upstream.ts';
import type { Exchange } from './exchange.ts';
import { sessionOf } from './forward.ts';
import { decisionRecord } from './record.ts';
import type { Refusal } from './refusal.ts';
import { reviewServerNotification, reviewServerRequest, type ServerMessageContext } from './server-message.ts';
import { outcomeRecord } from './settlement.ts';

/** Opens the server's event stream for a session, or resumes one after `Last-Event-ID`. */
export async function openSessionStream(gateway: Gateway, exchange: Exchange): Promise<Refusal | undefined> {
  const session = sessionOf(gateway, exchange);
  if (!session.ok) return session.error;
  const sealed = exchange.headers.get('last-event-id');
  const lastEventId = sealed === undefined ? undefined : openEventId(gateway.dependencies.keys, session.value, sealed);
  if (sealed !== undefined && lastEventId === undefined)
    return { reason: 'unknown-session', detail: 'Last-Event-ID was not handed out in this session' };
  const openStreams = [...gateway.sessions.all()]
    .filter((other) => other.grant === exchange.grant.id)
    .reduce((sum, other) => sum + other.streams.size, 0);
  if (openStreams >= gateway.settings.streamsMax)
    return { reason: 'too-many-streams', detail: `this grant has ${gateway.settings.streamsMax} event streams open` };
  const started = await recordSessionRequest(gateway, exchange, session.value, 'GET');
  if (!started.ok) return started.refusal;
  new SessionStream(gateway, exchange, session.value, started.decision).open(lastEventId);
  return undefined;
}

/** Ends a session here and at the server. */
export async function endSession(gateway: Gateway, exchange: Exchange): Promise<Refusal | undefined> {
  const session = sessionOf(gateway, exchange);
  if (!session.ok) return session.error;
  const started = await recordSessionRequest(gateway, exchange, session.value, 'DELETE');
  if (!started.ok) return started.refusal;
  await gateway.sessions.end(session.value);
  exchange.response.writeHead(200, { 'content-length': 0 });
  exchange.response.end();
  gateway.dependencies.ledger.settle(
    outcomeRecord(started.decision.id, { status: 'ok', bytes: 0 }, started.decision.at, gateway.dependencies.now(), []),
    [],
  );
  return undefined;
}

interface Started {
  readonly id: string;
  readonly at: number;
}

async function recordSessionRequest(
  gateway: Gateway,
  exchange: Exchange,
  session: Session,
  method: 'GET' | 'DELETE',
): Promise<{ readonly ok: true; readonly decision: Started } | { readonly ok: false; readonly refusal: Refusal }> {
  const record = decisionRecord(
    {
      now: gateway.dependencies.now(),
      grant: exchange.grant,
      server: exchange.server,
      policy: exchange.policy,
      method,
      revision: session.revision,
      session: session.ref,
      client: session.clientName,
      settings: gateway.weakenedBy,
    },
    { effect: 'allow', rule: RULE.protocol },
    gateway.hashArguments,
  );
  const admission = await gateway.admit({ record });
  if (!admission.ok) return { ok: false, refusal: admission.error };
  gateway.dependencies.metrics.decision('allow', '');
  return { ok: true, decision: record };
}

/** One event stream of a session: relays what the server sends, message by message, until either side ends it. */
class SessionStream implements ReplyReceiver {
  readonly #gateway: Gateway;
  readonly #exchange: Exchange;
  readonly #session: Session;
  readonly #decision: Started;
  #sending: Sending | undefined;
  #writer: EventWriter | undefined;
  #status = 0;
  #bytes = 0;
  #isOver = false;
  #queue: Promise<void> = Promise.resolve();

  constructor(gateway: Gateway, exchange: Exchange, session: Session, decision: Started) {
    this.#gateway = gateway;
    this.#exchange = exchange;
    this.#session = session;
    this.#decision = decision;
  }

  open(lastEventId: string | undefined): void {
    this.#exchange.response.once('close', () => this.#finish('cancelled'));
    this.#sending = this.#session.conversation.listen(lastEventId, this);
  }

  onReply(head: ReplyHead): void {
    this.#status = head.status;
    if (head.form !== 'events') return;
    this.#writer = new EventWriter(this.#exchange.response);
    this.#writer.start();
    this.#session.streams.add(this.#writer);
    this.#gateway.streams.add(this.#writer);
  }

  onBytes(): void {}

  onEvent(event: StreamEvent): void {
    this.#queue = this.#queue
      .then(() => this.#relay(event))
      .catch(() => this.#finish('upstream_error', 'an event could not be handled'));
  }

  onEnd(): void {
    this.#queue = this.#queue.then(() => {
      if (this.#writer !== undefined) return this.#finish('ok');
      // What a server answers that has no stream of its own (MCP transports, "Listening for Messages from the Server").
      const refusal: Refusal =
        this.#status === 405 || this.#status === 404
          ? {
              reason: this.#status === 404 ? 'unknown-session' : 'no-stream',
              detail: 'this server offers no event stream',
            }
          : { reason: 'upstream-unavailable', detail: `the server answered with HTTP status ${this.#status}` };
      if (this.#status === 404) void this.#gateway.sessions.end(this.#session);
      this.#refuse(refusal);
    });
  }

  onFailure(failure: UpstreamFailure): void {
    if (this.#writer !== undefined) this.#finish('upstream_error', failure.detail);
    else this.#refuse({ reason: 'upstream-unavailable', detail: failure.detail });
  }

  async #relay(event: StreamEvent): Promise<void> {
    if (this.#isOver) return;
    const id =
      event.id === undefined ? undefined : sealEventId(this.#gateway.dependencies.keys, this.#session, event.id);
    const text = event.data === '' ? '' : await this.#review(event.data);
    if (text === undefined || (text === '' && id === undefined && event.retry === undefined)) return;
    this.#bytes += text.length;
    const isFast = this.#writer?.send({
      data: text,
      ...(id === undefined ? {} : { id }),
      ...(event.retry === undefined ? {} : { retry: event.retry }),
    });
    if (isFast === false) {
      this.#sending?.pause();
      this.#writer?.onDrain(() => this.#sending?.resume());
    }
  }

  async #review(data: string): Promise<string | undefined> {
    const value = readJsonText(data, UPSTREAM_LIST_LIMITS);
    const message = value.ok ? parseMessage(value.value) : undefined;
    if (message === undefined || !message.ok) {
      this.#gateway.dependencies.log.warn('server-event-dropped', {
        server: this.#exchange.server.slug,
        detail: 'no JSON-RPC message',
      });
      return undefined;
    }
    return this.#reviewMessage(message.value);
  }

  #reviewMessage(message: Message): string | undefined | Promise<string | undefined> {
    switch (message.kind) {
      case 'response':
        // The answer to a call whose own stream broke off; to anything else there is no call.
        return this.#session.calls.get(idKey(message.id))?.onLateAnswer(message);
      case 'notification':
        return reviewServerNotification(message, this.#context());
      case 'request':
        return reviewServerRequest(message, this.#context());
    }
  }

  #context(): ServerMessageContext {
    const { grant, server } = this.#exchange;
    // The policy in force now, not the one of the day the stream was opened.
    const current = this.#gateway.dependencies.snapshots.current().grantById(grant.id);
    return {
      gateway: this.#gateway,
      grant: current ?? grant,
      server,
      policy: current?.access.get(server.id) ?? null,
      era: 'initialize',
      revision: this.#session.revision,
      clientName: this.#session.clientName,
      session: this.#session,
      conversation: this.#session.conversation,
      ownsProgress: (token) => [...this.#session.calls.values()].some((call) => call.progressToken === token),
      subscription: undefined,
    };
  }

  #refuse(refusal: Refusal): void {
    if (this.#isOver) return;
    this.#gateway.refuseAnswer(this.#exchange, null, refusal);
    this.#finish('upstream_error', refusal.detail);
  }

  #finish(status: 'ok' | 'cancelled' | 'upstream_error', detail?: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#sending?.abort();
    if (this.#writer !== undefined) {
      this.#writer.end();
      this.#session.streams.delete(this.#writer);
      this.#gateway.streams.remove(this.#writer);
    }
    const { dependencies } = this.#gateway;
    dependencies.ledger.settle(
      outcomeRecord(
        this.#decision.id,
        { status, bytes: this.#bytes, ...(detail === undefined ? {} : { detail }) },
        this.#decision.at,
        dependencies.now(),
        [],
      ),
      [],
    );
  }
}
