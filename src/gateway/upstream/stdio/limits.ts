/** Bounds of one child process. Every one is a setting of the server entry; the values here are its default. */
export interface StdioLimits {
  /** The longest line (one message) that is taken from the server. A list of 401 real tools is 1 MB. */
  readonly lineBytesMax: number;
  /** What the server may write to stdout between two messages without it being a message: log lines, over-long lines. */
  readonly noiseBytesMax: number;
  /** How much of the end of stderr is kept. */
  readonly stderrBytesMax: number;
  /** What may wait for a server that does not read its input, before messages are refused. */
  readonly sendQueueBytesMax: number;
  /** From the first message sent to the first one received. `npx -y` may have to download the server first. */
  readonly startTimeoutMs: number;
  /** After its input was closed, how long a server may take to exit by itself, and how long again after SIGTERM. */
  readonly closeGraceMs: number;
  readonly termGraceMs: number;
  /** A server without a request in flight and without a message for this long is closed. */
  readonly idleMs: number;
  /** A server older than this takes no new request, and is closed when those in flight are answered or `drainMs` is over. */
  readonly lifetimeMs: number;
  readonly drainMs: number;
}

export const defaultStdioLimits: StdioLimits = {
  lineBytesMax: 16 * 1024 * 1024,
  noiseBytesMax: 64 * 1024 * 1024,
  stderrBytesMax: 64 * 1024,
  sendQueueBytesMax: 16 * 1024 * 1024,
  startTimeoutMs: 60_000,
  closeGraceMs: 2_000,
  termGraceMs: 3_000,
  idleMs: 15 * 60_000,
  lifetimeMs: 24 * 60 * 60_000,
  drainMs: 60_000,
};
