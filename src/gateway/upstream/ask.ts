import { ERROR_CODE } from '../../core/mcp/error-codes.ts';
import { UPSTREAM_LIST_LIMITS } from '../../core/mcp/json/limits.ts';
import { readJson, readJsonText } from '../../core/mcp/json/read.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/mcp/json/value.ts';
import { idKey, type Message, parseMessage, type RequestMessage } from '../../core/mcp/message.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { OutboundMessage, ReplyHead, Sending, StreamEvent, UpstreamConversation } from './upstream.ts';

/** Why the gateway's own question got no result. */
export type AskFailure =
  | { readonly kind: 'failed'; readonly detail: string }
  /** The server answered with a JSON-RPC error (whatever the HTTP status). */
  | {
      readonly kind: 'rpc-error';
      readonly code: number;
      readonly message: string;
      readonly data: JsonValue | undefined;
    }
  /** The server refused the HTTP request without a JSON-RPC error. */
  | { readonly kind: 'refused'; readonly status: number };

/**
 * Sends a request of the gateway's own and reads its result whole, within the bounds of lists. Requests that the server
 * sends meanwhile are refused: nothing was promised to it, and nobody is there to answer.
 */
export function ask(
  conversation: UpstreamConversation,
  message: OutboundMessage,
  timeoutMs: number,
): Promise<Result<JsonObject, AskFailure>> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    let head: ReplyHead | undefined;
    let sending: Sending | undefined;
    const timer = setTimeout(
      () =>
        finish(
          err({ kind: 'failed', detail: `no answer to ${message.method ?? 'the message'} within ${timeoutMs} ms` }),
        ),
      timeoutMs,
    );
    let isOver = false;
    const finish = (outcome: Result<JsonObject, AskFailure>): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      sending?.abort();
      resolve(outcome);
    };
    const onValue = (value: JsonValue): void => {
      const parsed = parseMessage(value);
      if (!parsed.ok)
        return finish(
          err({ kind: 'failed', detail: `the server's answer is no JSON-RPC message: ${parsed.error.text}` }),
        );
      if (parsed.value.kind === 'request') return refuseServerRequest(conversation, parsed.value, message.revision);
      const answer = answerTo(parsed.value, message);
      if (answer !== undefined) finish(answer);
    };
    sending = conversation.send(message, {
      onReply(reply) {
        head = reply;
      },
      onBytes(chunk) {
        bytes += chunk.length;
        if (bytes > UPSTREAM_LIST_LIMITS.bytes)
          return finish(
            err({
              kind: 'failed',
              detail: `the server's answer to ${message.method} is larger than ${UPSTREAM_LIST_LIMITS.bytes} bytes`,
            }),
          );
        chunks.push(chunk);
      },
      onEvent(event: StreamEvent) {
        if (event.data === '') return;
        const value = readJsonText(event.data, UPSTREAM_LIST_LIMITS);
        if (!value.ok)
          return finish(
            err({
              kind: 'failed',
              detail: `the server's answer to ${message.method} is not JSON: ${value.error.text}`,
            }),
          );
        onValue(value.value);
      },
      onEnd() {
        if (head?.form === 'none') return finish(ok({}));
        if (head?.form === 'events')
          return finish(
            err({ kind: 'failed', detail: `the server's stream ended without an answer to ${message.method}` }),
          );
        const value = readJson(Buffer.concat(chunks), UPSTREAM_LIST_LIMITS);
        if (head?.form === 'refused') return finish(err(refusalOf(value.ok ? value.value : null, head.status)));
        if (value.ok) onValue(value.value);
        finish(err({ kind: 'failed', detail: `the server did not answer ${message.method} with its result` }));
      },
      onFailure: (failure) => finish(err({ kind: 'failed', detail: failure.detail })),
    });
    if (isOver) sending.abort();
  });
}

/** What a refusing HTTP answer says; its id may be null, so it need not be a response to anything. */
function refusalOf(body: JsonValue, status: number): AskFailure {
  const error = isJsonObject(body) ? body['error'] : undefined;
  if (error === undefined || !isJsonObject(error) || typeof error['code'] !== 'number')
    return { kind: 'refused', status };
  return {
    kind: 'rpc-error',
    code: error['code'],
    message: typeof error['message'] === 'string' ? error['message'] : '',
    data: error['data'],
  };
}

function answerTo(reply: Message, message: OutboundMessage): Result<JsonObject, AskFailure> | undefined {
  if (reply.kind !== 'response' || message.id === undefined || idKey(reply.id) !== idKey(message.id)) return undefined;
  if ('result' in reply.outcome) return ok(reply.outcome.result);
  const { error } = reply.outcome;
  return err({
    kind: 'rpc-error',
    code: error['code'] as number,
    message: error['message'] as string,
    data: error['data'],
  });
}

function refuseServerRequest(conversation: UpstreamConversation, request: RequestMessage, revision: string): void {
  const value: JsonObject =
    request.method === 'ping'
      ? { jsonrpc: '2.0', id: request.id, result: {} }
      : {
          jsonrpc: '2.0',
          id: request.id,
          error: {
            code: ERROR_CODE.methodNotFound,
            message: 'Method not found: nobody is there to answer while the gateway lists this server',
          },
        };
  const silent = { onReply: () => {}, onBytes: () => {}, onEvent: () => {}, onEnd: () => {}, onFailure: () => {} };
  conversation.send({ kind: 'response', value, method: undefined, id: undefined, revision, headers: {} }, silent);
}
