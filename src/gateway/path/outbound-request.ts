/**
 * The request as the server gets it: written from the value that was decided on, edited only where the policy or the
 * gateway's own state demands it, with the headers that repeat it derived anew.
 */
import { isJsonObject, type JsonObject, ownMember } from '../../core/mcp/json/value.ts';
import type { RequestMessage } from '../../core/mcp/message.ts';
import { encodeHeaderValue, parameterHeaderProblem, parameterHeaderValue } from '../../core/mcp/mirrored-headers.ts';
import { META, metaOf } from '../../core/mcp/request-meta.ts';
import { isMethodOpen } from '../../core/policy/decide.ts';
import type { PinnedTool } from '../definitions/book.ts';
import type { OutboundMessage } from '../upstream/upstream.ts';
import { advertisedCapabilities } from './answer.ts';
import type { Classified } from './classify.ts';
import { argumentsOf } from './decide.ts';
import type { Exchange } from './exchange.ts';
import { type ChainState, unwrapChain } from './input-required.ts';

/** W3C trace context; longer values are not trace context. */
const TRACE_HEADERS = ['traceparent', 'tracestate'];
const TRACE_LENGTH_MAX = 512;

export function outboundRequest(
  exchange: Exchange,
  request: {
    readonly classified: Classified;
    readonly message: RequestMessage;
    readonly revision: string;
    readonly tool: PinnedTool | undefined;
    readonly chain: ChainState | undefined;
  },
): OutboundMessage {
  const { classified, message, revision, tool, chain } = request;
  const edited = editedParams(exchange, classified, message);
  const params = edited === undefined || chain === undefined ? edited : unwrapChain(edited, chain);
  const headers: Record<string, string> = {};
  if (classified.era === 'stateless') {
    headers['mcp-protocol-version'] = revision;
    headers['mcp-method'] = message.method;
    if (classified.entry?.mirrored === true) headers['mcp-name'] = encodeHeaderValue(classified.subject as string);
    for (const declared of tool?.parameterHeaders ?? []) {
      const value = parameterHeaderValue(declared, argumentsOf(params));
      if (value !== undefined) headers[declared.header] = value;
    }
  }
  for (const name of TRACE_HEADERS) {
    const value = exchange.headers.get(name);
    if (value !== undefined && value.length <= TRACE_LENGTH_MAX) headers[name] = value;
  }
  return {
    kind: 'request',
    value: { jsonrpc: '2.0', id: message.id, method: message.method, ...(params === undefined ? {} : { params }) },
    method: message.method,
    id: message.id,
    revision,
    headers,
  };
}

/** Undefined when the parameter headers of a stateless call say what its arguments say. */
export function parameterProblem(
  tool: PinnedTool,
  message: RequestMessage,
  headers: ReadonlyMap<string, string>,
): string | undefined {
  const args = argumentsOf(message.params);
  for (const declared of tool.parameterHeaders) {
    const problem = parameterHeaderProblem(declared, args, headers.get(declared.header));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Capabilities that the policy does not let the server use are not advertised; tasks are not carried yet. */
function editedParams(exchange: Exchange, classified: Classified, message: RequestMessage): JsonObject | undefined {
  const { params } = message;
  if (params === undefined) return undefined;
  const mayAsk = (method: string): boolean =>
    exchange.policy !== null && isMethodOpen(exchange.policy.compiled, method);
  if (message.method === 'initialize') {
    const capabilities = ownMember(params, 'capabilities');
    if (capabilities === undefined || !isJsonObject(capabilities)) return params;
    return { ...params, capabilities: advertisedCapabilities(capabilities, mayAsk) };
  }
  if (classified.era === 'stateless') {
    const meta = metaOf(params) as JsonObject;
    const capabilities = ownMember(meta, META.clientCapabilities) as JsonObject;
    if (Object.keys(capabilities).length === 0) return params;
    return { ...params, _meta: { ...meta, [META.clientCapabilities]: advertisedCapabilities(capabilities, mayAsk) } };
  }
  if (message.method === 'tools/call' && Object.hasOwn(params, 'task')) {
    const { task: _task, ...rest } = params;
    return rest;
  }
  return params;
}
