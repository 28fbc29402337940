import { isJsonObject, type JsonObject, type JsonValue, ownMember } from '../../../core/mcp/json/value.ts';

/**
 * Ids and progress tokens of one client, exchanged for the connection's own on the way to the server and back on the way
 * from it, so that clients that share a server cannot meet: whatever ids they choose, the server sees each only once.
 * Nothing else of a message changes; members keep their places, and numbers their text.
 */
export interface Origin {
  readonly id: JsonValue;
  readonly method: string;
  /** The progress token the client chose; undefined when it wants no progress. */
  readonly progressToken: JsonValue | undefined;
}

/** The subscription a notification belongs to, from 2026-07-28: the id of the `subscriptions/listen` request. */
export const subscriptionIdKey = 'io.modelcontextprotocol/subscriptionId';

/** What is remembered of a request while its answer is awaited. */
export function originOf(request: JsonObject): Origin {
  const [id, method] = [ownMember(request, 'id'), ownMember(request, 'method')];
  if (id === undefined || typeof method !== 'string') throw new TypeError('not a JSON-RPC request');
  return { id, method, progressToken: memberAt(request, ['params', '_meta', 'progressToken']) };
}

/** The request as the server gets it: its id, and its progress token if it has one, are `id`. */
export function withOwnId(request: JsonObject, id: number): JsonObject {
  return replaced({ ...request, id }, ['params', '_meta', 'progressToken'], id);
}

/** The token of a progress notification, the id of the subscription a notification belongs to, or undefined. */
export function addresseeOf(notification: JsonObject): JsonValue | undefined {
  return ownMember(notification, 'method') === 'notifications/progress'
    ? memberAt(notification, ['params', 'progressToken'])
    : memberAt(notification, ['params', '_meta', subscriptionIdKey]);
}

/** The notification as the client of the request gets it: with the token and the subscription id it knows. */
export function notificationFor(origin: Origin, notification: JsonObject): JsonObject {
  const { id, progressToken } = origin;
  return ownMember(notification, 'method') === 'notifications/progress' && progressToken !== undefined
    ? replaced(notification, ['params', 'progressToken'], progressToken)
    : replaced(notification, ['params', '_meta', subscriptionIdKey], id);
}

/** The result of a `subscriptions/listen` request as its client gets it: it names the subscription once more. */
export function listenResultFor(origin: Origin, result: JsonObject): JsonObject {
  return replaced(result, ['_meta', subscriptionIdKey], origin.id);
}

export function memberAt(object: JsonObject, path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = object;
  for (const name of path) value = isJsonObject(value) ? ownMember(value, name) : undefined;
  return value;
}

/** The object with the member at the path replaced; the same object where there is no such member. */
function replaced(object: JsonObject, path: readonly string[], value: JsonValue): JsonObject {
  const [name, ...rest] = path;
  if (name === undefined || !Object.hasOwn(object, name)) return object;
  if (rest.length === 0) return { ...object, [name]: value };
  const member = ownMember(object, name);
  if (!isJsonObject(member)) return object;
  const inner = replaced(member, rest, value);
  return inner === member ? object : { ...object, [name]: inner };
}
