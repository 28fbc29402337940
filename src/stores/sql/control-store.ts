/** Reads and writes of the control state. Secrets of server entries are sealed here on their way in, and opened on their way out. */
import { createHmac, randomBytes } from 'node:crypto';
import type { Transaction } from 'kysely';
import { mapSecrets, ServerEntry } from '../../core/organisation/server-entry.ts';
import type {
  ControlState,
  ControlStore,
  StateChange,
  StoredDefinition,
  StoredGrant,
} from '../../core/organisation/state.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Database } from './database.ts';
import type { Tables } from './tables.ts';

const ID_ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';

/** A random id such as `srv_k3v9…` (80 bits). The underscore keeps it apart from every slug. */
export function createId(prefix: 'org' | 'srv' | 'pol' | 'grt'): string {
  return `${prefix}_${[...randomBytes(16)].map((byte) => ID_ALPHABET[byte % 32]).join('')}`;
}

/** Opens the store over a migrated database; makes the organisation at first start. */
export async function openControlStore(db: Database, keys: KeyRing, now: () => number): Promise<ControlStore> {
  const existing = await db.selectFrom('organisations').select('id').orderBy('created_at').executeTakeFirst();
  const organisation = existing?.id ?? createId('org');
  if (existing === undefined) {
    await db.insertInto('organisations').values({ id: organisation, name: 'default', created_at: now() }).execute();
  }
  const context = (owner: string, server: string, field: string): string => `${owner}/${server}/${field}`;
  return {
    organisation,

    async read(owner): Promise<ControlState> {
      return db.transaction().execute(async (transaction) => {
        const servers = await transaction
          .selectFrom('servers')
          .selectAll()
          .where('organisation', '=', owner)
          .orderBy('slug')
          .execute();
        const policies = await newestPolicies(transaction, owner);
        const grants = await readGrants(transaction, owner);
        return {
          servers: servers.map((row) => ({
            id: row.id,
            organisation: row.organisation,
            slug: row.slug,
            fingerprint: row.fingerprint,
            entry: mapSecrets(ServerEntry.parse(JSON.parse(row.entry)), (value, field) => {
              const opened = keys.open(value, context(owner, row.id, field));
              if (opened === undefined)
                throw new Error(
                  `the secret ${field} of server ${row.slug} cannot be opened with the keys of this data directory`,
                );
              return opened;
            }),
          })),
          policies,
          grants,
        };
      });
    },

    async write(owner, changes): Promise<void> {
      const at = now();
      await db.transaction().execute(async (transaction) => {
        for (const change of changes) await applyChange(transaction, owner, change, at, keys, context);
      });
    },

    async listDefinitions(server): Promise<readonly StoredDefinition[]> {
      const rows = await db
        .selectFrom('definitions')
        .selectAll()
        .where('server', '=', server)
        .orderBy('kind')
        .orderBy('name')
        .orderBy('state')
        .execute();
      return rows.map((row) => ({
        credential: row.credential,
        kind: row.kind,
        name: row.name,
        state: row.state,
        hash: row.hash,
        body: row.body,
        seenAt: row.seen_at,
      }));
    },

    async acceptDefinitions(server, which): Promise<number> {
      const at = now();
      return db.transaction().execute(async (transaction) => {
        const held = await transaction
          .selectFrom('definitions')
          .selectAll()
          .where('server', '=', server)
          .where('state', '=', 'held')
          .execute();
        const chosen =
          which === 'all'
            ? held
            : held.filter((row) => which.some((item) => item.kind === row.kind && item.name === row.name));
        for (const row of chosen) {
          const key = transaction
            .deleteFrom('definitions')
            .where('server', '=', server)
            .where('credential', '=', row.credential)
            .where('kind', '=', row.kind)
            .where('name', '=', row.name);
          await key.execute();
          await transaction
            .insertInto('definitions')
            .values({ ...row, state: 'accepted', accepted_at: at })
            .execute();
        }
        return chosen.length;
      });
    },
  };
}

/** A keyed hash over an entry with its secrets; equal entries have equal fingerprints on one instance. */
export function entryFingerprint(keys: KeyRing, entry: ServerEntry): string {
  return createHmac('sha256', keys.derive('server entries'))
    .update(JSON.stringify(sortKeys(entry)))
    .digest('base64url');
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, member]) => [key, sortKeys(member)]);
}

async function applyChange(
  transaction: Transaction<Tables>,
  owner: string,
  change: StateChange,
  at: number,
  keys: KeyRing,
  context: (owner: string, server: string, field: string) => string,
): Promise<void> {
  switch (change.kind) {
    case 'put-server': {
      const sealed = mapSecrets(change.entry, (value, field) => keys.seal(value, context(owner, change.id, field)));
      const values = {
        entry: JSON.stringify(sealed),
        fingerprint: entryFingerprint(keys, change.entry),
        updated_at: at,
      };
      await transaction
        .insertInto('servers')
        .values({ id: change.id, organisation: owner, slug: change.slug, created_at: at, ...values })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
        .execute();
      return;
    }
    case 'delete-server':
      await transaction.deleteFrom('servers').where('id', '=', change.id).where('organisation', '=', owner).execute();
      return;
    case 'put-policy': {
      await transaction
        .insertInto('policies')
        .values({ id: change.id, organisation: owner, server: change.server, name: change.name, created_at: at })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute();
      const newest = await transaction
        .selectFrom('policy_versions')
        .select((expression) => expression.fn.max('version').as('version'))
        .where('policy', '=', change.id)
        .executeTakeFirst();
      const version = (newest?.version ?? 0) + 1;
      await transaction
        .insertInto('policy_versions')
        .values({ policy: change.id, version, document: change.document, created_at: at })
        .execute();
      return;
    }
    case 'delete-policy':
      await transaction.deleteFrom('policies').where('id', '=', change.id).where('organisation', '=', owner).execute();
      return;
    case 'put-grant': {
      const { grant } = change;
      const values = {
        token_hash: grant.tokenHash,
        labels: JSON.stringify(grant.labels),
        expires_at: grant.expiresAt,
        revoked_at: null,
      };
      await transaction
        .insertInto('grants')
        .values({
          id: grant.id,
          organisation: owner,
          label: grant.label,
          owner: grant.owner,
          created_at: at,
          ...values,
        })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
        .execute();
      await transaction.deleteFrom('grant_servers').where('grant_id', '=', grant.id).execute();
      for (const [server, policy] of grant.access) {
        await transaction.insertInto('grant_servers').values({ grant_id: grant.id, server, policy }).execute();
      }
      return;
    }
    case 'revoke-grant':
      await transaction
        .updateTable('grants')
        // The row stays for the log; its token is nobody's any more, so that the grant can be made again with it.
        .set({ revoked_at: at, token_hash: `revoked:${change.id}` })
        .where('id', '=', change.id)
        .where('organisation', '=', owner)
        .execute();
      return;
  }
}

async function newestPolicies(transaction: Transaction<Tables>, owner: string): Promise<ControlState['policies']> {
  return transaction
    .selectFrom('policies')
    .innerJoin('policy_versions', 'policy_versions.policy', 'policies.id')
    .select(['policies.id', 'policies.name', 'policies.server', 'policy_versions.version', 'policy_versions.document'])
    .where('policies.organisation', '=', owner)
    .where((expression) =>
      expression(
        'policy_versions.version',
        '=',
        expression
          .selectFrom('policy_versions as newer')
          .whereRef('newer.policy', '=', 'policies.id')
          .select((select) => select.fn.max('newer.version').as('version')),
      ),
    )
    .orderBy('policies.name')
    .execute();
}

async function readGrants(transaction: Transaction<Tables>, owner: string): Promise<readonly StoredGrant[]> {
  const grants = await transaction
    .selectFrom('grants')
    .selectAll()
    .where('organisation', '=', owner)
    .where('revoked_at', 'is', null)
    .orderBy('label')
    .execute();
  const access = await transaction
    .selectFrom('grant_servers')
    .innerJoin('grants', 'grants.id', 'grant_servers.grant_id')
    .select(['grant_servers.grant_id', 'grant_servers.server', 'grant_servers.policy'])
    .where('grants.organisation', '=', owner)
    .execute();
  const accessByGrant = new Map<string, Map<string, string | null>>();
  for (const row of access) {
    const map = accessByGrant.get(row.grant_id) ?? new Map<string, string | null>();
    map.set(row.server, row.policy);
    accessByGrant.set(row.grant_id, map);
  }
  return grants.map((row) => ({
    id: row.id,
    organisation: row.organisation,
    label: row.label,
    owner: row.owner,
    tokenHash: row.token_hash,
    labels: JSON.parse(row.labels) as Record<string, string>,
    expiresAt: row.expires_at,
    access: accessByGrant.get(row.id) ?? new Map<string, string | null>(),
  }));
}
