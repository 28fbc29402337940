/**
 * Which `Host` and `Origin` a listener answers to. A page of another site that resolves its own name to this machine (DNS
 * rebinding) is stopped here (MCP transports, "Security Warning").
 */
export interface HostRules {
  /** `example.com`, `example.com:8443`; lower case. */
  readonly allowedHosts: readonly string[];
  /** Whole origins, lower case. */
  readonly allowedOrigins: readonly string[];
  /** Loopback names are accepted where the listener is on loopback. */
  readonly isLoopback: boolean;
}

const LOOPBACK_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;

/** True for a `Host` value that names this listener: loopback names on a loopback listener, or one of `allowedHosts`. */
export function isAllowedHost(host: string, settings: Pick<HostRules, 'allowedHosts' | 'isLoopback'>): boolean {
  if (settings.isLoopback && LOOPBACK_HOST.test(host)) return true;
  const lower = host.toLowerCase();
  return settings.allowedHosts.some(
    (allowed) => lower === allowed || (!/:\d+$/.test(allowed) && lower.replace(/:\d+$/, '') === allowed),
  );
}

/** True for an `Origin` that may call this listener from a browser; compared whole, never by prefix or suffix. */
export function isAllowedOrigin(origin: string, settings: Pick<HostRules, 'allowedOrigins' | 'isLoopback'>): boolean {
  if (settings.allowedOrigins.includes(origin.toLowerCase())) return true;
  const match = /^https?:\/\/(.+)$/i.exec(origin);
  return settings.isLoopback && match !== null && LOOPBACK_HOST.test(match[1] as string);
}
