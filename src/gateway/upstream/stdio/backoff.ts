/** How long a server that keeps ending is left alone. */
export interface BackoffSettings {
  /** After the first failure; doubled after each further one. */
  readonly firstMs: number;
  readonly maxMs: number;
  /** A server that ran for this long has proved itself: its next failure counts as the first. */
  readonly stableMs: number;
}

export const defaultBackoff: BackoffSettings = { firstMs: 500, maxMs: 60_000, stableMs: 60_000 };

export interface Backoff {
  readonly failures: number;
  /** The instant (ms) before which it is not started again. */
  readonly retryAt: number;
}

/** The state after a failure at `now` of a server that had run for `ranMs` (0 when it could not be started). */
export function afterFailure(
  previous: Backoff | undefined,
  now: number,
  ranMs: number,
  settings: BackoffSettings = defaultBackoff,
): Backoff {
  const failures = ranMs >= settings.stableMs ? 1 : (previous?.failures ?? 0) + 1;
  // 2 ** 1023 is the last finite power; the minimum makes infinity harmless as well.
  return { failures, retryAt: now + Math.min(settings.maxMs, settings.firstMs * 2 ** (failures - 1)) };
}
