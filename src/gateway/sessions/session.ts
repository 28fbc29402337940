/**
 * Sessions of the initialize era. An id is the gateway's own: 256 random bits that stand for one session of one grant at
 * one server; the server's own id stays here. An ended session's id is never valid again, because ids are never made
 * twice; a foreign one is "not found", like one that never was.
 */
import { hash, randomBytes } from 'node:crypto';
import type { ResponseMessage } from '../../core/mcp/message.ts';
import type { Refusal } from '../path/refusal.ts';
import type { UpstreamConversation } from '../upstream/upstream.ts';
import type { EventWriter } from './event-writer.ts';

export interface Session {
  readonly id: string;
  readonly grant: string;
  readonly server: string;
  /** As negotiated; what the client asked for until the server has answered the handshake. */
  revision: string;
  /** Stands for the session in rows: the id itself would open it. */
  readonly ref: string;
  readonly clientName: string | undefined;
  readonly conversation: UpstreamConversation;
  /** Requests of the client that wait for their answer, by id key. */
  readonly calls: Map<string, OpenCall>;
  /** Requests of the server that were passed to the client and wait for its response, by id key. */
  readonly serverRequests: Map<string, OpenServerRequest>;
  /** Event streams that the client holds open by GET. */
  readonly streams: Set<EventWriter>;
  /** Whether it ever held one: a client that is there keeps its stream. */
  hadStream: boolean;
  lastUsedAt: number;
  isEnded: boolean;
}

/** A request under way, as far as others need to know it. */
export interface OpenCall {
  readonly method: string;
  readonly progressToken: string | number | undefined;
  /** Handles the answer when it arrives on another stream than the request's own (resumption). Gives the text to send, or undefined to drop it. */
  onLateAnswer(answer: ResponseMessage): string | undefined;
  /** Gives the call up, here and at the server; the client is told why, as far as it can be told anything. */
  cancel(refusal: Refusal): void;
}

export interface OpenServerRequest {
  readonly method: string;
  readonly decision: string;
  readonly progressToken: string | number | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** A client that opens no stream has said something within this time, if it is there. */
const SILENCE_MS = 10_000;
const SESSION_ENDED: Refusal = { reason: 'cancelled', detail: 'its session ended' };
const ID_PREFIX = 'cgs_';
const RANDOM_BYTES = 32;

export class SessionRegistry {
  readonly #sessions = new Map<string, Session>();
  readonly #countByGrant = new Map<string, number>();
  open(parts: Pick<Session, 'grant' | 'server' | 'revision' | 'clientName' | 'conversation'>, now: number): Session {
    const id = ID_PREFIX + randomBytes(RANDOM_BYTES).toString('base64url');
    const session: Session = {
      ...parts,
      id,
      ref: hash('sha256', id).slice(0, 16),
      calls: new Map(),
      serverRequests: new Map(),
      streams: new Set(),
      hadStream: false,
      lastUsedAt: now,
      isEnded: false,
    };
    this.#sessions.set(session.id, session);
    this.#countByGrant.set(session.grant, this.countOf(session.grant) + 1);
    return session;
  }

  /** The live session of that id, for the grant and server it was opened for. */
  find(id: string, grant: string, server: string, now: number): Session | undefined {
    const session = this.#sessions.get(id);
    if (session === undefined || session.grant !== grant || session.server !== server) return undefined;
    session.lastUsedAt = now;
    return session;
  }

  countOf(grant: string): number {
    return this.#countByGrant.get(grant) ?? 0;
  }

  get count(): number {
    return this.#sessions.size;
  }

  all(): IterableIterator<Session> {
    return this.#sessions.values();
  }

  /** Ends a session here and at the server: gives its calls up, closes its streams. A message that comes later finds no session. */
  async end(session: Session, refusal: Refusal = SESSION_ENDED): Promise<void> {
    if (session.isEnded) return;
    session.isEnded = true;
    this.#sessions.delete(session.id);
    const count = this.countOf(session.grant) - 1;
    if (count > 0) this.#countByGrant.set(session.grant, count);
    else this.#countByGrant.delete(session.grant);
    for (const call of session.calls.values()) call.cancel(refusal);
    for (const stream of session.streams) stream.end();
    await session.conversation.end();
  }

  /**
   * Makes room for a new session of a grant: ends the one longest unused of those that look abandoned (nothing under way,
   * its stream gone or silent for a while), because many clients go away without a word. False where there is none.
   */
  async endAbandoned(grant: string, now: number, isWanted: (session: Session) => boolean): Promise<boolean> {
    const abandoned = [...this.#sessions.values()]
      .filter((session) => session.grant === grant && isWanted(session) && isIdle(session))
      .filter((session) => session.hadStream || session.lastUsedAt < now - SILENCE_MS)
      .sort((one, other) => one.lastUsedAt - other.lastUsedAt)[0];
    if (abandoned === undefined) return false;
    await this.end(abandoned);
    return true;
  }

  /** Ends every session without a message since `before` that has nothing under way. */
  async endIdle(before: number): Promise<void> {
    const idle = [...this.#sessions.values()].filter((session) => session.lastUsedAt < before && isIdle(session));
    await Promise.all(idle.map((session) => this.end(session)));
  }
}

function isIdle(session: Session): boolean {
  return session.calls.size === 0 && session.streams.size === 0;
}
