/** The rules a call asks for while its answer comes back: editing lists, reviewing what else the server sends, sealing event ids. */
import type { JsonObject } from '../../core/mcp/json/value.ts';
import type { Message, RequestMessage } from '../../core/mcp/message.ts';
import type { Era } from '../../core/mcp/revisions.ts';
import type { DefinitionBook } from '../definitions/book.ts';
import type { Gateway } from '../gateway.ts';
import { sealEventId } from '../sessions/event-ids.ts';
import type { Session } from '../sessions/session.ts';
import type { GrantView, PolicyView, ServerView } from '../snapshot.ts';
import type { UpstreamConversation } from '../upstream/upstream.ts';
import { editResult, isEditedWhole } from './answer.ts';
import type { CallRules } from './call.ts';
import { reviewServerNotification, reviewServerRequest, type ServerMessageContext } from './server-message.ts';

export interface RelayParts {
  readonly gateway: Gateway;
  readonly grant: GrantView;
  readonly server: ServerView;
  readonly policy: PolicyView | null;
  readonly era: Era;
  readonly revision: string;
  readonly method: string;
  readonly book: DefinitionBook;
  readonly conversation: UpstreamConversation;
  readonly message: RequestMessage;
  /** The session the call belongs to, or the one that a handshake has opened by now. */
  session(): Session | undefined;
  isListed(toolName: string): boolean;
}

export class RelayRules implements CallRules {
  readonly isEditedWhole: boolean;
  readonly #parts: RelayParts;

  constructor(parts: RelayParts) {
    this.#parts = parts;
    this.isEditedWhole = isEditedWhole(parts.method, parts.era);
  }

  editResult(result: JsonObject): JsonObject | string {
    const { method, era, book } = this.#parts;
    if (era === 'stateless' && result['resultType'] !== undefined && result['resultType'] !== 'complete')
      return 'the server answered with an unknown resultType';
    const session = this.#parts.session();
    if (method === 'initialize' && session !== undefined && typeof result['protocolVersion'] === 'string')
      session.revision = result['protocolVersion'];
    return editResult(result, { method, era, book, isListed: (name) => this.#parts.isListed(name) });
  }

  cachedResult(resultBytes: Uint8Array): string | undefined {
    return this.#isCacheable() ? this.#parts.gateway.lists.get(this.#madeFrom(), resultBytes) : undefined;
  }

  rememberResult(resultBytes: Uint8Array, text: string): void {
    // Reviewing may have changed the book; what was rendered belongs to the state it is in now.
    if (this.#isCacheable()) this.#parts.gateway.lists.put(this.#madeFrom(), resultBytes, text);
  }

  reviewServerMessage(
    message: Exclude<Message, { kind: 'response' }>,
  ): string | undefined | Promise<string | undefined> {
    return message.kind === 'notification'
      ? reviewServerNotification(message, this.#context())
      : reviewServerRequest(message, this.#context());
  }

  sealEventId(upstreamId: string): string | undefined {
    const session = this.#parts.session();
    return session === undefined ? undefined : sealEventId(this.#parts.gateway.dependencies.keys, session, upstreamId);
  }

  #isCacheable(): boolean {
    return this.#parts.method === 'tools/list' || this.#parts.method === 'prompts/list';
  }

  #madeFrom(): string {
    const { server, method, era, book, policy } = this.#parts;
    return JSON.stringify([server.id, server.fingerprint, method, era, book.version, policy?.name, policy?.version]);
  }

  #context(): ServerMessageContext {
    const { gateway, grant, server, policy, era, revision, conversation, message, method } = this.#parts;
    const session = this.#parts.session();
    const meta = message.params?.['_meta'] as JsonObject | undefined;
    const ownToken = meta?.['progressToken'];
    return {
      gateway,
      grant,
      server,
      policy,
      era,
      revision,
      conversation,
      session,
      ownsProgress: (token) =>
        token === ownToken ||
        (session !== undefined && [...session.calls.values()].some((call) => call.progressToken === token)),
      subscription: method === 'subscriptions/listen' ? message.id : undefined,
    };
  }
}
