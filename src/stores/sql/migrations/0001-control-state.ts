import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('organisations')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('servers')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('organisation', 'text', (column) => column.notNull().references('organisations.id'))
    .addColumn('slug', 'text', (column) => column.notNull())
    .addColumn('entry', 'text', (column) => column.notNull())
    .addColumn('fingerprint', 'text', (column) => column.notNull())
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .addColumn('updated_at', 'integer', (column) => column.notNull())
    .addUniqueConstraint('servers_slug', ['organisation', 'slug'])
    .execute();
  await db.schema
    .createTable('policies')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('organisation', 'text', (column) => column.notNull().references('organisations.id'))
    .addColumn('server', 'text', (column) => column.notNull().references('servers.id').onDelete('cascade'))
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .addUniqueConstraint('policies_name', ['organisation', 'name'])
    .execute();
  await db.schema
    .createTable('policy_versions')
    .addColumn('policy', 'text', (column) => column.notNull().references('policies.id').onDelete('cascade'))
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('document', 'text', (column) => column.notNull())
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('policy_versions_key', ['policy', 'version'])
    .execute();
  await db.schema
    .createTable('grants')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('organisation', 'text', (column) => column.notNull().references('organisations.id'))
    .addColumn('label', 'text', (column) => column.notNull())
    .addColumn('owner', 'text')
    .addColumn('token_hash', 'text', (column) => column.notNull().unique())
    .addColumn('labels', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'integer')
    .addColumn('revoked_at', 'integer')
    .addColumn('last_used_at', 'integer')
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('grant_servers')
    .addColumn('grant_id', 'text', (column) => column.notNull().references('grants.id').onDelete('cascade'))
    .addColumn('server', 'text', (column) => column.notNull().references('servers.id').onDelete('cascade'))
    .addColumn('policy', 'text', (column) => column.references('policies.id').onDelete('set null'))
    .addPrimaryKeyConstraint('grant_servers_key', ['grant_id', 'server'])
    .execute();
  await db.schema
    .createTable('definitions')
    .addColumn('server', 'text', (column) => column.notNull().references('servers.id').onDelete('cascade'))
    .addColumn('credential', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addColumn('seen_at', 'integer', (column) => column.notNull())
    .addColumn('accepted_at', 'integer')
    .addColumn('tool_class', 'text')
    .addPrimaryKeyConstraint('definitions_key', ['server', 'credential', 'kind', 'name', 'state'])
    .execute();
  await db.schema
    .createTable('listings')
    .addColumn('server', 'text', (column) => column.notNull().references('servers.id').onDelete('cascade'))
    .addColumn('credential', 'text', (column) => column.notNull())
    .addColumn('listed_at', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('listings_key', ['server', 'credential'])
    .execute();
}
