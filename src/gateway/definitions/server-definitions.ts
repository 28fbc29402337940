/**
 * The books of one server, one for each era it speaks. A book is made from the store's pins or, the first time, from a
 * listing of the gateway's own; then the server is listed again in the background, so that a change made while nobody
 * looked is held back before somebody calls it.
 */

import type { Era } from '../../core/mcp/revisions.ts';
import type { DefinitionStore } from '../../core/organisation/definitions.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Log } from '../../telemetry/log.ts';
import type { UpstreamConversation, UpstreamFailure } from '../upstream/upstream.ts';
import { DefinitionBook, type SchemaCompiler, type ToolClassifier } from './book.ts';
import { listServer } from './list-server.ts';

export interface DefinitionsParts {
  readonly serverId: string;
  readonly slug: string;
  /** Lists made with different credentials are pinned apart. */
  readonly credential: string;
  readonly store: DefinitionStore;
  readonly compileSchema: SchemaCompiler;
  readonly classifyTool: ToolClassifier;
  readonly listingTimeoutMs: number;
  readonly now: () => number;
  readonly log: Log;
  /** A conversation for listing only. */
  converse(era: Era): Promise<Result<UpstreamConversation, UpstreamFailure>>;
}

export type Unlisted =
  /** The server answered and does not speak that era. */
  { readonly kind: 'wrong-era'; readonly detail: string } | { readonly kind: 'unavailable'; readonly detail: string };

interface EraState {
  book: DefinitionBook | undefined;
  opening: Promise<Result<DefinitionBook, Unlisted>> | undefined;
  /** A failure is answered from memory until then, so that a server that is down is not asked once for every message. */
  failure: { readonly unlisted: Unlisted; readonly until: number; readonly attempts: number } | undefined;
  refreshing: Promise<void> | undefined;
}

const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 30_000;
/** How long "does not speak that era" is believed: a server may be replaced by a newer one at any time. */
const WRONG_ERA_MS = 10 * 60_000;

export class ServerDefinitions {
  readonly #parts: DefinitionsParts;
  readonly #eras: Record<Era, EraState> = { initialize: emptyState(), stateless: emptyState() };

  constructor(parts: DefinitionsParts) {
    this.#parts = parts;
  }

  /** The book, where it is ready: the usual case on the request path, without waiting. */
  ready(era: Era): DefinitionBook | undefined {
    return this.#eras[era].book;
  }

  /** The book of an era; lists the server first where that was never done. */
  open(era: Era): Promise<Result<DefinitionBook, Unlisted>> {
    const state = this.#eras[era];
    if (state.book !== undefined) return Promise.resolve(ok(state.book));
    if (state.failure !== undefined && this.#parts.now() < state.failure.until)
      return Promise.resolve(err(state.failure.unlisted));
    state.opening ??= this.#open(era, state).finally(() => {
      state.opening = undefined;
    });
    return state.opening;
  }

  /** Lists again, at most one listing at a time; new and changed items are held back. */
  refresh(era: Era): Promise<void> {
    const state = this.#eras[era];
    const book = state.book;
    if (book === undefined) return Promise.resolve();
    state.refreshing ??= this.#list(era)
      .then((listing) => {
        if (listing.ok) book.takeListing(listing.value, false);
        else this.#parts.log.warn('listing-failed', { server: this.#parts.slug, era, detail: listing.error.detail });
      })
      .finally(() => {
        state.refreshing = undefined;
      });
    return state.refreshing;
  }

  /** Reads the pins anew: somebody accepted held items, or another process listed. */
  async reload(): Promise<void> {
    for (const era of ['initialize', 'stateless'] as const) {
      const { book } = this.#eras[era];
      if (book === undefined) continue;
      const pinned = await this.#parts.store.load(this.#parts.serverId, this.#parts.credential, era);
      if (pinned !== undefined) book.replace(pinned);
    }
  }

  /** For `/readyz` and `status`: what is known of the server. */
  describe(): { readonly era: Era; readonly tools: number | undefined; readonly problem: string | undefined }[] {
    return (['initialize', 'stateless'] as const).map((era) => {
      const state = this.#eras[era];
      return {
        era,
        tools: state.book?.toolNames().length,
        problem: state.failure?.unlisted.kind === 'unavailable' ? state.failure.unlisted.detail : undefined,
      };
    });
  }

  async #open(era: Era, state: EraState): Promise<Result<DefinitionBook, Unlisted>> {
    const { store, serverId, credential, now } = this.#parts;
    const pinned = await store.load(serverId, credential, era);
    if (pinned !== undefined) {
      state.book = this.#book(era, pinned);
      void this.refresh(era);
      return ok(state.book);
    }
    const listing = await this.#list(era);
    if (!listing.ok) {
      const attempts = (state.failure?.attempts ?? 0) + 1;
      const pause =
        listing.error.kind === 'wrong-era'
          ? WRONG_ERA_MS
          : Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** (attempts - 1));
      state.failure = { unlisted: listing.error, until: now() + pause, attempts };
      this.#parts.log.info('listing-failed', { server: this.#parts.slug, era, detail: listing.error.detail });
      return err(listing.error);
    }
    const book = this.#book(era, []);
    book.takeListing(listing.value, true);
    await store.record(serverId, credential, era, { put: [], drop: [] });
    state.failure = undefined;
    state.book = book;
    return ok(book);
  }

  #book(era: Era, pinned: ConstructorParameters<typeof DefinitionBook>[0]): DefinitionBook {
    const { store, serverId, credential, compileSchema, classifyTool, now, log, slug } = this.#parts;
    // Pins are written in the order they were made; a write that fails is told, and made again with the next listing.
    let writes = Promise.resolve();
    return new DefinitionBook(pinned, {
      compileSchema,
      classifyTool,
      save(change) {
        writes = writes
          .then(() => store.record(serverId, credential, era, change))
          .catch((error: unknown) => log.error('pins-not-written', { server: slug, era, detail: String(error) }));
      },
      now,
    });
  }

  async #list(era: Era): Promise<Result<Parameters<DefinitionBook['takeListing']>[0], Unlisted>> {
    const conversation = await this.#parts.converse(era);
    if (!conversation.ok) return err({ kind: 'unavailable', detail: conversation.error.detail });
    try {
      const listing = await listServer(conversation.value, era, { timeoutMs: this.#parts.listingTimeoutMs });
      if (listing.ok) return listing;
      return err({
        kind: listing.error.kind === 'wrong-era' ? 'wrong-era' : 'unavailable',
        detail: listing.error.detail,
      });
    } finally {
      void conversation.value.end();
    }
  }
}

function emptyState(): EraState {
  return { book: undefined, opening: undefined, failure: undefined, refreshing: undefined };
}
