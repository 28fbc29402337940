/**
 * The first step of a message: is this an HTTP request that everybody reads the same way, meant for us, from a place
 * that may speak to us? Works on the raw header list, because Node joins or drops what matters here (two `Host`, two
 * `Authorization`, `Transfer-Encoding: gzip, chunked`). Nothing of the body is read.
 */
import type { IncomingMessage } from 'node:http';
import { isAllowedHost, isAllowedOrigin } from '../../core/mcp/allowed-hosts.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { GatewaySettings } from '../settings.ts';
import type { Refusal } from './refusal.ts';

export interface Received {
  readonly httpMethod: 'POST' | 'GET' | 'DELETE';
  /** Slug or id from the path. */
  readonly serverRef: string;
  /** Lower-case names; each at most once for every header a decision reads. */
  readonly headers: ReadonlyMap<string, string>;
}

/** Read by a decision or by HTTP framing: two of them would leave it open which one counts. */
const SINGLE = new Set([
  'host',
  'authorization',
  'content-type',
  'content-length',
  'transfer-encoding',
  'content-encoding',
  'origin',
  'mcp-session-id',
  'mcp-protocol-version',
  'mcp-method',
  'mcp-name',
  'last-event-id',
]);

const SERVER_PATH = /^\/mcp\/([a-z0-9_-]{1,64})$/;
const HEADERS_MAX = 100;

/** Takes the request's raw headers and target; gives the parts that later steps read, or why it is refused. */
export function receive(request: IncomingMessage, settings: GatewaySettings): Result<Received, Refusal> {
  const raw = request.rawHeaders;
  if (raw.length > HEADERS_MAX * 2)
    return err({ reason: 'headers-too-large', detail: `more than ${HEADERS_MAX} headers` });
  const headers = new Map<string, string>();
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] as string).toLowerCase();
    const value = raw[index + 1] as string;
    const earlier = headers.get(name);
    if (earlier === undefined) headers.set(name, value);
    else if (SINGLE.has(name) || name.startsWith('mcp-param-'))
      return err({ reason: 'ambiguous-http', detail: `two ${name} headers` });
    else headers.set(name, `${earlier}, ${value}`);
  }
  const framing = framingProblem(request, headers);
  if (framing !== undefined) return err({ reason: 'ambiguous-http', detail: framing });
  if (!isAllowedHost(headers.get('host') ?? '', settings))
    return err({ reason: 'bad-host', detail: 'Host names another machine' });
  const origin = headers.get('origin');
  if (origin !== undefined && !isAllowedOrigin(origin, settings))
    return err({ reason: 'bad-origin', detail: 'Origin is not allowed' });
  // The target is compared as it was written: no decoding, no query, no normalisation, so that what was authorised is what was routed.
  const match = SERVER_PATH.exec(request.url ?? '');
  if (match === null) return err({ reason: 'no-such-path', detail: 'the path is not /mcp/<server>' });
  const httpMethod = request.method;
  if (httpMethod !== 'POST' && httpMethod !== 'GET' && httpMethod !== 'DELETE') {
    return err({ reason: 'method-not-allowed', detail: 'only POST, GET and DELETE' });
  }
  return ok({ httpMethod, serverRef: match[1] as string, headers });
}

function framingProblem(request: IncomingMessage, headers: ReadonlyMap<string, string>): string | undefined {
  if (!(request.url ?? '').startsWith('/')) return 'the request target is not a path';
  const transferCoding = headers.get('transfer-encoding');
  if (transferCoding !== undefined) {
    if (transferCoding.toLowerCase() !== 'chunked') return 'a transfer coding other than chunked';
    if (headers.has('content-length')) return 'Transfer-Encoding and Content-Length together';
    if (request.httpVersion !== '1.1') return 'chunked in HTTP/1.0';
  }
  if (headers.has('upgrade')) return 'an Upgrade header';
  if (headers.has('trailer')) return 'a Trailer header';
  return undefined;
}

/** Undefined when the body's headers are right for a JSON-RPC POST, else why not. */
export function bodyHeadersProblem(
  headers: ReadonlyMap<string, string>,
  settings: GatewaySettings,
): Refusal | undefined {
  const contentType = headers.get('content-type') ?? '';
  if (!isJsonMediaType(contentType))
    return { reason: 'unsupported-media-type', detail: 'Content-Type is not application/json' };
  const encoding = headers.get('content-encoding');
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    return { reason: 'unsupported-media-type', detail: 'the body is compressed' };
  if (!accepts(headers.get('accept'))) {
    return { reason: 'not-acceptable', detail: 'Accept must allow both application/json and text/event-stream' };
  }
  const length = headers.get('content-length');
  if (length !== undefined && Number(length) > settings.bodyBytesMax) {
    return { reason: 'body-too-large', detail: `the body is larger than ${settings.bodyBytesMax} bytes` };
  }
  return undefined;
}

/** `application/json`, alone or with the one parameter that says what JSON always is (RFC 8259 §8.1). */
function isJsonMediaType(value: string): boolean {
  return /^application\/json[ \t]*(?:;[ \t]*charset[ \t]*=[ \t]*"?utf-8"?[ \t]*)?$/i.test(value.trim());
}

/** MCP transports, "Sending Messages": the client must accept both forms of answer. */
function accepts(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  const types = accept.split(',').map((part) => (part.split(';')[0] ?? '').trim().toLowerCase());
  const has = (type: string): boolean =>
    types.includes(type) || types.includes(`${type.split('/')[0]}/*`) || types.includes('*/*');
  return has('application/json') && has('text/event-stream');
}

/** True when a GET asks for an event stream. */
export function acceptsEventStream(headers: ReadonlyMap<string, string>): boolean {
  const types = (headers.get('accept') ?? '').split(',').map((part) => (part.split(';')[0] ?? '').trim().toLowerCase());
  return types.includes('text/event-stream') || types.includes('text/*') || types.includes('*/*');
}
