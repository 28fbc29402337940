/** What a server says of itself and what reaches a model, pinned by hash for each server, credential and era. */
import type { Era } from '../mcp/revisions.ts';
import type { ToolFacts } from '../policy/request.ts';

export type DefinitionKind = 'tool' | 'prompt' | 'resource_template' | 'instructions';

export interface PinnedDefinition {
  readonly kind: DefinitionKind;
  /** Tool or prompt name, URI template; empty for instructions. */
  readonly name: string;
  /** At most one accepted and one held definition for each kind and name. */
  readonly state: 'accepted' | 'held';
  /** SHA-256 over the canonical JSON of every field, hexadecimal. */
  readonly hash: string;
  /** The definition as JSON text, as the server sent it. */
  readonly body: string;
  /** Milliseconds since the epoch. */
  readonly seenAt: number;
  /** Of a tool: what it can do, as judged when it was seen; it changes only with the definition. */
  readonly toolClass?: ToolClass;
}

/** The class that rules by class go by, and the version of the classifier that judged. */
export interface ToolClass extends ToolFacts {
  readonly classifier: string;
}

export interface DefinitionStore {
  /** Undefined when the server was never listed with this credential in this era. */
  load(server: string, credential: string, era: Era): Promise<readonly PinnedDefinition[] | undefined>;
  /** Marks the server as listed, writes the definitions in `put` and removes those in `drop`; others stay as they are. */
  record(server: string, credential: string, era: Era, change: DefinitionChange): Promise<void>;
}

export interface DefinitionChange {
  readonly put: readonly PinnedDefinition[];
  readonly drop: readonly Pick<PinnedDefinition, 'kind' | 'name' | 'state'>[];
}
