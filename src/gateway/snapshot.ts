/**
 * What the data plane knows of grants, servers and policies: an immutable picture, replaced whole when something changes.
 * A message is decided from the one snapshot it was authenticated with.
 */
import type { CompiledPolicy } from '../core/policy/compile.ts';

export interface Snapshot {
  /** Undefined for a token nobody has; the argument is the keyed hash of the token. */
  grantByTokenHash(hash: string): GrantView | undefined;
  grantById(id: string): GrantView | undefined;
  /** By slug or id, within one organisation. */
  server(organisation: string, ref: string): ServerView | undefined;
  readonly servers: readonly ServerView[];
}

export interface GrantView {
  readonly id: string;
  readonly organisation: string;
  readonly label: string;
  readonly owner: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** Stays the same when a grant is rotated or made again with the same label and owner: counters hang on it. */
  readonly lineage: string;
  /** Milliseconds since the epoch; null never expires. */
  readonly expiresAt: number | null;
  /** The servers it covers. Null is a server without a policy, or with one that could not be read: every call is denied. */
  readonly access: ReadonlyMap<string, PolicyView | null>;
}

export interface PolicyView {
  readonly name: string;
  readonly version: number;
  readonly compiled: CompiledPolicy;
}

export interface ServerView {
  readonly id: string;
  readonly slug: string;
  readonly organisation: string;
  /** Changes whenever the entry changes, so that connections made for the old one are not used for the new one. */
  readonly fingerprint: string;
  readonly upstream: UpstreamEntry;
}

/** How a server is reached; credentials are already opened. */
export type UpstreamEntry =
  | {
      readonly kind: 'http';
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly allowPrivate: boolean;
      readonly timeoutMs: number | null;
    }
  | {
      readonly kind: 'stdio';
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly cwd: string | null;
      /** Another account to run as, where the gateway may. */
      readonly user: string | null;
      readonly sandbox:
        | boolean
        | { readonly readable: readonly string[]; readonly writable: readonly string[]; readonly network: boolean };
      /** One child for all sessions instead of one each. */
      readonly isShared: boolean;
      readonly idleMs: number | null;
      readonly lifetimeMs: number | null;
      readonly timeoutMs: number | null;
    };

/** Hands out the newest snapshot. */
export interface SnapshotSource {
  current(): Snapshot;
}
