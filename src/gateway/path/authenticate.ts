import { isPlausibleGrantToken } from '../../core/identity/grant-token.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { GrantView, Snapshot } from '../snapshot.ts';
import type { Refusal } from './refusal.ts';

/** RFC 6750 §2.1; the scheme is case-insensitive (RFC 9110 §11.1). */
const BEARER = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i;
const TOKEN_LENGTH_MAX = 512;

export interface Authenticated {
  readonly grant: GrantView;
  readonly snapshot: Snapshot;
}

/**
 * From the `Authorization` header to the grant. Every failure is the same 401: a stranger learns neither whether a token
 * was well formed, nor expired, nor revoked.
 */
export function authenticate(
  authorization: string | undefined,
  snapshot: Snapshot,
  hashToken: (token: string) => string,
  now: number,
): Result<Authenticated, Refusal> {
  const refuse = (detail: string): Result<Authenticated, Refusal> => err({ reason: 'unauthenticated', detail });
  if (authorization === undefined) return refuse('no Authorization header');
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined || token.length > TOKEN_LENGTH_MAX) return refuse('Authorization is no bearer token');
  if (!isPlausibleGrantToken(token)) return refuse('the token is misspelled');
  // Looked up by keyed hash: comparing digests leaks nothing about the token by time.
  const grant = snapshot.grantByTokenHash(hashToken(token));
  if (grant === undefined) return refuse('no such grant');
  if (grant.expiresAt !== null && grant.expiresAt <= now) return refuse('the grant has expired');
  return ok({ grant, snapshot });
}
