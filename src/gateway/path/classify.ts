/**
 * Which era and revision a message belongs to, and whether its headers say what its body says. Body first: a request
 * that claims a version in its own `_meta` is stateless; the headers are cross-checked, never trusted (MCP 2026-07-28
 * transports, "Version Negotiation" and "Standard Request Headers").
 */
import {
  duplicateUnderFolding,
  isFoldedVariantOf,
  type KnownKeys,
  knownKeys,
} from '../../core/mcp/json/folded-keys.ts';
import { isJsonObject, type JsonObject, ownMember } from '../../core/mcp/json/value.ts';
import type { Message, NotificationMessage, RequestMessage } from '../../core/mcp/message.ts';
import { CLIENT_NOTIFICATIONS, CLIENT_REQUESTS, type MethodEntry } from '../../core/mcp/methods.ts';
import { decodeHeaderValue } from '../../core/mcp/mirrored-headers.ts';
import { claimsStateless, META, metaOf, readRequestMeta } from '../../core/mcp/request-meta.ts';
import { ASSUMED_REVISION, type Era, eraOf, isServedRevision, STATELESS_REVISIONS } from '../../core/mcp/revisions.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Refusal } from './refusal.ts';

export interface Classified {
  readonly era: Era;
  readonly revision: string;
  readonly message: Message;
  /** Table entry of the method; undefined for a response. */
  readonly entry: MethodEntry | undefined;
  /** What is touched: tool or prompt name, resource URI. */
  readonly subject: string | undefined;
  /** `clientInfo.name` where the message says it. */
  readonly clientName: string | undefined;
}

/** Members of `params` and `_meta` that decide something: a key that folds to one of them without being it is refused. */
const PARAMS = [
  'name',
  'arguments',
  'uri',
  'ref',
  'argument',
  '_meta',
  'requestState',
  'inputResponses',
  'cursor',
  'task',
  'notifications',
  'requestId',
  'progressToken',
  'protocolVersion',
  'capabilities',
  'clientInfo',
  'level',
];
const META_KEYS: readonly string[] = [...Object.values(META), 'progressToken'];
const PARAMS_SET = new Set(PARAMS);
const META_SET = new Set(META_KEYS);
const PARAMS_KNOWN = knownKeys(PARAMS);
const META_KNOWN = knownKeys(META_KEYS);

/** Takes one parsed message and the request's headers; gives its era, revision and subject, or why it is refused. */
export function classify(message: Message, headers: ReadonlyMap<string, string>): Result<Classified, Refusal> {
  const versionHeader = headers.get('mcp-protocol-version')?.trim();
  if (message.kind === 'response') return classifyResponse(message, headers, versionHeader);
  const lookAlike = lookAlikeProblem(message.params);
  if (lookAlike !== undefined) return err({ reason: 'invalid-params', detail: lookAlike });
  const era =
    claimsStateless(message.params) || (versionHeader !== undefined && eraOf(versionHeader) === 'stateless')
      ? 'stateless'
      : 'initialize';
  const version =
    era === 'stateless' ? statelessRevision(message, versionHeader) : initializeRevision(message, versionHeader);
  if (!version.ok) return version;
  const mismatch = headerProblem(message, era, headers);
  if (mismatch !== undefined) return err({ reason: 'header-mismatch', detail: mismatch });
  const entry = methodEntry(message, era);
  if (!entry.ok) return entry;
  const subject = subjectOf(message.params, entry.value);
  if (!subject.ok) return subject;
  return ok({
    era,
    revision: version.value,
    message,
    entry: entry.value,
    subject: subject.value,
    clientName: clientNameOf(message),
  });
}

function classifyResponse(
  message: Message,
  headers: ReadonlyMap<string, string>,
  versionHeader: string | undefined,
): Result<Classified, Refusal> {
  const isStateless = versionHeader !== undefined && eraOf(versionHeader) === 'stateless';
  if (isStateless)
    return err({ reason: 'invalid-request', detail: 'a client of this protocol version posts no responses' });
  if (headers.has('mcp-method') || headers.has('mcp-name'))
    return err({ reason: 'header-mismatch', detail: 'a response has no Mcp-Method or Mcp-Name' });
  const revision = initializeHeader(versionHeader);
  if (!revision.ok) return revision;
  return ok({
    era: 'initialize',
    revision: revision.value,
    message,
    entry: undefined,
    subject: undefined,
    clientName: undefined,
  });
}

function statelessRevision(
  message: RequestMessage | NotificationMessage,
  versionHeader: string | undefined,
): Result<string, Refusal> {
  const meta = readRequestMeta(message.params);
  if (typeof meta === 'string') {
    // A notification may leave the envelope to its headers.
    if (message.kind === 'notification' && versionHeader !== undefined && !claimsStateless(message.params))
      return servedStateless(versionHeader);
    return err({ reason: 'invalid-params', detail: meta });
  }
  if (versionHeader !== undefined && versionHeader !== meta.protocolVersion) {
    return err({ reason: 'header-mismatch', detail: 'MCP-Protocol-Version is not the version in params._meta' });
  }
  return servedStateless(meta.protocolVersion);
}

function servedStateless(revision: string): Result<string, Refusal> {
  if (isServedRevision(revision, 'stateless')) return ok(revision);
  return err({
    reason: 'unsupported-version',
    detail: `this gateway serves ${STATELESS_REVISIONS.join(', ')} and initialize-era versions`,
    data: { supported: [...STATELESS_REVISIONS], requested: revision },
  });
}

function initializeRevision(
  message: RequestMessage | NotificationMessage,
  versionHeader: string | undefined,
): Result<string, Refusal> {
  if (message.kind === 'request' && message.method === 'initialize') {
    const requested = message.params === undefined ? undefined : ownMember(message.params, 'protocolVersion');
    if (typeof requested !== 'string')
      return err({ reason: 'invalid-params', detail: 'initialize needs a protocolVersion' });
    return ok(requested);
  }
  return initializeHeader(versionHeader);
}

function initializeHeader(versionHeader: string | undefined): Result<string, Refusal> {
  if (versionHeader === undefined) return ok(ASSUMED_REVISION);
  if (isServedRevision(versionHeader, 'initialize')) return ok(versionHeader);
  return err({
    reason: 'unsupported-version',
    detail: 'MCP-Protocol-Version names a version this gateway does not know',
  });
}

/** Mirrored headers must say what the body says; the stateless era also demands them on every request. */
function headerProblem(
  message: RequestMessage | NotificationMessage,
  era: Era,
  headers: ReadonlyMap<string, string>,
): string | undefined {
  const isRequired = era === 'stateless' && message.kind === 'request';
  if (isRequired && !headers.has('mcp-protocol-version')) return 'the MCP-Protocol-Version header is missing';
  const method = headers.get('mcp-method');
  if (method === undefined && isRequired) return 'the Mcp-Method header is missing';
  if (method !== undefined && method.trim() !== message.method) return 'Mcp-Method is not the method of the body';
  const field = headers.get('mcp-name');
  const entry = CLIENT_REQUESTS.get(message.method);
  const mirrored =
    entry?.mirrored === true && message.params !== undefined
      ? ownMember(message.params, entry.subject as string)
      : undefined;
  const expected = typeof mirrored === 'string' ? mirrored : undefined;
  if (field === undefined) return isRequired && expected !== undefined ? 'the Mcp-Name header is missing' : undefined;
  if (entry?.mirrored !== true) return undefined;
  const decoded = decodeHeaderValue(field);
  if (decoded === undefined) return 'Mcp-Name is not valid base64 of UTF-8 text';
  return decoded === expected ? undefined : 'Mcp-Name is not the name in the body';
}

function methodEntry(message: RequestMessage | NotificationMessage, era: Era): Result<MethodEntry, Refusal> {
  const table = message.kind === 'request' ? CLIENT_REQUESTS : CLIENT_NOTIFICATIONS;
  const entry = table.get(message.method);
  if (entry?.eras.includes(era) === true) return ok(entry);
  if (message.kind === 'notification' && CLIENT_REQUESTS.has(message.method)) {
    return err({ reason: 'invalid-request', detail: 'a request without `id` would be executed without an answer' });
  }
  const detail = 'the method is not in this protocol version';
  if (era === 'stateless') return err({ reason: 'unknown-method', detail });
  // 404 would tell a client of this era that its session is over.
  return err({ reason: message.kind === 'request' ? 'unknown-session-method' : 'invalid-request', detail });
}

function subjectOf(params: JsonObject | undefined, entry: MethodEntry): Result<string | undefined, Refusal> {
  if (entry.subject === undefined) return ok(undefined);
  const value = params === undefined ? undefined : ownMember(params, entry.subject);
  if (entry.subject === 'ref') {
    const inner =
      value !== undefined && isJsonObject(value) ? (ownMember(value, 'name') ?? ownMember(value, 'uri')) : undefined;
    return typeof inner === 'string'
      ? ok(inner)
      : err({ reason: 'invalid-params', detail: '`ref` needs a name or a uri' });
  }
  if (typeof value !== 'string')
    return err({ reason: 'invalid-params', detail: `\`${entry.subject}\` is missing or not a string` });
  if (entry.treatment === 'tool') {
    const args = params === undefined ? undefined : ownMember(params, 'arguments');
    if (args !== undefined && !isJsonObject(args))
      return err({ reason: 'invalid-params', detail: '`arguments` is not an object' });
  }
  return ok(value);
}

function clientNameOf(message: RequestMessage | NotificationMessage): string | undefined {
  const holder = message.method === 'initialize' ? message.params : metaOf(message.params);
  const info =
    holder === undefined
      ? undefined
      : ownMember(holder, message.method === 'initialize' ? 'clientInfo' : META.clientInfo);
  const name = info !== undefined && isJsonObject(info) ? ownMember(info, 'name') : undefined;
  return typeof name === 'string' ? name.slice(0, 128) : undefined;
}

function lookAlikeProblem(params: JsonObject | undefined): string | undefined {
  if (params === undefined) return undefined;
  const meta = metaOf(params);
  return (
    lookAlikesIn(params, PARAMS_SET, PARAMS_KNOWN, 'params') ??
    (meta === undefined ? undefined : lookAlikesIn(meta, META_SET, META_KNOWN, 'params._meta'))
  );
}

function lookAlikesIn(
  object: JsonObject,
  exact: ReadonlySet<string>,
  known: KnownKeys,
  where: string,
): string | undefined {
  // Known keys fold to different texts, so an object of known keys only has no look-alikes: the usual case, decided at once.
  const unknown = Object.keys(object).filter((key) => !exact.has(key));
  if (unknown.length === 0) return undefined;
  if (duplicateUnderFolding(object) !== undefined) return `two keys of ${where} differ in case only`;
  return unknown.some((key) => isFoldedVariantOf(key, known))
    ? `a key of ${where} is a look-alike of a known one`
    : undefined;
}
