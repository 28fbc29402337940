/**
 * What `${NAME}` in a case stands for, made for real: sessions are opened, a server is brought to ask for input, tokens are
 * signed. Names are read by their parts (`GRANT_B`, `SESSION_ENDED`, `JWT_WRONG_AUD`), so that one not met before has a
 * meaning too; one without any makes the case not playable.
 */
import { BENIGN_CALLS } from '../fixture/tools.ts';
import { idOf, sendEvent, sendJson } from '../upstream/recording-upstream.ts';
import type { Lane, World } from '../world.ts';
import { newToken, PUBLIC_URL } from '../world.ts';
import { type Caller, callStateless, openSession, sessionRequest } from './honest-client.ts';
import { badToken } from './json-web-tokens.ts';

/** The case cannot be played: why. */
export class NotPlayable extends Error {}

export class Placeholders {
  readonly #world: World;
  readonly #lane: Lane;
  readonly #known = new Map<string, Promise<string>>();
  readonly #afterwards: (() => void | Promise<void>)[] = [];

  constructor(world: World, lane: Lane) {
    this.#world = world;
    this.#lane = lane;
  }

  /** The value with every placeholder in its texts filled. Throws `NotPlayable`. */
  async fill<T>(value: T): Promise<T> {
    if (typeof value === 'string') return (await this.#fillText(value)) as T;
    if (Array.isArray(value)) return (await Promise.all(value.map((item: unknown) => this.fill(item)))) as T;
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(async ([key, member]) => [key, await this.fill(member as unknown)]);
    return Object.fromEntries((await Promise.all(entries)) as [string, unknown][]) as T;
  }

  /** Ends what was held open for the case. */
  async release(): Promise<void> {
    for (const end of this.#afterwards.splice(0)) await end();
  }

  async #fillText(text: string): Promise<string> {
    let filled = '';
    let from = 0;
    for (const match of text.matchAll(/\$\{([A-Z][A-Z0-9_]*)\}/g)) {
      filled += text.slice(from, match.index) + (await this.#value(match[1] ?? ''));
      from = match.index + match[0].length;
    }
    return filled + text.slice(from);
  }

  #value(name: string): Promise<string> {
    let value = this.#known.get(name);
    if (value === undefined) {
      value = this.#make(name);
      this.#known.set(name, value);
    }
    return value;
  }

  async #make(name: string): Promise<string> {
    const words = new Set(name.split('_'));
    const has = (...any: string[]): boolean => any.some((word) => words.has(word));
    const { gateway, tokens } = this.#world;
    if (name.startsWith('JWT')) return badToken(name, PUBLIC_URL);
    if (has('STATE')) return this.#requestState(has);
    if (has('EVENT')) return this.#eventId(has('B') ? tokens.b : tokens.a);
    if (has('SESSION')) return this.#session(has);
    if (has('PROGRESS')) return this.#otherGrantsProgressToken();
    if (has('SERVER', 'SLUG')) return this.#server(has);
    if (has('OPERATOR', 'ADMIN', 'CONTROL')) return gateway.operatorKey;
    if (has('GRANT', 'TOKEN', 'BEARER')) return this.#token(has);
    if (has('PORT')) return String(gateway.data.port);
    if (has('HOST')) return `${gateway.data.host}:${gateway.data.port}`;
    if (has('URL', 'GATEWAY', 'ORIGIN')) return `http://${gateway.data.host}:${gateway.data.port}`;
    throw new NotPlayable(`nothing is known of \${${name}}`);
  }

  #token(has: (...any: string[]) => boolean): string {
    const { tokens } = this.#world;
    if (has('EXPIRED')) return tokens.expired;
    // Revoked and rotated-away tokens are to the gateway what a token is that it never knew.
    if (has('UNKNOWN', 'INVALID', 'RANDOM', 'FORGED', 'REVOKED', 'OLD')) return newToken();
    const token = has('B', 'OTHER') ? tokens.b : tokens.a;
    if (has('UPPER')) return token.toUpperCase();
    if (has('LOWER')) return token.toLowerCase();
    if (has('TRUNCATED', 'PREFIX', 'SHORT')) return token.slice(0, -1);
    return token;
  }

  #server(has: (...any: string[]) => boolean): string {
    if (has('UNCOVERED', 'FOREIGN', 'PRIVATE', 'UNGRANTED')) return this.#world.uncoveredSlug;
    if (has('UNKNOWN', 'MISSING')) return 's-nobody';
    return has('B', 'OTHER', '2') ? this.#otherLane().slug : this.#lane.slug;
  }

  async #session(has: (...any: string[]) => boolean): Promise<string> {
    if (has('UNKNOWN', 'FORGED', 'GUESSED', 'RANDOM', 'FAKE')) return `cgs_${'A'.repeat(43)}`;
    const slug = has('SERVER') ? this.#otherLane().slug : this.#lane.slug;
    const session = await openSession(
      this.#caller(has('B', 'OTHER') ? this.#world.tokens.b : this.#world.tokens.a, slug),
    );
    if (has('UPSTREAM'))
      return this.#lane.upstream.seen.findLast((seen) => seen.session !== undefined)?.session ?? session.session;
    if (has('ENDED', 'EXPIRED', 'CLOSED', 'DELETED', 'OLD')) await sessionRequest(session, 'DELETE');
    return session.session;
  }

  /** An id that the gateway handed out with an event of a session's stream. */
  async #eventId(token: string): Promise<string> {
    const { upstream } = this.#lane;
    const session = await openSession(this.#caller(token));
    upstream.arm({
      wants: (seen) => seen.httpMethod === 'GET',
      respond(_, response) {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const message = { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'x' } };
        response.end(`id: up-1\ndata: ${JSON.stringify(message)}\n\n`);
      },
    });
    try {
      const exchanged = await sessionRequest(session, 'GET');
      const id = /^id: (.+)$/m.exec(exchanged.answers[0]?.body.toString() ?? '')?.[1];
      if (id === undefined) throw new NotPlayable('the gateway handed out no event id');
      return id;
    } finally {
      upstream.disarm();
    }
  }

  /** A `requestState` of a call that the server would not finish without input. */
  async #requestState(has: (...any: string[]) => boolean): Promise<string> {
    const { upstream } = this.#lane;
    const token = has('B', 'FOREIGN') || (has('OTHER') && has('GRANT')) ? this.#world.tokens.b : this.#world.tokens.a;
    const isSearch = token === this.#world.tokens.b || has('TOOL', 'SEARCH');
    upstream.arm({
      wants: (seen) => seen.understood.kind === 'message' && seen.understood.method === 'tools/call',
      respond(seen, response) {
        const id = seen.understood.kind === 'message' ? idOf(seen.understood.id) : null;
        const result = { resultType: 'input_required', requestState: 'state-of-the-server' };
        sendJson(response, 200, { jsonrpc: '2.0', id, result });
      },
    });
    try {
      const call = isSearch
        ? { name: 'search', arguments: BENIGN_CALLS['search'] }
        : { name: 'create_refund', arguments: { amount: 10, currency: 'USD' } };
      const answer = await callStateless(this.#caller(token), 'tools/call', call);
      const state = answer.messages[0]?.result?.['requestState'];
      if (typeof state !== 'string') throw new NotPlayable(`no requestState was handed out: ${answer.text}`);
      if (has('TAMPERED', 'FLIPPED', 'MODIFIED', 'CHANGED')) return flip(state);
      if (has('TRUNCATED')) return state.slice(0, -4);
      if (has('UPSTREAM', 'RAW')) return 'state-of-the-server';
      if (has('USED', 'REPLAYED', 'CONSUMED', 'SPENT')) {
        upstream.disarm();
        await callStateless(this.#caller(token), 'tools/call', { ...call, requestState: state, inputResponses: {} });
      }
      return state;
    } finally {
      upstream.disarm();
    }
  }

  /** The progress token of a call of grant B that waits for its answer while the case is played. */
  async #otherGrantsProgressToken(): Promise<string> {
    const { upstream } = this.#lane;
    const token = `progress-of-b-${this.#lane.slug}`;
    const arrived = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    upstream.arm({
      wants: (seen) => seen.body.includes(token) && seen.body.includes('"of":"b"'),
      respond(seen, response) {
        const id = seen.understood.kind === 'message' ? idOf(seen.understood.id) : null;
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        sendEvent(response, {
          jsonrpc: '2.0',
          method: 'notifications/progress',
          params: { progressToken: token, progress: 1 },
        });
        arrived.resolve();
        void released.promise.then(() => {
          sendEvent(response, { jsonrpc: '2.0', id, result: { resultType: 'complete', content: [] } });
          response.end();
        });
      },
    });
    const call = callStateless(
      this.#caller(this.#world.tokens.b),
      'tools/call',
      { name: 'search', arguments: BENIGN_CALLS['search'] },
      { meta: { progressToken: token, of: 'b' }, streamSilenceMs: 10_000 },
    );
    await arrived.promise;
    this.#afterwards.push(async () => {
      upstream.disarm();
      released.resolve();
      const answer = await call;
      const progress = answer.messages.filter((message) => message.method === 'notifications/progress');
      if (answer.kind !== 'result' || progress.length !== 1)
        throw new Error(`the other grant's call got ${progress.length} progress messages and ended as ${answer.kind}`);
    });
    return token;
  }

  #caller(token: string, slug = this.#lane.slug): Caller {
    return { gateway: this.#world.gateway, slug, token };
  }

  #otherLane(): Lane {
    return this.#world.lanes.find((lane) => lane !== this.#lane) as Lane;
  }
}

/** The text with one bit of a character in its middle turned. */
function flip(text: string): string {
  const middle = Math.floor(text.length / 2);
  return `${text.slice(0, middle)}${text[middle] === 'A' ? 'B' : 'A'}${text.slice(middle + 1)}`;
}
