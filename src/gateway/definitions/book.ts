/**
 * One server's pinned definitions in one era: what was accepted, what is held back, and what a list from the server
 * becomes on its way to a client. An item that nobody accepted is omitted; one that changed is shown in its last accepted
 * form and cannot be called until a person has looked. Kept in memory, written to the store on every change.
 */
import { hash } from 'node:crypto';
import { canonicalText } from '../../core/mcp/json/canonical.ts';
import { UPSTREAM_LIST_LIMITS } from '../../core/mcp/json/limits.ts';
import { readJsonText } from '../../core/mcp/json/read.ts';
import { isJsonObject, type JsonObject, type JsonValue, ownMember } from '../../core/mcp/json/value.ts';
import { type ParameterHeader, parameterHeadersOf } from '../../core/mcp/mirrored-headers.ts';
import type {
  DefinitionChange,
  DefinitionKind,
  PinnedDefinition,
  ToolClass,
} from '../../core/organisation/definitions.ts';
import type { SchemaCheck } from '../../core/policy/request.ts';
import type { Listing } from './list-server.ts';

export type ToolClassifier = (definition: JsonObject, siblings: readonly string[]) => ToolClass;

export interface PinnedTool {
  readonly name: string;
  readonly hash: string;
  readonly definition: JsonObject;
  readonly parameterHeaders: readonly ParameterHeader[];
  readonly toolClass: ToolClass | undefined;
}

export type ToolState =
  | { readonly state: 'accepted'; readonly tool: PinnedTool }
  /** Accepted once; the server shows something else now. */
  | { readonly state: 'changed'; readonly tool: PinnedTool }
  | { readonly state: 'held' }
  | { readonly state: 'unknown' };

/** Compiles a tool's input schema off the request path. A schema that cannot be checked yields a check that always refuses. */
export type SchemaCompiler = (schema: JsonValue | undefined) => Promise<SchemaCheck>;

interface Pin {
  accepted: PinnedDefinition | undefined;
  held: PinnedDefinition | undefined;
}

/** Longest name that is pinned and shown; the specification's guidance is 128 characters of a small alphabet. */
const NAME_LENGTH_MAX = 256;

/** What a book needs from outside. */
export interface BookTools {
  readonly compileSchema: SchemaCompiler;
  readonly classifyTool: ToolClassifier;
  /** Writes a change of pins; changes come in order. */
  save(change: DefinitionChange): void;
  /** Milliseconds since the epoch. */
  now(): number;
}

export class DefinitionBook {
  readonly #pins = new Map<string, Pin>();
  readonly #read = new Map<string, PinnedTool>();
  readonly #checks = new Map<string, SchemaCheck | Promise<SchemaCheck>>();
  readonly #tools: BookTools;
  /** Grows with every change, so that what was rendered from an older state is not served. */
  version = 0;

  constructor(pinned: readonly PinnedDefinition[], tools: BookTools) {
    this.#tools = tools;
    this.replace(pinned);
  }

  /** Takes the store's state in place of the one in memory (somebody accepted, another process listed). */
  replace(pinned: readonly PinnedDefinition[]): void {
    const differs = pinned.some(
      ({ kind, name, state, hash: digest }) => this.#pins.get(pinKey(kind, name))?.[state]?.hash !== digest,
    );
    if (!differs && pinned.length === this.#count()) return;
    this.#pins.clear();
    this.#read.clear();
    for (const definition of pinned) this.#pin(definition.kind, definition.name)[definition.state] = definition;
    this.version += 1;
  }

  tool(name: string): ToolState {
    const pin = this.#pins.get(pinKey('tool', name));
    if (pin === undefined) return { state: 'unknown' };
    if (pin.accepted === undefined) return { state: 'held' };
    return { state: pin.held === undefined ? 'accepted' : 'changed', tool: this.#pinnedTool(pin.accepted) };
  }

  /** Names of accepted tools, those with a held change included. */
  toolNames(): string[] {
    return [...this.#pins.values()].flatMap((pin) => (pin.accepted?.kind === 'tool' ? [pin.accepted.name] : []));
  }

  /** What an accepted tool can do, for rules by class. */
  toolClass(name: string): ToolClass | undefined {
    return this.#pins.get(pinKey('tool', name))?.accepted?.toolClass;
  }

  /** The check of a tool's arguments; a promise only until the schema was compiled once. */
  schemaCheck(tool: PinnedTool): SchemaCheck | Promise<SchemaCheck> {
    const known = this.#checks.get(tool.hash);
    if (known !== undefined) return known;
    const compiling = this.#tools.compileSchema(ownMember(tool.definition, 'inputSchema')).then((check) => {
      this.#checks.set(tool.hash, check);
      return check;
    });
    this.#checks.set(tool.hash, compiling);
    return compiling;
  }

  /** The accepted instructions, whatever the server says now; a difference is noted and held. */
  reviewInstructions(shown: string | undefined, isFirstListing = false): string | undefined {
    const change = new Changes();
    if (shown !== undefined) this.#review('instructions', '', JSON.stringify(shown), shown, isFirstListing, change);
    this.#commit(change);
    const accepted = this.#pins.get(pinKey('instructions', ''))?.accepted;
    return shown === undefined || accepted === undefined ? undefined : (readPinned(accepted) as string);
  }

  /**
   * What the client may be shown of a list: each item as it is when it is the accepted one, in its last accepted form when
   * it changed, not at all when nobody accepted it or it has no usable name. The first of two items with one name counts.
   */
  reviewList(
    kind: Exclude<DefinitionKind, 'instructions'>,
    items: readonly JsonValue[],
    isFirstListing = false,
  ): JsonObject[] {
    const change = new Changes();
    const seen = new Set<string>();
    const shown: JsonObject[] = [];
    const classOf = kind === 'tool' ? this.#classifierOf(items) : undefined;
    for (const item of items) {
      if (!isJsonObject(item)) continue;
      const name = ownMember(item, kind === 'resource_template' ? 'uriTemplate' : 'name');
      if (typeof name !== 'string' || name === '' || name.length > NAME_LENGTH_MAX || seen.has(name)) continue;
      seen.add(name);
      const accepted = this.#review(kind, name, undefined, item, isFirstListing, change, classOf);
      if (accepted === 'same') shown.push(item);
      else if (accepted !== undefined) shown.push(readPinned(accepted) as JsonObject);
    }
    this.#commit(change);
    return shown;
  }

  /** Takes a whole listing; everything in a first one is accepted, because the operator named the server. */
  takeListing(listing: Listing, isFirstListing: boolean): void {
    this.reviewList('tool', listing.tools, isFirstListing);
    this.reviewList('prompt', listing.prompts, isFirstListing);
    this.reviewList('resource_template', listing.resourceTemplates, isFirstListing);
    this.reviewInstructions(listing.instructions, isFirstListing);
  }

  #review(
    kind: DefinitionKind,
    name: string,
    text: string | undefined,
    value: JsonValue,
    isFirstListing: boolean,
    change: Changes,
    classOf?: (tool: JsonObject) => ToolClass,
  ): 'same' | PinnedDefinition | undefined {
    const pin = this.#pin(kind, name);
    const digest = definitionHash(value);
    if (pin.accepted?.hash === digest) {
      if (pin.held !== undefined) {
        change.drop.push({ kind, name, state: 'held' });
        pin.held = undefined;
      }
      return 'same';
    }
    if (pin.held?.hash !== digest) {
      const state = isFirstListing ? 'accepted' : 'held';
      const definition: PinnedDefinition = {
        kind,
        name,
        state,
        hash: digest,
        body: text ?? JSON.stringify(value),
        seenAt: this.#tools.now(),
        ...(classOf === undefined ? {} : { toolClass: classOf(value as JsonObject) }),
      };
      pin[state] = definition;
      change.put.push(definition);
      if (isFirstListing) return 'same';
    }
    return pin.accepted;
  }

  #classifierOf(items: readonly JsonValue[]): (tool: JsonObject) => ToolClass {
    const siblings = items.flatMap((item) => {
      const name = isJsonObject(item) ? ownMember(item, 'name') : undefined;
      return typeof name === 'string' ? [name] : [];
    });
    return (tool) => this.#tools.classifyTool(tool, siblings);
  }

  #commit(change: Changes): void {
    if (change.put.length === 0 && change.drop.length === 0) return;
    this.version += 1;
    this.#read.clear();
    this.#tools.save(change);
  }

  #count(): number {
    return [...this.#pins.values()].reduce(
      (sum, pin) => sum + (pin.accepted === undefined ? 0 : 1) + (pin.held === undefined ? 0 : 1),
      0,
    );
  }

  #pin(kind: DefinitionKind, name: string): Pin {
    const key = pinKey(kind, name);
    let pin = this.#pins.get(key);
    if (pin === undefined) {
      pin = { accepted: undefined, held: undefined };
      this.#pins.set(key, pin);
    }
    return pin;
  }

  #pinnedTool(accepted: PinnedDefinition): PinnedTool {
    let tool = this.#read.get(accepted.name);
    if (tool === undefined) {
      const definition = readPinned(accepted) as JsonObject;
      tool = {
        name: accepted.name,
        hash: accepted.hash,
        definition,
        parameterHeaders: parameterHeadersOf(ownMember(definition, 'inputSchema')),
        toolClass: accepted.toolClass,
      };
      this.#read.set(accepted.name, tool);
    }
    return tool;
  }
}

/** SHA-256 over the canonical form of every field of a definition, hexadecimal. */
export function definitionHash(definition: JsonValue): string {
  return hash('sha256', canonicalText(definition));
}

class Changes implements DefinitionChange {
  readonly put: PinnedDefinition[] = [];
  readonly drop: { kind: DefinitionKind; name: string; state: 'held' }[] = [];
}

function pinKey(kind: DefinitionKind, name: string): string {
  return `${kind} ${name}`;
}

/** The body of a pin, numbers as they were written. It was written here from a value, so it reads back. */
function readPinned(definition: PinnedDefinition): JsonValue {
  const value = readJsonText(definition.body, UPSTREAM_LIST_LIMITS);
  if (!value.ok) throw new Error(`the pinned ${definition.kind} ${definition.name} is damaged: ${value.error.text}`);
  return value.value;
}
