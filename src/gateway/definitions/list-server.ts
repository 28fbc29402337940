/**
 * The gateway's own look at a server: which eras it speaks, and what it lists. Done before the first call, so that
 * nothing is called that was not seen, and again when the server says that its lists changed.
 */

import { isJsonObject, type JsonObject, type JsonValue, ownMember } from '../../core/mcp/json/value.ts';
import { encodeHeaderValue } from '../../core/mcp/mirrored-headers.ts';
import { META } from '../../core/mcp/request-meta.ts';
import { type Era, INITIALIZE_REVISIONS, STATELESS_REVISIONS } from '../../core/mcp/revisions.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { type AskFailure, ask } from '../upstream/ask.ts';
import type { OutboundMessage, UpstreamConversation } from '../upstream/upstream.ts';

/** What a server showed in one era; the items are as it sent them. */
export interface Listing {
  readonly era: Era;
  readonly revision: string;
  readonly tools: readonly JsonObject[];
  readonly prompts: readonly JsonObject[];
  readonly resourceTemplates: readonly JsonObject[];
  readonly instructions: string | undefined;
  readonly capabilities: JsonObject;
  readonly serverInfo: JsonValue | undefined;
}

export interface ListingBounds {
  readonly timeoutMs: number;
}

/** More pages than any honest list has; a cursor that never ends is cut here. */
const PAGES_MAX = 100;
const ITEMS_MAX = 20_000;
const CLIENT_INFO = { name: 'callgate', version: '1' };
const REVISION_STATELESS = STATELESS_REVISIONS[0];
const REVISION_INITIALIZE = INITIALIZE_REVISIONS[0];

/**
 * Lists a server in one era over a conversation made for it. `wrong-era` says that the server answered and does not
 * speak that era; every other failure names what went wrong.
 */
export async function listServer(
  conversation: UpstreamConversation,
  era: Era,
  bounds: ListingBounds,
): Promise<Result<Listing, { readonly kind: 'wrong-era' | 'failed'; readonly detail: string }>> {
  const deadline = performance.now() + bounds.timeoutMs;
  let nextId = 0;
  let revision: string = era === 'stateless' ? REVISION_STATELESS : REVISION_INITIALIZE;
  const request = (method: string, params: JsonObject): Promise<Result<JsonObject, AskFailure>> => {
    nextId += 1;
    const remaining = Math.max(1, deadline - performance.now());
    return ask(conversation, outbound('request', nextId, method, params, era, revision), remaining);
  };
  const opening =
    era === 'stateless'
      ? await request('server/discover', {})
      : await request('initialize', { protocolVersion: revision, capabilities: {}, clientInfo: CLIENT_INFO });
  if (!opening.ok)
    return err({ kind: isWrongEra(opening.error, era) ? 'wrong-era' : 'failed', detail: describe(opening.error) });
  const first = opening.value;
  if (era === 'initialize') {
    if (typeof first['protocolVersion'] !== 'string')
      return err({ kind: 'failed', detail: 'the server answered initialize without a protocolVersion' });
    revision = first['protocolVersion'];
    const initialized = await ask(
      conversation,
      outbound('notification', undefined, 'notifications/initialized', {}, era, revision),
      Math.max(1, deadline - performance.now()),
    );
    if (!initialized.ok && initialized.error.kind !== 'failed')
      return err({ kind: 'failed', detail: describe(initialized.error) });
  } else if (!Array.isArray(first['supportedVersions']) || !first['supportedVersions'].includes(revision)) {
    return err({ kind: 'wrong-era', detail: `the server does not support ${revision}` });
  }
  const capabilities = isJsonObject(first['capabilities'] ?? null) ? (first['capabilities'] as JsonObject) : {};
  const lists: Record<'tools' | 'prompts' | 'resourceTemplates', JsonObject[]> = {
    tools: [],
    prompts: [],
    resourceTemplates: [],
  };
  for (const [method, member, capability] of [
    ['tools/list', 'tools', 'tools'],
    ['prompts/list', 'prompts', 'prompts'],
    ['resources/templates/list', 'resourceTemplates', 'resources'],
  ] as const) {
    if (!Object.hasOwn(capabilities, capability)) continue;
    const items = await allPages(method, member, request);
    if (items.ok) lists[member] = items.value;
    // A server may declare a capability and leave an optional list out; its tools it must list.
    else if (member === 'tools' || items.error.kind !== 'rpc-error')
      return err({ kind: 'failed', detail: `${method}: ${describe(items.error)}` });
  }
  const instructions = ownMember(first, 'instructions');
  const serverInfo = era === 'initialize' ? ownMember(first, 'serverInfo') : statelessServerInfo(first);
  return ok({
    era,
    revision,
    ...lists,
    instructions: typeof instructions === 'string' ? instructions : undefined,
    capabilities,
    serverInfo,
  });
}

async function allPages(
  method: string,
  member: string,
  request: (method: string, params: JsonObject) => Promise<Result<JsonObject, AskFailure>>,
): Promise<Result<JsonObject[], AskFailure>> {
  const items: JsonObject[] = [];
  const cursors = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer = await request(method, cursor === undefined ? {} : { cursor });
    if (!answer.ok) return answer;
    const list = answer.value[member];
    if (!Array.isArray(list)) return err({ kind: 'failed', detail: `the answer has no list \`${member}\`` });
    items.push(...list.filter(isJsonObject));
    if (items.length > ITEMS_MAX) return err({ kind: 'failed', detail: `more than ${ITEMS_MAX} items` });
    const next = answer.value['nextCursor'];
    if (typeof next !== 'string') return ok(items);
    if (cursors.has(next)) return err({ kind: 'failed', detail: 'the pages repeat their cursor' });
    cursors.add(next);
    cursor = next;
  }
  return err({ kind: 'failed', detail: `more than ${PAGES_MAX} pages` });
}

/** A message of the gateway's own, with what its era demands of every request. */
export function outbound(
  kind: 'request' | 'notification',
  id: number | undefined,
  method: string,
  params: JsonObject,
  era: Era,
  revision: string,
): OutboundMessage {
  const isStateless = era === 'stateless';
  const meta = { [META.protocolVersion]: revision, [META.clientInfo]: CLIENT_INFO, [META.clientCapabilities]: {} };
  const sent = isStateless ? { ...params, _meta: meta } : params;
  return {
    kind,
    value: { jsonrpc: '2.0', ...(id === undefined ? {} : { id }), method, params: sent },
    method,
    id,
    revision,
    headers: isStateless ? { 'mcp-protocol-version': revision, 'mcp-method': encodeHeaderValue(method) } : {},
  };
}

/** An answer that belongs to the other era: the method is unknown, the version is not supported, or the request itself was refused. */
function isWrongEra(failure: AskFailure, era: Era): boolean {
  if (failure.kind === 'failed') return false;
  if (failure.kind === 'refused')
    return (
      failure.status >= 400 &&
      failure.status < 500 &&
      failure.status !== 401 &&
      failure.status !== 403 &&
      failure.status !== 429
    );
  // Whatever a server of the initialize era says to server/discover, it is no stateless server; and a stateless one names its versions.
  return era === 'stateless'
    ? failure.code !== -32603
    : failure.code === -32022 || failure.code === -32601 || failure.code === -32602;
}

function statelessServerInfo(result: JsonObject): JsonValue | undefined {
  const meta = ownMember(result, '_meta');
  return meta !== undefined && isJsonObject(meta) ? ownMember(meta, META.serverInfo) : undefined;
}

function describe(failure: AskFailure): string {
  switch (failure.kind) {
    case 'failed':
      return failure.detail;
    case 'rpc-error':
      return `the server answered with the error ${failure.code}: ${failure.message.slice(0, 200)}`;
    case 'refused':
      return failure.status === 401 || failure.status === 403
        ? `the server answered ${failure.status}: it wants a credential that its entry does not have, or refuses the one it has`
        : `the server answered with HTTP status ${failure.status}`;
  }
}
