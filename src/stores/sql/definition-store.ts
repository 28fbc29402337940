/** Pinned definitions in the control database; a credential and an era together name one set of pins. */

import type { Era } from '../../core/mcp/revisions.ts';
import type {
  DefinitionChange,
  DefinitionStore,
  PinnedDefinition,
  ToolClass,
} from '../../core/organisation/definitions.ts';
import type { Database } from './database.ts';

export function openDefinitionStore(db: Database, now: () => number): DefinitionStore {
  const setName = (credential: string, era: Era): string => `${credential}/${era}`;
  return {
    async load(server, credential, era): Promise<readonly PinnedDefinition[] | undefined> {
      const set = setName(credential, era);
      const listing = await db
        .selectFrom('listings')
        .select('listed_at')
        .where('server', '=', server)
        .where('credential', '=', set)
        .executeTakeFirst();
      if (listing === undefined) return undefined;
      const rows = await db
        .selectFrom('definitions')
        .selectAll()
        .where('server', '=', server)
        .where('credential', '=', set)
        .execute();
      return rows.map((row) => ({
        kind: row.kind,
        name: row.name,
        state: row.state,
        hash: row.hash,
        body: row.body,
        seenAt: row.seen_at,
        ...(row.tool_class === null ? {} : { toolClass: JSON.parse(row.tool_class) as ToolClass }),
      }));
    },

    async record(server, credential, era, change: DefinitionChange): Promise<void> {
      const set = setName(credential, era);
      const at = now();
      await db.transaction().execute(async (transaction) => {
        // A server that was removed meanwhile takes its pins with it.
        const exists = await transaction.selectFrom('servers').select('id').where('id', '=', server).executeTakeFirst();
        if (exists === undefined) return;
        await transaction
          .insertInto('listings')
          .values({ server, credential: set, listed_at: at })
          .onConflict((conflict) => conflict.columns(['server', 'credential']).doUpdateSet({ listed_at: at }))
          .execute();
        for (const item of change.drop) {
          await transaction
            .deleteFrom('definitions')
            .where('server', '=', server)
            .where('credential', '=', set)
            .where('kind', '=', item.kind)
            .where('name', '=', item.name)
            .where('state', '=', item.state)
            .execute();
        }
        for (const item of change.put) {
          const values = {
            hash: item.hash,
            body: item.body,
            seen_at: item.seenAt,
            accepted_at: item.state === 'accepted' ? at : null,
            tool_class: item.toolClass === undefined ? null : JSON.stringify(item.toolClass),
          };
          await transaction
            .insertInto('definitions')
            .values({ server, credential: set, kind: item.kind, name: item.name, state: item.state, ...values })
            .onConflict((conflict) =>
              conflict.columns(['server', 'credential', 'kind', 'name', 'state']).doUpdateSet(values),
            )
            .execute();
        }
      });
    },
  };
}
