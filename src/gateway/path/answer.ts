/**
 * What a server's result becomes on its way to the client. Policy edits lists and what goes with them; everything else
 * passes as it came.
 */
import { isJsonObject, type JsonObject, type JsonValue, ownMember } from '../../core/mcp/json/value.ts';
import type { Era } from '../../core/mcp/revisions.ts';
import type { DefinitionBook } from '../definitions/book.ts';

/** Longest time a client may keep a list: an edit of policy must reach it (milliseconds). */
const TTL_MAX_MS = 5_000;

export interface AnswerContext {
  readonly method: string;
  readonly era: Era;
  readonly book: DefinitionBook;
  /** Whether the grant's policy lets the tool be seen. */
  isListed(toolName: string): boolean;
}

/** Methods whose result must be read whole before the first byte goes out, because it is edited. */
export function isEditedWhole(method: string, era: Era): boolean {
  switch (method) {
    case 'initialize':
    case 'server/discover':
    case 'tools/list':
    case 'prompts/list':
    case 'resources/templates/list':
      return true;
    case 'resources/list':
    case 'resources/read':
      return era === 'stateless';
    default:
      return false;
  }
}

/** The result as the client gets it, or why it cannot be passed on. Lists without their list are nonsense, not empty. */
export function editResult(result: JsonObject, context: AnswerContext): JsonObject | string {
  const { method, book } = context;
  switch (method) {
    case 'initialize':
      return editOpening(result, book);
    case 'server/discover':
      return limitCaching(editOpening(result, book));
    case 'tools/list': {
      const edited = editList(result, 'tools', (items) =>
        book.reviewList('tool', items).filter((tool) => context.isListed(tool['name'] as string)),
      );
      return cacheable(edited, context);
    }
    case 'prompts/list':
      return cacheable(
        editList(result, 'prompts', (items) => book.reviewList('prompt', items)),
        context,
      );
    case 'resources/templates/list':
      return cacheable(
        editList(result, 'resourceTemplates', (items) => book.reviewList('resource_template', items)),
        context,
      );
    case 'resources/list':
    case 'resources/read':
      return cacheable(result, context);
    default:
      return result;
  }
}

function cacheable(result: JsonObject | string, context: AnswerContext): JsonObject | string {
  return typeof result === 'string' || context.era === 'initialize' ? result : limitCaching(result);
}

/** What a grant may see is nobody else's: private, and short-lived (MCP 2026-07-28, "Caching"). */
function limitCaching(result: JsonObject): JsonObject {
  const ttl = ownMember(result, 'ttlMs');
  const ttlMs = typeof ttl === 'number' && ttl >= 0 ? Math.min(ttl, TTL_MAX_MS) : 0;
  return { ...result, ttlMs, cacheScope: 'private' };
}

function editList(
  result: JsonObject,
  member: string,
  review: (items: readonly JsonValue[]) => JsonObject[],
): JsonObject | string {
  const items = ownMember(result, member);
  if (!Array.isArray(items)) return `the server's answer has no list \`${member}\``;
  return { ...result, [member]: review(items) };
}

/** The handshake's answer: instructions in their accepted form, and no capability that the gateway does not carry. */
function editOpening(result: JsonObject, book: DefinitionBook): JsonObject {
  const { instructions, ...rest } = result;
  const accepted = book.reviewInstructions(typeof instructions === 'string' ? instructions : undefined);
  const capabilities = ownMember(result, 'capabilities');
  return {
    ...rest,
    ...(capabilities !== undefined && isJsonObject(capabilities) ? { capabilities: withoutTasks(capabilities) } : {}),
    ...(accepted === undefined ? {} : { instructions: accepted }),
  };
}

/** Tasks are not carried yet, so they are not promised. */
function withoutTasks(capabilities: JsonObject): JsonObject {
  const { tasks: _tasks, ...rest } = capabilities;
  return rest;
}

/**
 * The client's capabilities as the server may know them: sampling and elicitation only where the policy lets the server
 * use them, tasks never.
 */
export function advertisedCapabilities(
  capabilities: JsonObject,
  mayServerAsk: (method: string) => boolean,
): JsonObject {
  const kept = Object.entries(withoutTasks(capabilities)).filter(([name]) => {
    if (name === 'sampling') return mayServerAsk('sampling/createMessage');
    if (name === 'elicitation') return mayServerAsk('elicitation/create');
    return true;
  });
  return Object.fromEntries(kept);
}
