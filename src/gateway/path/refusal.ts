/**
 * Every way a message can be refused on its path, and the one place that maps a reason to the wire. Two audiences: the
 * client gets the public sentence and a stable code; the log gets `detail` too.
 */
import { ERROR_CODE } from '../../core/mcp/error-codes.ts';

export type RefusalReason =
  // before a grant is known: aggregated, no row of their own
  | 'ambiguous-http'
  | 'bad-host'
  | 'bad-origin'
  | 'no-such-path'
  | 'method-not-allowed'
  | 'headers-too-large'
  | 'request-timeout'
  | 'unauthenticated'
  // with a grant: one row each
  | 'unknown-server'
  | 'unsupported-media-type'
  | 'not-acceptable'
  | 'body-too-large'
  | 'client-gone'
  | 'malformed-json'
  | 'invalid-request'
  | 'invalid-params'
  | 'header-mismatch'
  | 'unsupported-version'
  | 'wrong-era'
  | 'no-session'
  | 'unknown-session'
  | 'unexpected-response'
  | 'unknown-method'
  /** As above, in the initialize era, where the status of an error is that of its transport. */
  | 'unknown-session-method'
  | 'no-stream'
  | 'too-many-calls'
  | 'too-many-sessions'
  | 'too-many-streams'
  | 'request-state'
  | 'store-unavailable'
  | 'upstream-unavailable'
  | 'upstream-timeout'
  | 'upstream-nonsense'
  | 'cancelled'
  | 'shutting-down'
  /** A mistake in this program; the process log says which. */
  | 'internal';

export interface Refusal {
  readonly reason: RefusalReason;
  /** For the log; never shown where the table says `isPublic: false`. */
  readonly detail: string;
  /** Members of JSON-RPC `error.data`. */
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface WireRefusal {
  readonly httpStatus: number;
  readonly code: number;
  readonly text: string;
}

interface WireEntry {
  readonly httpStatus: number;
  readonly code: number;
  /** The sentence; `detail` is appended only where it says nothing an attacker could use. */
  readonly text: string;
  readonly isPublic: boolean;
}

/** JSON-RPC code and HTTP status of every refusal; pinned by a test that prints the whole table. */
export function wireRefusal(refusal: Refusal): WireRefusal {
  const entry = wireEntry(refusal.reason);
  return {
    httpStatus: entry.httpStatus,
    code: entry.code,
    text: entry.isPublic ? `${entry.text}: ${refusal.detail}` : entry.text,
  };
}

function wireEntry(reason: RefusalReason): WireEntry {
  switch (reason) {
    case 'ambiguous-http':
      return { httpStatus: 400, code: ERROR_CODE.invalidRequest, text: 'Bad request', isPublic: true };
    case 'bad-host':
      return { httpStatus: 403, code: ERROR_CODE.transport, text: 'Forbidden', isPublic: true };
    case 'bad-origin':
      return { httpStatus: 403, code: ERROR_CODE.transport, text: 'Forbidden', isPublic: true };
    case 'no-such-path':
      return { httpStatus: 404, code: ERROR_CODE.transport, text: 'Not found', isPublic: true };
    case 'method-not-allowed':
      return { httpStatus: 405, code: ERROR_CODE.transport, text: 'Method not allowed', isPublic: true };
    case 'headers-too-large':
      return {
        httpStatus: 431,
        code: ERROR_CODE.invalidRequest,
        text: 'Request header fields too large',
        isPublic: true,
      };
    case 'request-timeout':
      return { httpStatus: 408, code: ERROR_CODE.invalidRequest, text: 'Request timeout', isPublic: true };
    case 'unauthenticated':
      return {
        httpStatus: 401,
        code: ERROR_CODE.transport,
        text: 'Unauthorized: send a valid grant as `Authorization: Bearer <token>`',
        isPublic: false,
      };
    case 'unknown-server':
      return {
        httpStatus: 404,
        code: ERROR_CODE.transport,
        text: 'Not found: this grant covers no server of that name',
        isPublic: false,
      };
    case 'unsupported-media-type':
      return { httpStatus: 415, code: ERROR_CODE.transport, text: 'Unsupported media type', isPublic: true };
    case 'not-acceptable':
      return { httpStatus: 406, code: ERROR_CODE.transport, text: 'Not acceptable', isPublic: true };
    case 'body-too-large':
      return { httpStatus: 413, code: ERROR_CODE.invalidRequest, text: 'Content too large', isPublic: true };
    case 'client-gone':
      return { httpStatus: 400, code: ERROR_CODE.invalidRequest, text: 'Bad request', isPublic: true };
    case 'malformed-json':
      return { httpStatus: 400, code: ERROR_CODE.parseError, text: 'Parse error', isPublic: true };
    case 'invalid-request':
      return { httpStatus: 400, code: ERROR_CODE.invalidRequest, text: 'Invalid request', isPublic: true };
    case 'invalid-params':
      return { httpStatus: 400, code: ERROR_CODE.invalidParams, text: 'Invalid params', isPublic: true };
    case 'header-mismatch':
      return { httpStatus: 400, code: ERROR_CODE.headerMismatch, text: 'Headers and body disagree', isPublic: true };
    case 'unsupported-version':
      return {
        httpStatus: 400,
        code: ERROR_CODE.unsupportedProtocolVersion,
        text: 'Unsupported protocol version',
        isPublic: true,
      };
    case 'wrong-era':
      return {
        httpStatus: 400,
        code: ERROR_CODE.unsupportedProtocolVersion,
        text: 'Unsupported protocol version',
        isPublic: true,
      };
    case 'no-session':
      return { httpStatus: 400, code: ERROR_CODE.transport, text: 'Bad request', isPublic: true };
    case 'unknown-session':
      return {
        httpStatus: 404,
        code: ERROR_CODE.transport,
        text: 'Session not found: send initialize again',
        isPublic: false,
      };
    case 'unexpected-response':
      return { httpStatus: 400, code: ERROR_CODE.invalidRequest, text: 'Invalid request', isPublic: true };
    case 'unknown-method':
      return { httpStatus: 404, code: ERROR_CODE.methodNotFound, text: 'Method not found', isPublic: false };
    case 'unknown-session-method':
      return { httpStatus: 200, code: ERROR_CODE.methodNotFound, text: 'Method not found', isPublic: false };
    case 'no-stream':
      return { httpStatus: 405, code: ERROR_CODE.transport, text: 'Method not allowed', isPublic: true };
    case 'too-many-calls':
      return { httpStatus: 429, code: ERROR_CODE.limitReached, text: 'Too many calls in flight', isPublic: true };
    case 'too-many-sessions':
      return { httpStatus: 429, code: ERROR_CODE.limitReached, text: 'Too many sessions', isPublic: true };
    case 'too-many-streams':
      return { httpStatus: 429, code: ERROR_CODE.limitReached, text: 'Too many event streams', isPublic: true };
    case 'request-state':
      return {
        httpStatus: 400,
        code: ERROR_CODE.invalidParams,
        text: 'Invalid params: this requestState is not valid for this request',
        isPublic: false,
      };
    case 'store-unavailable':
      return {
        httpStatus: 503,
        code: ERROR_CODE.unavailable,
        text: 'Unavailable: the gateway cannot record decisions, so nothing is forwarded',
        isPublic: false,
      };
    case 'upstream-unavailable':
      return { httpStatus: 502, code: ERROR_CODE.unavailable, text: 'Unavailable', isPublic: true };
    case 'upstream-timeout':
      return { httpStatus: 504, code: ERROR_CODE.unavailable, text: 'Unavailable', isPublic: true };
    case 'upstream-nonsense':
      return { httpStatus: 502, code: ERROR_CODE.unavailable, text: 'Unavailable', isPublic: true };
    case 'cancelled':
      return { httpStatus: 200, code: ERROR_CODE.transport, text: 'Request cancelled', isPublic: true };
    case 'internal':
      return {
        httpStatus: 500,
        code: ERROR_CODE.internalError,
        text: 'Internal error: nothing is forwarded',
        isPublic: false,
      };
    case 'shutting-down':
      return {
        httpStatus: 503,
        code: ERROR_CODE.unavailable,
        text: 'Unavailable: the gateway is shutting down',
        isPublic: false,
      };
  }
}

/** Headers that the status of a refusal demands (RFC 9110 §15.5.6, RFC 6585 §4); it is told to a known grant. */
export function refusalHeaders(refusal: Refusal): Readonly<Record<string, string>> {
  if (refusal.reason === 'no-stream') return { allow: 'POST, DELETE' };
  if (refusal.reason === 'method-not-allowed') return { allow: 'POST' };
  return refusal.reason.startsWith('too-many') ? { 'retry-after': '1' } : {};
}

/** The refusal as a JSON-RPC error message; `id` is null where the message's own could not be read. */
export function refusalBody(
  id: string | number | null,
  refusal: Refusal,
  decision?: Readonly<Record<string, unknown>>,
): string {
  const wire = wireRefusal(refusal);
  const data = { ...refusal.data, ...(decision === undefined ? {} : { 'callgate/decision': decision }) };
  return JSON.stringify({
    jsonrpc: '2.0',
    id,
    error: { code: wire.code, message: wire.text, ...(Object.keys(data).length > 0 ? { data } : {}) },
  });
}
