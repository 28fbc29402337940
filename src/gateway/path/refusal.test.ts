import { expect, test } from 'vitest';
import { type RefusalReason, wireRefusal } from './refusal.ts';

/** Every reason, checked by the compiler, with how it reaches the client: HTTP status, JSON-RPC code, sentence. */
const table: Readonly<Record<RefusalReason, readonly [number, number, string]>> = {
  'ambiguous-http': [400, -32600, 'Bad request: why'],
  'bad-host': [403, -32000, 'Forbidden: why'],
  'bad-origin': [403, -32000, 'Forbidden: why'],
  'no-such-path': [404, -32000, 'Not found: why'],
  'method-not-allowed': [405, -32000, 'Method not allowed: why'],
  'headers-too-large': [431, -32600, 'Request header fields too large: why'],
  unauthenticated: [401, -32000, 'Unauthorized: send a valid grant as `Authorization: Bearer <token>`'],
  'unknown-server': [404, -32000, 'Not found: this grant covers no server of that name'],
  'unsupported-media-type': [415, -32000, 'Unsupported media type: why'],
  'not-acceptable': [406, -32000, 'Not acceptable: why'],
  'body-too-large': [413, -32600, 'Content too large: why'],
  'client-gone': [400, -32600, 'Bad request: why'],
  'request-timeout': [408, -32600, 'Request timeout: why'],
  'malformed-json': [400, -32700, 'Parse error: why'],
  'invalid-request': [400, -32600, 'Invalid request: why'],
  'invalid-params': [400, -32602, 'Invalid params: why'],
  'header-mismatch': [400, -32020, 'Headers and body disagree: why'],
  'unsupported-version': [400, -32022, 'Unsupported protocol version: why'],
  'wrong-era': [400, -32022, 'Unsupported protocol version: why'],
  'no-session': [400, -32000, 'Bad request: why'],
  'unknown-session': [404, -32000, 'Session not found: send initialize again'],
  'unexpected-response': [400, -32600, 'Invalid request: why'],
  'unknown-method': [404, -32601, 'Method not found'],
  'unknown-session-method': [200, -32601, 'Method not found'],
  'no-stream': [405, -32000, 'Method not allowed: why'],
  'too-many-calls': [429, 1003, 'Too many calls in flight: why'],
  'too-many-sessions': [429, 1003, 'Too many sessions: why'],
  'too-many-streams': [429, 1003, 'Too many event streams: why'],
  'request-state': [400, -32602, 'Invalid params: this requestState is not valid for this request'],
  'store-unavailable': [503, 1004, 'Unavailable: the gateway cannot record decisions, so nothing is forwarded'],
  'upstream-unavailable': [502, 1004, 'Unavailable: why'],
  'upstream-timeout': [504, 1004, 'Unavailable: why'],
  'upstream-nonsense': [502, 1004, 'Unavailable: why'],
  cancelled: [200, -32000, 'Request cancelled: why'],
  'shutting-down': [503, 1004, 'Unavailable: the gateway is shutting down'],
  internal: [500, -32603, 'Internal error: nothing is forwarded'],
};

test.each(Object.entries(table))('%s', (reason, expected) => {
  const wire = wireRefusal({ reason: reason as RefusalReason, detail: 'why' });
  expect([wire.httpStatus, wire.code, wire.text]).toEqual(expected);
});
