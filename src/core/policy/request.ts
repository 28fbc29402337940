import type { JsonObject } from '../mcp/json/value.ts';
import type { ToolCategory } from './document.ts';

/** Everything a policy may know of one message. What could change between two runs (the clock, too) is in here. */
export interface PolicyRequest {
  readonly kind: 'tool' | 'method';
  /** The tool's name on its own server, or the method. */
  readonly name: string;
  /** What conditions see as `args`: the arguments of a tool call; of another method its `params` without `_meta`. */
  readonly arguments: JsonObject;
  readonly definition: DefinitionState;
  /** The class of the tool, stored with its accepted definition; absent for methods and for tools without a class. */
  readonly tool?: ToolFacts;
  readonly grant: GrantFacts;
  /** What the client calls itself. */
  readonly clientName?: string;
  /** The MCP session, where there is one. */
  readonly session?: string;
  /** Flow labels on the grant and when each expires, in milliseconds since the epoch. */
  readonly labels: ReadonlyMap<string, number>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** How the definition of what is called stands. */
export type DefinitionState =
  /** Pinned and unchanged. */
  | { readonly state: 'accepted'; readonly check: SchemaCheck }
  /** Pinned, but the server now says something else that nobody has accepted. */
  | { readonly state: 'changed' }
  /** Listed by the server, never accepted. */
  | { readonly state: 'held' }
  /** Not listed by the server. */
  | { readonly state: 'unknown' }
  /** For methods whose subject has no definition (a URI, a task). */
  | { readonly state: 'none' };

/**
 * Checks arguments against the accepted input schema. `strict` also refuses properties that the schema does not declare,
 * but for the top-level names in `alsoDeclared`, which the policy itself reads.
 */
export type SchemaCheck = (
  args: JsonObject,
  mode: 'declared' | 'strict',
  alsoDeclared: NameSet,
) => { readonly ok: true } | { readonly ok: false; readonly reason: string; readonly unsupported?: true };

export interface NameSet {
  has(name: string): boolean;
}

export interface ToolFacts {
  readonly category: ToolCategory;
  readonly severity: 'Low' | 'Medium' | 'High' | 'Critical';
  /** From 0 to 1. */
  readonly confidence: number;
}

export interface GrantFacts {
  /** What counters of scope `grant` belong to: the same for a grant that is rotated or made again. */
  readonly counterKey: string;
  readonly label: string;
  readonly labels: Readonly<Record<string, string>>;
}
