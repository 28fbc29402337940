import type { Era } from './revisions.ts';

/**
 * Every method the gateway knows, by who sends it and in which era. What is not in the table is refused (-32601), in
 * both directions: a default deny for methods as there is one for tools.
 */
export interface MethodEntry {
  readonly eras: readonly Era[];
  /**
   * - `tool`: `tools/call`, decided by the tool's rules.
   * - `governed`: decided by the policy's `methods`.
   * - `list`: passes; what comes back is filtered.
   * - `housekeeping`: passes.
   */
  readonly treatment: 'tool' | 'governed' | 'list' | 'housekeeping';
  /** Which member of `params` names what is touched; it is the `name` of the decision row. */
  readonly subject?: 'name' | 'uri' | 'ref';
  /** Mirrored in the `Mcp-Name` header in the stateless era (2026-07-28 transports, "Standard Request Headers"). */
  readonly mirrored?: true;
}

const INITIALIZE: readonly Era[] = ['initialize'];
const STATELESS: readonly Era[] = ['stateless'];
const BOTH: readonly Era[] = ['initialize', 'stateless'];

export const CLIENT_REQUESTS: ReadonlyMap<string, MethodEntry> = new Map(
  Object.entries({
    initialize: { eras: INITIALIZE, treatment: 'housekeeping' },
    ping: { eras: INITIALIZE, treatment: 'housekeeping' },
    'logging/setLevel': { eras: INITIALIZE, treatment: 'housekeeping' },
    'server/discover': { eras: STATELESS, treatment: 'housekeeping' },
    'subscriptions/listen': { eras: STATELESS, treatment: 'housekeeping' },
    'tools/list': { eras: BOTH, treatment: 'list' },
    'tools/call': { eras: BOTH, treatment: 'tool', subject: 'name', mirrored: true },
    'prompts/list': { eras: BOTH, treatment: 'list' },
    'prompts/get': { eras: BOTH, treatment: 'governed', subject: 'name', mirrored: true },
    'resources/list': { eras: BOTH, treatment: 'list' },
    'resources/templates/list': { eras: BOTH, treatment: 'list' },
    'resources/read': { eras: BOTH, treatment: 'governed', subject: 'uri', mirrored: true },
    'resources/subscribe': { eras: INITIALIZE, treatment: 'governed', subject: 'uri' },
    'resources/unsubscribe': { eras: INITIALIZE, treatment: 'housekeeping', subject: 'uri' },
    'completion/complete': { eras: BOTH, treatment: 'governed', subject: 'ref' },
  } satisfies Record<string, MethodEntry>),
);

export const CLIENT_NOTIFICATIONS: ReadonlyMap<string, MethodEntry> = new Map(
  Object.entries({
    'notifications/initialized': { eras: INITIALIZE, treatment: 'housekeeping' },
    'notifications/cancelled': { eras: BOTH, treatment: 'housekeeping' },
    'notifications/progress': { eras: INITIALIZE, treatment: 'housekeeping' },
    'notifications/roots/list_changed': { eras: INITIALIZE, treatment: 'housekeeping' },
  } satisfies Record<string, MethodEntry>),
);

/** Requests from a server; in the stateless era they travel inside `inputRequests` instead. */
export const SERVER_REQUESTS: ReadonlyMap<string, MethodEntry> = new Map(
  Object.entries({
    ping: { eras: INITIALIZE, treatment: 'housekeeping' },
    'roots/list': { eras: BOTH, treatment: 'list' },
    'sampling/createMessage': { eras: BOTH, treatment: 'governed' },
    'elicitation/create': { eras: BOTH, treatment: 'governed' },
  } satisfies Record<string, MethodEntry>),
);

export const SERVER_NOTIFICATIONS: ReadonlyMap<string, MethodEntry> = new Map(
  Object.entries({
    'notifications/cancelled': { eras: BOTH, treatment: 'housekeeping' },
    'notifications/progress': { eras: BOTH, treatment: 'housekeeping' },
    'notifications/message': { eras: BOTH, treatment: 'housekeeping' },
    'notifications/tools/list_changed': { eras: BOTH, treatment: 'housekeeping' },
    'notifications/prompts/list_changed': { eras: BOTH, treatment: 'housekeeping' },
    'notifications/resources/list_changed': { eras: BOTH, treatment: 'housekeeping' },
    'notifications/resources/updated': { eras: BOTH, treatment: 'housekeeping', subject: 'uri' },
    'notifications/elicitation/complete': { eras: INITIALIZE, treatment: 'housekeeping' },
    'notifications/subscriptions/acknowledged': { eras: STATELESS, treatment: 'housekeeping' },
  } satisfies Record<string, MethodEntry>),
);
