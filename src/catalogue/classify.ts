import { err, ok, type Result } from '../core/result.ts';
import { classify } from '../core/risk/classify.ts';
import { readToolDefinition, type ServerContext } from '../core/risk/definition.ts';
import type { ToolRisk } from '../core/risk/record.ts';

/** A record as `catalogue classify` prints it: the classifier's, with the server the definition came from. */
export interface ClassifiedLine extends ToolRisk {
  readonly server?: string;
}

/** Why a line of input could not be classified: where, and what was expected. */
export interface LineError {
  readonly line: number;
  readonly reason: string;
}

/** What was read of servers, so that it is read once for all their tools. */
type ServerContexts = Map<string, ServerContext>;

/** The most characters one definition may take: larger ones are refused by name, not read. */
export const lineCharactersMax = 16 * 1024 * 1024;

/**
 * Classifies one line of JSON: an object with `name` (or `tool`), and where known `title`, `description`, `inputSchema`,
 * `outputSchema`, `annotations`, `server` (a name, or an object with `name`, `title`, `description`), `server_description`.
 * Unknown members are ignored; members of the wrong type count as absent. `line` is the line's number, for errors.
 */
export function classifyLine(
  text: string,
  line: number,
  contexts: ServerContexts = new Map(),
): Result<ClassifiedLine, LineError> {
  if (text.length > lineCharactersMax) {
    return err({ line, reason: `expected at most ${lineCharactersMax} characters, found ${text.length}` });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return err({
      line,
      reason: `expected one JSON object a line: ${error instanceof Error ? error.message : 'not JSON'}`,
    });
  }
  if (!isObject(value)) return err({ line, reason: 'expected a JSON object with a tool definition' });
  const name = value['name'] ?? value['tool'];
  if (typeof name !== 'string') return err({ line, reason: 'expected a string member "name"' });
  const server = serverOf(value, contexts);
  const record = classify(readToolDefinition({ ...value, name }, server));
  return ok(server?.name === undefined ? record : { ...record, server: server.name });
}

/**
 * Classifies lines one after another and yields one result a line, in the same order. Blank lines are skipped.
 * Holds one line at a time.
 */
export async function* classifyLines(
  lines: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<Result<ClassifiedLine, LineError>> {
  const contexts: ServerContexts = new Map();
  let line = 0;
  for await (const text of lines) {
    line++;
    if (text.trim() !== '') yield classifyLine(text, line, contexts);
  }
}

// As many servers as are remembered at a time.
const contextsMax = 1_000;

function serverOf(value: Readonly<Record<string, unknown>>, contexts: ServerContexts): ServerContext | undefined {
  const given = value['server'];
  const object = isObject(given) ? given : {};
  const name = typeof given === 'string' ? given : textOf(object['name']);
  const title = textOf(object['title']) ?? textOf(value['server_title']);
  const description = textOf(object['description']) ?? textOf(value['server_description']);
  if (name === undefined && title === undefined && description === undefined) return undefined;
  const key = JSON.stringify([name, title, description]);
  const known = contexts.get(key);
  if (known !== undefined) return known;
  if (contexts.size >= contextsMax) contexts.clear();
  const context: ServerContext = { name, title, description };
  contexts.set(key, context);
  return context;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
