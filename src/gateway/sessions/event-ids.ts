/**
 * Event ids towards clients are sealed to their session: many servers look events up by id alone, so that an id of another
 * session would replay that session's messages.
 */
import type { GatewayKeys } from '../dependencies.ts';
import type { Session } from './session.ts';

const CONTEXT = 'event id';

export function sealEventId(keys: GatewayKeys, session: Session, upstreamId: string): string {
  return keys.seal(upstreamId, `${CONTEXT}/${session.id}`);
}

/** The server's own event id, or undefined when the id was not handed out in this session. */
export function openEventId(keys: GatewayKeys, session: Session, sealed: string): string | undefined {
  return keys.open(sealed, `${CONTEXT}/${session.id}`);
}
