import { readJson } from '../../../core/mcp/json/read.ts';
import type { JsonValue } from '../../../core/mcp/json/value.ts';

/** The members of a message from a server, as places in its line. */
export interface Envelope {
  readonly kind: 'request' | 'notification' | 'result' | 'error';
  /** Absent in notifications. */
  readonly id?: JsonValue;
  /** First byte and the byte behind the last of the value of `result` or `error`. */
  readonly body?: { readonly start: number; readonly end: number };
}

/**
 * Finds out what kind of JSON-RPC message a line is without building its value, so that a large result can be passed on
 * unread. The envelope is closed: a member it does not have, a member twice, a `result` that is no object make it
 * unreadable (undefined). What lies inside `params`, `result` and `error` is skipped over, not checked.
 */
export function scanEnvelope(line: Buffer): Envelope | undefined {
  const members = topLevelMembers(line);
  if (members === undefined || textOf(line, members.get('jsonrpc')) !== '"2.0"') return undefined;
  const idSpan = members.get('id');
  const id = idSpan && readScalar(line.subarray(idSpan.start, idSpan.end));
  if (idSpan !== undefined && id === undefined) return undefined;
  const [result, error] = [members.get('result'), members.get('error')];
  if (members.has('method')) {
    if (result !== undefined || error !== undefined) return undefined;
    if (id === undefined) return { kind: 'notification' };
    // MCP, basic: the id of a request is a string or a number, never null.
    return typeof id === 'boolean' || id === null ? undefined : { kind: 'request', id };
  }
  const body = result ?? error;
  if (id === undefined || body === undefined || (result !== undefined && error !== undefined)) return undefined;
  if (members.has('params') || line[body.start] !== openBrace) return undefined;
  return { kind: result === undefined ? 'error' : 'result', id, body };
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const names = new Set(['jsonrpc', 'id', 'method', 'params', 'result', 'error']);

function topLevelMembers(line: Buffer): Map<string, Span> | undefined {
  const members = new Map<string, Span>();
  let at = skipSpace(line, 0);
  if (line[at] !== openBrace) return undefined;
  at = skipSpace(line, at + 1);
  while (line[at] === quote) {
    const keyEnd = skipString(line, at);
    if (keyEnd === undefined) return undefined;
    const name = readScalar(line.subarray(at, keyEnd));
    if (typeof name !== 'string' || !names.has(name) || members.has(name)) return undefined;
    at = skipSpace(line, keyEnd);
    if (line[at] !== colon) return undefined;
    const start = skipSpace(line, at + 1);
    const end = skipValue(line, start);
    if (end === undefined) return undefined;
    members.set(name, { start, end });
    at = skipSpace(line, end);
    if (line[at] === closeBrace) return skipSpace(line, at + 1) === line.length ? members : undefined;
    if (line[at] !== comma) return undefined;
    at = skipSpace(line, at + 1);
  }
  return undefined;
}

/** Goes behind one value. Strings are jumped over by the engine's own search, which is what makes large results cheap. */
function skipValue(line: Buffer, start: number): number | undefined {
  let at = start;
  if (line[at] === quote) return skipString(line, at);
  if (line[at] !== openBrace && line[at] !== openBracket) {
    while (at < line.length && !isDelimiter(line[at])) at += 1;
    return at > start ? at : undefined;
  }
  let depth = 0;
  while (at < line.length) {
    const byte = line[at];
    if (byte === quote) {
      const end = skipString(line, at);
      if (end === undefined) return undefined;
      at = end;
      continue;
    }
    at += 1;
    if (byte === openBrace || byte === openBracket) depth += 1;
    else if (byte === closeBrace || byte === closeBracket) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return undefined;
}

function skipString(line: Buffer, start: number): number | undefined {
  for (let end = line.indexOf(quote, start + 1); end !== -1; end = line.indexOf(quote, end + 1)) {
    let before = end;
    while (line[before - 1] === backslash) before -= 1;
    if ((end - before) % 2 === 0) return end + 1;
  }
  return undefined;
}

function skipSpace(line: Buffer, start: number): number {
  let at = start;
  while (isSpace(line[at])) at += 1;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

function isDelimiter(byte: number | undefined): boolean {
  return isSpace(byte) || byte === comma || byte === closeBrace || byte === closeBracket || byte === colon;
}

/** A string, number, boolean or null of the envelope; undefined for what is none, or too long for an id. */
function readScalar(bytes: Buffer): JsonValue | undefined {
  const value = readJson(bytes, { bytes: 1024, depth: 0, nodes: 1 });
  return value.ok ? value.value : undefined;
}

function textOf(line: Buffer, span: Span | undefined): string | undefined {
  return span && line.toString('latin1', span.start, span.end);
}

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];
