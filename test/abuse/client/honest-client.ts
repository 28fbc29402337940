/** A client that means no harm, in both eras: for control calls, and for what has to be there before a case is played. */

import { encodeHeaderValue } from '../../../src/core/mcp/mirrored-headers.ts';
import { META } from '../../../src/core/mcp/request-meta.ts';
import type { GatewayUnderTest } from '../gateway-under-test.ts';
import { type Exchanged, type ExchangeOptions, exchange } from './raw-http.ts';
import { httpRequestBytes } from './request-bytes.ts';
import { type RpcAnswer, rpcAnswer } from './rpc-answer.ts';

export interface Caller {
  readonly gateway: GatewayUnderTest;
  readonly slug: string;
  readonly token: string;
}

export interface CallOptions extends Partial<ExchangeOptions> {
  readonly id?: string | number;
  readonly meta?: Readonly<Record<string, unknown>>;
  readonly capabilities?: Readonly<Record<string, unknown>>;
  /** Headers besides those of the protocol. */
  readonly headers?: readonly (readonly [string, string])[];
}

const TIMEOUT_MS = 12_000;
const NAMES: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
};

/** One request of 2026-07-28. */
export async function callStateless(
  caller: Caller,
  method: string,
  params: Readonly<Record<string, unknown>>,
  options: CallOptions = {},
): Promise<RpcAnswer> {
  const { exchanged } = await exchangeStateless(caller, method, params, options);
  return soleAnswer(exchanged);
}

/** The same with the exchange as it was on the wire. */
export async function exchangeStateless(
  caller: Caller,
  method: string,
  params: Readonly<Record<string, unknown>>,
  options: CallOptions = {},
): Promise<{ readonly exchanged: Exchanged }> {
  const name = params[NAMES[method] ?? ''];
  const headers: (readonly [string, string])[] = [
    ['MCP-Protocol-Version', '2026-07-28'],
    ['Mcp-Method', method],
    ...(typeof name === 'string' ? [['Mcp-Name', encodeHeaderValue(name)] as const] : []),
    ...(options.headers ?? []),
  ];
  const meta = {
    [META.protocolVersion]: '2026-07-28',
    [META.clientInfo]: { name: 'control', version: '1' },
    [META.clientCapabilities]: options.capabilities ?? {},
    ...options.meta,
  };
  const body = JSON.stringify({ jsonrpc: '2.0', id: options.id ?? 1, method, params: { ...params, _meta: meta } });
  return { exchanged: await post(caller, headers, body, options) };
}

export interface ClientSession extends Caller {
  readonly session: string;
}

/** Opens a session of 2025-11-25. Throws when the gateway does not give one. */
export async function openSession(caller: Caller, capabilities: object = {}): Promise<ClientSession> {
  const params = { protocolVersion: '2025-11-25', capabilities, clientInfo: { name: 'control', version: '1' } };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params });
  const exchanged = await post(caller, [], body, {});
  const session = exchanged.answers[0]?.headers.get('mcp-session-id');
  if (session === undefined) throw new Error(`no session was opened: ${soleAnswer(exchanged).text}`);
  const opened = { ...caller, session };
  await post(caller, sessionHeaders(session), '{"jsonrpc":"2.0","method":"notifications/initialized"}', {});
  return opened;
}

/** One request within a session. */
export async function callInSession(
  session: ClientSession,
  method: string,
  params: Readonly<Record<string, unknown>>,
  options: CallOptions = {},
): Promise<RpcAnswer> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: options.id ?? 1, method, params });
  return soleAnswer(await post(session, sessionHeaders(session.session), body, options));
}

/** Any message within a session: notifications and responses too. */
export async function sendInSession(session: ClientSession, message: object): Promise<RpcAnswer> {
  return soleAnswer(await post(session, sessionHeaders(session.session), JSON.stringify(message), {}));
}

/** GET or DELETE of a session. */
export function sessionRequest(
  session: ClientSession,
  method: 'GET' | 'DELETE',
  options: CallOptions = {},
): Promise<Exchanged> {
  const headers: (readonly [string, string])[] = [
    ['Accept', 'text/event-stream'],
    ['Authorization', `Bearer ${session.token}`],
    ...sessionHeaders(session.session),
    ...(options.headers ?? []),
  ];
  const request = httpRequestBytes({ method, path: `/mcp/${session.slug}`, headers }, hostOf(session));
  return exchange(session.gateway.data, request.chunks(), { timeoutMs: TIMEOUT_MS, ...options });
}

export function soleAnswer(exchanged: Exchanged): RpcAnswer {
  const [answer] = exchanged.answers;
  if (answer === undefined)
    return {
      status: 0,
      messages: [],
      text: `no answer (${exchanged.isTimedOut ? 'in time' : exchanged.error})`,
      kind: 'broken',
      code: undefined,
    };
  return rpcAnswer(answer);
}

function post(
  caller: Caller,
  headers: readonly (readonly [string, string])[],
  body: string,
  options: CallOptions,
): Promise<Exchanged> {
  const all: (readonly [string, string])[] = [
    ['Content-Type', 'application/json'],
    ['Accept', 'application/json, text/event-stream'],
    ['Authorization', `Bearer ${caller.token}`],
    ...headers,
  ];
  const request = httpRequestBytes({ method: 'POST', path: `/mcp/${caller.slug}`, headers: all, body }, hostOf(caller));
  return exchange(caller.gateway.data, request.chunks(), { timeoutMs: TIMEOUT_MS, ...options });
}

function sessionHeaders(session: string): readonly (readonly [string, string])[] {
  return [
    ['MCP-Protocol-Version', '2025-11-25'],
    ['Mcp-Session-Id', session],
  ];
}

function hostOf(caller: Caller): string {
  return `${caller.gateway.data.host}:${caller.gateway.data.port}`;
}
