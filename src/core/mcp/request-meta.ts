/** What every stateless-era request says of itself in `params._meta` (MCP 2026-07-28, "Request metadata"). */
import { isJsonObject, type JsonObject, ownMember } from './json/value.ts';

export const META = {
  protocolVersion: 'io.modelcontextprotocol/protocolVersion',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  logLevel: 'io.modelcontextprotocol/logLevel',
  serverInfo: 'io.modelcontextprotocol/serverInfo',
  subscriptionId: 'io.modelcontextprotocol/subscriptionId',
} as const;

export interface RequestMeta {
  readonly protocolVersion: string;
  readonly clientCapabilities: JsonObject;
  readonly clientInfo: JsonObject | undefined;
}

/** `_meta` of a request's params where it is an object. */
export function metaOf(params: JsonObject | undefined): JsonObject | undefined {
  const meta = params === undefined ? undefined : ownMember(params, '_meta');
  return meta !== undefined && isJsonObject(meta) ? meta : undefined;
}

/** True when the request claims the stateless era: it names a protocol version in its own `_meta`. */
export function claimsStateless(params: JsonObject | undefined): boolean {
  const meta = metaOf(params);
  return meta !== undefined && Object.hasOwn(meta, META.protocolVersion);
}

/** The required members, or the sentence that names what is missing or malformed (the caller answers -32602). */
export function readRequestMeta(params: JsonObject | undefined): RequestMeta | string {
  const meta = metaOf(params);
  if (meta === undefined) return 'params._meta is missing; a request of this protocol version needs it';
  const protocolVersion = ownMember(meta, META.protocolVersion);
  const clientCapabilities = ownMember(meta, META.clientCapabilities);
  const clientInfo = ownMember(meta, META.clientInfo);
  if (typeof protocolVersion !== 'string') return `params._meta["${META.protocolVersion}"] is missing or not a string`;
  if (clientCapabilities === undefined || !isJsonObject(clientCapabilities)) {
    return `params._meta["${META.clientCapabilities}"] is missing or not an object`;
  }
  if (clientInfo !== undefined && (!isJsonObject(clientInfo) || typeof clientInfo['name'] !== 'string')) {
    return `params._meta["${META.clientInfo}"] is not an object with a name`;
  }
  return { protocolVersion, clientCapabilities, clientInfo };
}
