/** What the data plane may spend on one message, connection or grant. Every bound has a clear error of its own. */
export interface GatewaySettings {
  /** Client messages, bytes of body. */
  readonly bodyBytesMax: number;
  /** Time to receive a whole client message, headers included. */
  readonly requestTimeoutMs: number;
  /** Time a connection may stay open between two messages. */
  readonly idleTimeoutMs: number;
  readonly headerBytesMax: number;
  /** Calls of one grant that wait for an upstream at the same time. */
  readonly concurrentCallsMax: number;
  /** Live MCP sessions of one grant (initialize era). */
  readonly sessionsMax: number;
  /** A session without any message for this long is ended. */
  readonly sessionIdleMs: number;
  /** Open event streams (GET, subscriptions) of one grant. */
  readonly streamsMax: number;
  /** Wait for the first byte of an upstream's answer. */
  readonly upstreamTimeoutMs: number;
  /** Silence on a streamed answer that is not an event stream. */
  readonly upstreamIdleMs: number;
  /** Bytes of a list or another answer that has to be read whole. */
  readonly answerBytesMax: number;
  /** Bytes of one event of an upstream's event stream. */
  readonly eventBytesMax: number;
  /** Comment lines on silent event streams, so that intermediaries keep them open. */
  readonly keepAliveMs: number;
  /** Listing a server before its first call, all pages. */
  readonly listingTimeoutMs: number;
  /** Host values accepted besides loopback names on a loopback listener: `example.com`, `example.com:8443`. */
  readonly allowedHosts: readonly string[];
  /** Origins accepted besides loopback ones on a loopback listener. */
  readonly allowedOrigins: readonly string[];
  readonly isLoopback: boolean;
}

export const DEFAULT_GATEWAY_SETTINGS: GatewaySettings = {
  bodyBytesMax: 1 << 20,
  requestTimeoutMs: 30_000,
  idleTimeoutMs: 75_000,
  headerBytesMax: 32 * 1024,
  concurrentCallsMax: 64,
  sessionsMax: 100,
  sessionIdleMs: 30 * 60_000,
  streamsMax: 100,
  upstreamTimeoutMs: 300_000,
  upstreamIdleMs: 120_000,
  answerBytesMax: 16 << 20,
  eventBytesMax: 16 << 20,
  keepAliveMs: 15_000,
  listingTimeoutMs: 30_000,
  allowedHosts: [],
  allowedOrigins: [],
  isLoopback: true,
};
