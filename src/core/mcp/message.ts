import { err, ok, type Result } from '../result.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json/value.ts';

/** A JSON-RPC id: the string "1" and the number 1 are two ids, and 1.0 is not an id at all. */
export type MessageId = string | number;

export interface RequestMessage {
  readonly kind: 'request';
  readonly id: MessageId;
  readonly method: string;
  readonly params: JsonObject | undefined;
}

export interface NotificationMessage {
  readonly kind: 'notification';
  readonly method: string;
  readonly params: JsonObject | undefined;
}

export interface ResponseMessage {
  readonly kind: 'response';
  readonly id: MessageId;
  readonly outcome: { readonly result: JsonObject } | { readonly error: JsonObject };
}

export type Message = RequestMessage | NotificationMessage | ResponseMessage;

/** Why a JSON value is no message. `id` is the message's id where it could be read, for the error answer. */
export interface MessageProblem {
  readonly kind: 'invalid-request' | 'invalid-params';
  readonly text: string;
  readonly id?: MessageId;
}

/** Longest id accepted: an id is echoed into logs and answers. */
export const ID_BYTES_MAX = 256;

/**
 * Reads one JSON-RPC 2.0 message. The envelope is closed: members other than the standard's make it invalid, because a
 * lenient upstream might take `Method` or `params\u0000` for what was decided on. Batches are not messages (MCP
 * 2025-06-18 removed them; under 2025-03-26 refusing them is a declared deviation).
 */
export function parseMessage(value: JsonValue): Result<Message, MessageProblem> {
  if (Array.isArray(value))
    return err({ kind: 'invalid-request', text: 'JSON-RPC batches are not accepted; send one message per request' });
  if (!isJsonObject(value)) return err({ kind: 'invalid-request', text: 'the body is not a JSON-RPC message object' });
  let id: MessageId | undefined;
  let method: string | undefined;
  let params: JsonObject | undefined;
  let result: JsonValue | undefined;
  let error: JsonValue | undefined;
  let isVersioned = false;
  let problem: MessageProblem | undefined;
  const fail = (kind: MessageProblem['kind'], text: string): void => {
    problem ??= { kind, text };
  };
  for (const key of Object.keys(value)) {
    const member = value[key] as JsonValue;
    switch (key) {
      case 'jsonrpc':
        if (member === '2.0') isVersioned = true;
        break;
      case 'id': {
        const problemText = idProblem(member);
        if (problemText === undefined) id = member as MessageId;
        else fail('invalid-request', problemText);
        break;
      }
      case 'method':
        if (typeof member === 'string') method = member;
        else fail('invalid-request', '`method` is not a string');
        break;
      case 'params':
        if (isJsonObject(member)) params = member;
        else fail('invalid-params', '`params` is not an object');
        break;
      case 'result':
        result = member;
        break;
      case 'error':
        error = member;
        break;
      default:
        fail(
          'invalid-request',
          'the JSON-RPC envelope has a member other than jsonrpc, id, method, params, result and error',
        );
    }
  }
  if (!isVersioned) fail('invalid-request', '`jsonrpc` is not "2.0"');
  const isResponse = result !== undefined || error !== undefined;
  if (!isResponse && method === undefined)
    fail('invalid-request', 'the message has neither `method` nor `result` nor `error`');
  if (isResponse) {
    if (method !== undefined || params !== undefined) fail('invalid-request', 'a response has no `method` or `params`');
    if (result !== undefined && error !== undefined)
      fail('invalid-request', 'a response has either `result` or `error`, not both');
    if (result !== undefined && !isJsonObject(result)) fail('invalid-request', '`result` is not an object');
    if (error !== undefined && !isErrorObject(error))
      fail('invalid-request', '`error` is not an object with an integer `code` and a string `message`');
    if (id === undefined) fail('invalid-request', 'a response needs an `id`');
  }
  if (problem !== undefined) return err(id === undefined ? problem : { ...problem, id });
  if (isResponse) {
    const outcome = result !== undefined ? { result: result as JsonObject } : { error: error as JsonObject };
    return ok({ kind: 'response', id: id as MessageId, outcome });
  }
  if (id === undefined) return ok({ kind: 'notification', method: method as string, params });
  return ok({ kind: 'request', id, method: method as string, params });
}

/** A key under which an id can be stored: equal for equal ids only, so `"1"` and `1` stay apart. */
export function idKey(id: MessageId): string {
  return typeof id === 'string' ? `s${id}` : `n${id}`;
}

function idProblem(id: JsonValue): string | undefined {
  if (typeof id === 'string') {
    return id.length > ID_BYTES_MAX || new TextEncoder().encode(id).length > ID_BYTES_MAX
      ? `\`id\` is longer than ${ID_BYTES_MAX} bytes`
      : undefined;
  }
  return Number.isSafeInteger(id) ? undefined : '`id` is neither a string nor a plain integer';
}

function isErrorObject(value: JsonValue): value is JsonObject {
  return isJsonObject(value) && typeof value['message'] === 'string' && Number.isSafeInteger(value['code']);
}
