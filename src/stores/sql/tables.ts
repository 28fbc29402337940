/** Tables of the control database; STORAGE.md beside this file says who owns each and how it grows. */
import type { Generated } from 'kysely';

export interface Tables {
  organisations: OrganisationRow;
  servers: ServerRow;
  policies: PolicyRow;
  policy_versions: PolicyVersionRow;
  grants: GrantRow;
  grant_servers: GrantServerRow;
  definitions: DefinitionRow;
  listings: ListingRow;
}

export interface OrganisationRow {
  id: string;
  name: string;
  created_at: number;
}

export interface ServerRow {
  id: string;
  organisation: string;
  slug: string;
  /** The entry as JSON; secret values are replaced by sealed text. */
  entry: string;
  /** Keyed hash of the entry with its secrets: changes when anything of it changes, and tells nothing. */
  fingerprint: string;
  created_at: number;
  updated_at: number;
}

export interface PolicyRow {
  id: string;
  organisation: string;
  server: string;
  name: string;
  created_at: number;
}

/** Immutable once written. */
export interface PolicyVersionRow {
  policy: string;
  version: number;
  document: string;
  created_at: number;
}

export interface GrantRow {
  id: string;
  organisation: string;
  label: string;
  owner: string | null;
  /** Keyed hash of the token. */
  token_hash: string;
  labels: string;
  expires_at: number | null;
  revoked_at: number | null;
  last_used_at: Generated<number | null>;
  created_at: number;
}

export interface GrantServerRow {
  grant_id: string;
  server: string;
  policy: string | null;
}

/** What a server's list said, pinned: one accepted and at most one held row for each name. */
export interface DefinitionRow {
  server: string;
  /** `<credential>/<era>`: lists made with different credentials or in different eras are pinned apart. */
  credential: string;
  kind: 'tool' | 'prompt' | 'resource_template' | 'instructions';
  name: string;
  state: 'accepted' | 'held';
  hash: string;
  body: string;
  seen_at: number;
  accepted_at: number | null;
  /** JSON of the tool's class, as judged when it was seen. */
  tool_class: string | null;
}

/** That a server was listed at all: what it shows from then on needs acceptance. */
export interface ListingRow {
  server: string;
  credential: string;
  listed_at: number;
}
