import { isRecord } from './schema-facts.ts';

/** A tool as a server declares it, reduced to what is read here. Everything in it is data from a stranger. */
export interface ToolDefinition {
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly inputSchema?: unknown;
  readonly outputSchema?: unknown;
  readonly annotations?: Annotations | undefined;
  readonly server?: ServerContext | undefined;
}

/** The hints of `ToolAnnotations` as the server states them; a hint that is not a boolean counts as not stated. */
export interface Annotations {
  readonly title?: string | undefined;
  readonly readOnlyHint?: boolean | undefined;
  readonly destructiveHint?: boolean | undefined;
  readonly idempotentHint?: boolean | undefined;
  readonly openWorldHint?: boolean | undefined;
}

/** What is known about the server a tool belongs to. One object per server: facts about it are read once. */
export interface ServerContext {
  readonly name?: string | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  /** Names of all tools of the server, in its order. */
  readonly siblings?: readonly string[] | undefined;
}

/** A tool definition from untyped JSON. Members of the wrong type count as absent; a missing name becomes the empty name. */
export function readToolDefinition(value: unknown, server?: ServerContext): ToolDefinition {
  const source = isRecord(value) ? value : {};
  return {
    name: text(source['name']) ?? '',
    title: text(source['title']),
    description: text(source['description']),
    inputSchema: source['inputSchema'],
    outputSchema: source['outputSchema'],
    annotations: readAnnotations(source['annotations']),
    server,
  };
}

function readAnnotations(value: unknown): Annotations | undefined {
  if (!isRecord(value)) return undefined;
  return {
    title: text(value['title']),
    readOnlyHint: flag(value['readOnlyHint']),
    destructiveHint: flag(value['destructiveHint']),
    idempotentHint: flag(value['idempotentHint']),
    openWorldHint: flag(value['openWorldHint']),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function flag(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}
