/** The rules a call asks for while its answer comes back: editing results, reviewing what else the server sends, sealing event ids. */
import { isJsonObject, type JsonObject, ownMember } from '../../core/mcp/json/value.ts';
import type { Message } from '../../core/mcp/message.ts';
import { SERVER_REQUESTS } from '../../core/mcp/methods.ts';
import type { Gateway } from '../gateway.ts';
import { sealEventId } from '../sessions/event-ids.ts';
import type { Session } from '../sessions/session.ts';
import { editResult, isEditedWhole } from './answer.ts';
import type { CallRules, EditedResult } from './call.ts';
import type { Exchange } from './exchange.ts';
import { chainDigest, type InputRequest, inputRequestsOf, nextChain, ROUNDS_MAX, sealChain } from './input-required.ts';
import { refusedMessage } from './respond.ts';
import {
  decideServerRequest,
  reviewServerNotification,
  reviewServerRequest,
  type ServerMessageContext,
} from './server-message.ts';
import type { CallStart } from './start-call.ts';

export interface RelayParts {
  readonly gateway: Gateway;
  readonly exchange: Exchange;
  readonly start: CallStart;
  /** The session the call belongs to, or the one that a handshake has opened by now. */
  session(): Session | undefined;
  isListed(toolName: string): boolean;
}

/** Requests whose result may ask for input first (MCP 2026-07-28, "Multi Round-Trip Requests"). */
const MAY_ASK_FOR_INPUT: ReadonlySet<string> = new Set(['tools/call', 'prompts/get', 'resources/read']);

export class RelayRules implements CallRules {
  readonly isEditedWhole: boolean;
  readonly #parts: RelayParts;

  constructor(parts: RelayParts) {
    this.#parts = parts;
    this.isEditedWhole = isEditedWhole(parts.start.message.method, parts.start.era);
  }

  editResult(result: JsonObject): EditedResult | Promise<EditedResult> {
    const { message, era, book } = this.#parts.start;
    const resultType = ownMember(result, 'resultType');
    if (era === 'stateless') {
      if (resultType === 'input_required') return this.#askForInput(result);
      if (resultType !== undefined && resultType !== 'complete')
        return { nonsense: 'the server answered with an unknown resultType' };
      if (Object.hasOwn(result, 'requestState') || Object.hasOwn(result, 'inputRequests'))
        return { nonsense: 'the server completed a call and asked for input in one answer' };
    }
    const session = this.#parts.session();
    if (message.method === 'initialize' && session !== undefined && typeof result['protocolVersion'] === 'string')
      session.revision = result['protocolVersion'];
    const edited = editResult(result, {
      method: message.method,
      era,
      book,
      isListed: (name) => this.#parts.isListed(name),
    });
    return typeof edited === 'string' ? { nonsense: edited } : { result: edited };
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

  /** The server asks for input: each thing it asks for is decided on and recorded, and the state becomes the gateway's own. */
  async #askForInput(result: JsonObject): Promise<EditedResult> {
    const { gateway, exchange, start } = this.#parts;
    const { message, chain, subject } = start;
    if (!MAY_ASK_FOR_INPUT.has(message.method))
      return { nonsense: `the server asked for input in answer to ${message.method}` };
    if ((chain?.round ?? 0) >= ROUNDS_MAX)
      return { nonsense: `the server asked for input more than ${ROUNDS_MAX} times` };
    const upstream = ownMember(result, 'requestState');
    if (upstream !== undefined && typeof upstream !== 'string')
      return { nonsense: "the server's requestState is no string" };
    const requests = inputRequestsOf(result, start.outbound.value['params'] as JsonObject | undefined);
    if (typeof requests === 'string') return { nonsense: requests };
    for (const request of requests) {
      const refusal = await this.#decideInput(request);
      if (refusal !== undefined) return { refusal };
    }
    const { keys } = gateway.dependencies;
    const digest = chainDigest(message.params, gateway.hashArguments);
    const next = nextChain(chain, { method: message.method, subject, digest }, upstream, gateway.dependencies.now());
    const place = { grant: exchange.grant.id, server: exchange.server.id };
    return { result: { ...result, requestState: sealChain(keys, place, next) } };
  }

  /** The refusal that takes the result's place, or undefined when the client may be asked. */
  async #decideInput(request: InputRequest): Promise<string | undefined> {
    const { message, era } = this.#parts.start;
    const entry = SERVER_REQUESTS.get(request.method);
    if (entry === undefined) return undefined;
    const decision = await decideServerRequest(request.method, request.params, entry, this.#context());
    return decision.refused === undefined ? undefined : refusedMessage(message, era, decision.refused);
  }

  #isCacheable(): boolean {
    const { method } = this.#parts.start.message;
    return method === 'tools/list' || method === 'prompts/list';
  }

  #madeFrom(): string {
    const { server, policy } = this.#parts.exchange;
    const { message, era, book } = this.#parts.start;
    return JSON.stringify([
      server.id,
      server.fingerprint,
      message.method,
      era,
      book.version,
      policy?.name,
      policy?.version,
    ]);
  }

  #context(): ServerMessageContext {
    const { gateway, exchange, start } = this.#parts;
    const session = this.#parts.session();
    const meta = start.message.params?.['_meta'];
    const ownToken = meta !== undefined && isJsonObject(meta) ? ownMember(meta, 'progressToken') : undefined;
    return {
      gateway,
      grant: exchange.grant,
      server: exchange.server,
      policy: exchange.policy,
      era: start.era,
      revision: start.revision,
      clientName: session?.clientName,
      conversation: start.conversation,
      session,
      ownsProgress: (token) =>
        token === ownToken ||
        (session !== undefined && [...session.calls.values()].some((call) => call.progressToken === token)),
      subscription: start.message.method === 'subscriptions/listen' ? start.message.id : undefined,
    };
  }
}
