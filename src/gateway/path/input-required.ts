/**
 * Rounds of the stateless era in which a server asks for input before it goes on (MCP 2026-07-28, "Multi Round-Trip
 * Requests"). The client holds a state of the gateway's own, sealed to grant and server, that wraps the server's: a retry
 * is decided anew on the same arguments, belongs to the first call's units, and is good for one use.
 */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { secretFieldOf } from '../../core/mcp/elicitation.ts';
import { canonicalText } from '../../core/mcp/json/canonical.ts';
import { isJsonObject, type JsonObject, ownMember } from '../../core/mcp/json/value.ts';
import { SERVER_REQUESTS } from '../../core/mcp/methods.ts';
import { META, metaOf } from '../../core/mcp/request-meta.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { GatewayKeys } from '../dependencies.ts';
import type { Refusal } from './refusal.ts';

/** More rounds than any honest conversation needs; a server cannot keep a call open for ever. */
export const ROUNDS_MAX = 10;
export const CHAIN_MS = 10 * 60_000;

const ChainState = z.strictObject({
  method: z.string(),
  /** Tool or prompt name, resource URI. */
  subject: z.string(),
  /** Keyed hash over everything of the request but its answers: arguments must be the ones that were decided on. */
  digest: z.string(),
  chain: z.string(),
  /** The round this state opens: 1 is the first retry. */
  round: z.number().int(),
  /** Milliseconds since the epoch. */
  expiresAt: z.number().int(),
  /** The server's own state; absent where it gave none. */
  upstream: z.string().optional(),
});
export type ChainState = z.infer<typeof ChainState>;

/** Members of params that may differ between the rounds of one call. */
const ROUND_MEMBERS = new Set(['requestState', 'inputResponses', '_meta']);

/** The state that lets a client go on, as text for its `requestState`. */
export function sealChain(keys: GatewayKeys, place: ChainPlace, state: ChainState): string {
  return keys.seal(JSON.stringify(state), contextOf(place));
}

export interface ChainPlace {
  readonly grant: string;
  readonly server: string;
}

/**
 * The chain a retry belongs to; undefined for a request without `requestState`. A state of another grant or server, or one
 * that was changed, cannot be opened and is refused as invalid; what it was made for is compared by `chainProblem`.
 */
export function openChain(
  keys: GatewayKeys,
  place: ChainPlace,
  params: JsonObject | undefined,
): Result<ChainState | undefined, Refusal> {
  const sealed = params === undefined ? undefined : ownMember(params, 'requestState');
  if (sealed === undefined) return ok(undefined);
  const opened = typeof sealed === 'string' ? keys.open(sealed, contextOf(place)) : undefined;
  if (opened === undefined)
    return err({
      reason: 'request-state',
      detail: 'requestState was not handed out to this grant for this server, or was changed',
    });
  return ok(ChainState.parse(JSON.parse(opened)));
}

/** Why a retry does not go with its state: the sentence for the agent, or undefined. */
export function chainProblem(
  state: ChainState,
  request: { readonly method: string; readonly subject: string; readonly digest: string },
  now: number,
): string | undefined {
  if (state.method !== request.method || state.subject !== request.subject)
    return 'This requestState belongs to another request.';
  if (state.digest !== request.digest)
    return 'The arguments are not those of the call this requestState belongs to. Begin a new call without requestState.';
  return now >= state.expiresAt ? 'This requestState has expired. Begin a new call without it.' : undefined;
}

/** The keyed hash of what must stay the same between the rounds of a call. */
export function chainDigest(params: JsonObject | undefined, hash: (text: string) => string): string {
  const kept = Object.entries(params ?? {}).filter(([name]) => !ROUND_MEMBERS.has(name));
  return hash(canonicalText(Object.fromEntries(kept)));
}

/** The state of the next round of a chain, or of a new one. */
export function nextChain(
  previous: ChainState | undefined,
  request: { readonly method: string; readonly subject: string; readonly digest: string },
  upstream: string | undefined,
  now: number,
): ChainState {
  return {
    method: request.method,
    subject: request.subject,
    digest: request.digest,
    chain: previous?.chain ?? randomBytes(12).toString('base64url'),
    round: (previous?.round ?? 0) + 1,
    expiresAt: previous?.expiresAt ?? now + CHAIN_MS,
    ...(upstream === undefined ? {} : { upstream }),
  };
}

/** The params as the server gets them: its own state in place of ours. */
export function unwrapChain(params: JsonObject, state: ChainState): JsonObject {
  const { requestState: _ours, ...rest } = params;
  return state.upstream === undefined ? rest : { ...rest, requestState: state.upstream };
}

/** One thing a server asks of the client inside `inputRequests`. */
export interface InputRequest {
  readonly key: string;
  readonly method: string;
  readonly params: JsonObject;
}

/** What a server asks for, or the sentence why its result is nonsense: unknown methods, capabilities that nobody declared. */
export function inputRequestsOf(
  result: JsonObject,
  requestParams: JsonObject | undefined,
): readonly InputRequest[] | string {
  const requests = ownMember(result, 'inputRequests');
  if (requests === undefined || requests === null) return [];
  if (!isJsonObject(requests)) return 'the server asks for input in a form that is no object';
  const meta = metaOf(requestParams);
  const declared = meta === undefined ? undefined : ownMember(meta, META.clientCapabilities);
  const found: InputRequest[] = [];
  for (const [key, request] of Object.entries(requests)) {
    const method = isJsonObject(request) ? ownMember(request, 'method') : undefined;
    if (typeof method !== 'string' || SERVER_REQUESTS.get(method)?.eras.includes('stateless') !== true)
      return 'the server asks for input by an unknown method';
    const params = ownMember(request as JsonObject, 'params');
    const capability = method.slice(0, method.indexOf('/'));
    if (declared === undefined || !isJsonObject(declared) || !Object.hasOwn(declared, capability))
      return `the server asks for ${capability}, which the client did not declare`;
    found.push({ key, method, params: params !== undefined && isJsonObject(params) ? params : {} });
  }
  return found;
}

/** Why a form must not reach a person; undefined for everything else. */
export function formProblem(method: string, params: JsonObject): string | undefined {
  const field = method === 'elicitation/create' ? secretFieldOf(params) : undefined;
  return field === undefined
    ? undefined
    : 'The server asks for a secret in a form; secrets are asked for by URL mode only.';
}

function contextOf(place: ChainPlace): string {
  return `request state/${place.grant}/${place.server}`;
}
