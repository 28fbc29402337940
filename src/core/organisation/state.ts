/** What an organisation owns, and the store that keeps it. Everything belongs to one organisation; nothing crosses. */
import type { ServerEntry } from './server-entry.ts';

export interface StoredServer {
  readonly id: string;
  readonly organisation: string;
  readonly slug: string;
  /** With its secrets opened. */
  readonly entry: ServerEntry;
  readonly fingerprint: string;
}

export interface StoredPolicy {
  readonly id: string;
  readonly name: string;
  /** Server id. */
  readonly server: string;
  /** Newest version and its document. */
  readonly version: number;
  readonly document: string;
}

export interface StoredGrant {
  readonly id: string;
  readonly organisation: string;
  readonly label: string;
  readonly owner: string | null;
  readonly tokenHash: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly expiresAt: number | null;
  /** Server id → policy id. */
  readonly access: ReadonlyMap<string, string | null>;
}

export interface ControlState {
  readonly servers: readonly StoredServer[];
  readonly policies: readonly StoredPolicy[];
  readonly grants: readonly StoredGrant[];
}

/** A set of writes that happen together or not at all. */
export type StateChange =
  | { readonly kind: 'put-server'; readonly id: string; readonly slug: string; readonly entry: ServerEntry }
  | { readonly kind: 'delete-server'; readonly id: string }
  | {
      readonly kind: 'put-policy';
      readonly id: string;
      readonly name: string;
      readonly server: string;
      readonly document: string;
    }
  | { readonly kind: 'delete-policy'; readonly id: string }
  | { readonly kind: 'put-grant'; readonly grant: StoredGrant }
  | { readonly kind: 'revoke-grant'; readonly id: string };

export interface ControlStore {
  /** The organisation made at first start. */
  readonly organisation: string;
  read(organisation: string): Promise<ControlState>;
  write(organisation: string, changes: readonly StateChange[]): Promise<void>;
  listDefinitions(server: string): Promise<readonly StoredDefinition[]>;
  /** Accepts held definitions by kind and name; gives how many there were. */
  acceptDefinitions(
    server: string,
    which: 'all' | readonly { readonly kind: string; readonly name: string }[],
  ): Promise<number>;
}

export interface StoredDefinition {
  readonly credential: string;
  readonly kind: 'tool' | 'prompt' | 'resource_template' | 'instructions';
  readonly name: string;
  readonly state: 'accepted' | 'held';
  readonly hash: string;
  readonly body: string;
  readonly seenAt: number;
}
