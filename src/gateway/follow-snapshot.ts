/** What a new snapshot means for what is open: revoked grants lose their sessions and streams, edited lists are announced. */
import type { Gateway } from './gateway.ts';
import type { Snapshot } from './snapshot.ts';

/** Ends what the snapshot no longer allows, and tells clients whose visible tools changed. */
export async function followSnapshot(gateway: Gateway, snapshot: Snapshot): Promise<void> {
  await gateway.servers.follow(snapshot.servers);
  const now = gateway.dependencies.now();
  const hasAccess = (grantId: string, serverId: string): boolean => {
    const grant = snapshot.grantById(grantId);
    return grant !== undefined && (grant.expiresAt === null || grant.expiresAt > now) && grant.access.has(serverId);
  };
  for (const call of gateway.calls)
    if (!hasAccess(call.grantId, call.serverId))
      call.cancel({ reason: 'cancelled', detail: 'the grant lost its access to this server' });
  for (const session of gateway.sessions.all()) {
    if (!hasAccess(session.grant, session.server)) await gateway.sessions.end(session);
  }
  gateway.watchers.follow(gateway, snapshot);
}
