/**
 * Who is told when a grant's visible tools change because a policy was edited or a held definition accepted: open event
 * streams of sessions, and subscriptions of the stateless era. Changes that a server announces come from the server.
 */

import type { Era } from '../../core/mcp/revisions.ts';
import { isListed } from '../../core/policy/decide.ts';
import type { Gateway } from '../gateway.ts';
import type { Snapshot } from '../snapshot.ts';

export interface ListWatcher {
  readonly grant: string;
  readonly server: string;
  readonly era: Era;
  /** Sends `notifications/tools/list_changed`. */
  changed(): void;
}

export class ListWatchers {
  readonly #visible = new Map<ListWatcher, string | undefined>();

  /** From now on the watcher is told of changes; the function given back ends that. */
  add(gateway: Gateway, watcher: ListWatcher): () => void {
    this.#visible.set(watcher, visibleTools(gateway, gateway.dependencies.snapshots.current(), watcher));
    return () => this.#visible.delete(watcher);
  }

  /** Compares what each watcher could see with what it can see now. */
  follow(gateway: Gateway, snapshot: Snapshot): void {
    for (const [watcher, before] of this.#visible) {
      const visible = visibleTools(gateway, snapshot, watcher);
      this.#visible.set(watcher, visible);
      if (before !== undefined && visible !== undefined && before !== visible) watcher.changed();
    }
  }
}

/** The tools a grant may see, as one text to compare; undefined while the server is not listed or the grant has no access. */
function visibleTools(
  gateway: Gateway,
  snapshot: Snapshot,
  watcher: Pick<ListWatcher, 'grant' | 'server' | 'era'>,
): string | undefined {
  const server = snapshot.servers.find((view) => view.id === watcher.server);
  const policy = snapshot.grantById(watcher.grant)?.access.get(watcher.server);
  const book = server === undefined ? undefined : gateway.servers.handle(server).definitions.ready(watcher.era);
  if (book === undefined || policy === undefined) return undefined;
  const names = book
    .toolNames()
    .filter((name) => policy === null || isListed(policy.compiled, name, book.toolClass(name)));
  return JSON.stringify([names.sort(), book.version]);
}
