/**
 * The dated revisions of MCP and the two eras they fall into.
 *
 * - `initialize` era (2024-11-05 … 2025-11-25): a handshake, sessions, SSE streams, server-to-client requests.
 * - `stateless` era (2026-07-28 …): every request carries its version and capabilities in `params._meta`; no sessions.
 */
export type Era = 'initialize' | 'stateless';

export const INITIALIZE_REVISIONS = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05', '2024-10-07'] as const;
export const STATELESS_REVISIONS = ['2026-07-28'] as const;

/** What a request without `MCP-Protocol-Version` means (2025-06-18 transports, "Protocol Version Header"). */
export const ASSUMED_REVISION = '2025-03-26';

const FIRST_STATELESS = '2026-07-28';
const DATED = /^\d{4}-\d{2}-\d{2}$/;

/** The era a version string belongs to. Revisions are dates, so an unknown later one is stateless; other text is undefined. */
export function eraOf(revision: string): Era | undefined {
  if (!DATED.test(revision)) return undefined;
  return revision >= FIRST_STATELESS ? 'stateless' : 'initialize';
}

export function isServedRevision(revision: string, era: Era): boolean {
  const served: readonly string[] = era === 'stateless' ? STATELESS_REVISIONS : INITIALIZE_REVISIONS;
  return served.includes(revision);
}
