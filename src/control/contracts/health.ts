/** Whether the gateway can do its work, and what weakens its promises. */
export interface Readiness {
  readonly isReady: boolean;
  /** Why it is not ready: nothing can be forwarded. */
  readonly problems: readonly string[];
  /** What works but should be known: servers that cannot be listed, weakened settings. */
  readonly warnings: readonly string[];
}
