/** What a new snapshot means for what is open: revoked grants lose their sessions and streams, edited lists are announced. */
import { isListed } from '../core/policy/decide.ts';
import type { Gateway } from './gateway.ts';
import type { Session } from './sessions/session.ts';
import type { PolicyView, Snapshot } from './snapshot.ts';

const LIST_CHANGED = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });

/** Ends what the snapshot no longer allows, and tells sessions whose visible tools changed. */
export async function followSnapshot(gateway: Gateway, snapshot: Snapshot): Promise<void> {
  await gateway.servers.follow(snapshot.servers);
  const now = gateway.dependencies.now();
  for (const call of gateway.calls) {
    const grant = snapshot.grantById(call.grantId);
    if (grant === undefined || isExpired(grant.expiresAt, now) || !grant.access.has(call.serverId)) call.cancel();
  }
  for (const session of gateway.sessions.all()) {
    const grant = snapshot.grantById(session.grant);
    const policy = grant?.access.get(session.server);
    if (grant === undefined || policy === undefined || isExpired(grant.expiresAt, now))
      await gateway.sessions.end(session);
    else announceChanges(gateway, snapshot, session, policy);
  }
}

function announceChanges(gateway: Gateway, snapshot: Snapshot, session: Session, policy: PolicyView | null): void {
  const visible = visibleTools(gateway, snapshot, session, policy);
  if (visible === undefined) return;
  const before = session.visibleTools;
  session.visibleTools = visible;
  if (before === undefined || before === visible) return;
  for (const stream of session.streams) stream.send({ data: LIST_CHANGED });
}

/** The tools a session may see, as one text to compare; undefined while the server is not listed. */
export function visibleTools(
  gateway: Gateway,
  snapshot: Snapshot,
  session: Pick<Session, 'server'>,
  policy: PolicyView | null,
): string | undefined {
  const server = snapshot.servers.find((view) => view.id === session.server);
  const book = server === undefined ? undefined : gateway.servers.handle(server).definitions.ready('initialize');
  if (book === undefined) return undefined;
  const names = book.toolNames().filter((name) => policy === null || isListed(policy.compiled, name, undefined));
  return JSON.stringify(names.sort());
}

function isExpired(expiresAt: number | null, now: number): boolean {
  return expiresAt !== null && expiresAt <= now;
}
