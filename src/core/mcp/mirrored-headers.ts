/**
 * Headers that repeat a part of the body so that intermediaries can read it (MCP 2026-07-28, Streamable HTTP, "Standard
 * Request Headers" and "Custom Headers from Tool Parameters"). Who reads the body must refuse a disagreement (-32020),
 * and who changes a message must write them anew: both are done from the functions here.
 */
import { isJsonObject, type JsonObject, type JsonValue, numberText, ownMember } from './json/value.ts';

const SENTINEL_START = '=?base64?';
const SENTINEL_END = '?=';
const CANONICAL_BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** RFC 9110 §5.6.2 token: what a header name may be made of. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** A value as a header field: visible ASCII as it is, everything else as `=?base64?…?=` over its UTF-8 bytes. */
export function encodeHeaderValue(value: string): string {
  const isPlain = value !== '' && value === value.trim() && /^[\x20-\x7e\t]*$/.test(value) && !isSentinel(value);
  return isPlain ? value : SENTINEL_START + bytesToBase64(new TextEncoder().encode(value)) + SENTINEL_END;
}

/** The value a header field stands for, or undefined when its sentinel holds no canonical base64 of well-formed UTF-8. */
export function decodeHeaderValue(field: string): string | undefined {
  const value = field.replace(/^[ \t]+|[ \t]+$/g, '');
  if (!isSentinel(value)) return value;
  const base64 = value.slice(SENTINEL_START.length, -SENTINEL_END.length);
  if (!CANONICAL_BASE64.test(base64)) return undefined;
  try {
    const binary = atob(base64);
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    // Unused bits of the last character must be zero, or two fields would stand for one value.
    if (bytesToBase64(bytes) !== base64) return undefined;
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** One `x-mcp-header` property of a tool's input schema. */
export interface ParameterHeader {
  readonly path: readonly string[];
  /** Lower case, with the `mcp-param-` prefix: as Node gives header names. */
  readonly header: string;
  readonly isNumeric: boolean;
}

/**
 * The parameter headers that a tool's input schema declares: on string, integer, boolean (and, though not permitted,
 * number) properties that a chain of `properties` reaches. Invalid declarations are left out: nothing decides by them.
 */
export function parameterHeadersOf(inputSchema: JsonValue | undefined): readonly ParameterHeader[] {
  const found: ParameterHeader[] = [];
  const visit = (schema: JsonValue | undefined, path: readonly string[]): void => {
    if (schema === undefined || !isJsonObject(schema) || path.length > 32) return;
    const name = ownMember(schema, 'x-mcp-header');
    const type = ownMember(schema, 'type');
    const isPrimitive = type === 'string' || type === 'integer' || type === 'boolean' || type === 'number';
    if (path.length > 0 && typeof name === 'string' && TOKEN.test(name) && isPrimitive) {
      found.push({
        path,
        header: `mcp-param-${name.toLowerCase()}`,
        isNumeric: type === 'integer' || type === 'number',
      });
    }
    const properties = ownMember(schema, 'properties');
    if (properties !== undefined && isJsonObject(properties)) {
      for (const key of Object.keys(properties)) visit(properties[key], [...path, key]);
    }
  };
  visit(inputSchema, []);
  return found;
}

/**
 * What a parameter header must say for these arguments: the encoded field, or undefined when the argument is absent,
 * null or no primitive (then the header is neither expected nor sent).
 */
export function parameterHeaderValue(declared: ParameterHeader, args: JsonObject): string | undefined {
  const text = primitiveText(valueAt(declared.path, args));
  return text === undefined ? undefined : encodeHeaderValue(text);
}

/** Undefined when a received parameter header says what the arguments say, else the sentence for the error. */
export function parameterHeaderProblem(
  declared: ParameterHeader,
  args: JsonObject,
  field: string | undefined,
): string | undefined {
  const value = valueAt(declared.path, args);
  const text = primitiveText(value);
  if (text === undefined) return undefined;
  if (field === undefined) return `the ${declared.header} header is missing`;
  const decoded = decodeHeaderValue(field);
  if (decoded === undefined) return `the ${declared.header} header is not valid base64 of UTF-8 text`;
  const isEqual =
    declared.isNumeric && /^-?\d+(\.\d+)?$/.test(decoded) && typeof value !== 'string'
      ? Number(decoded) === Number(text)
      : decoded === text;
  return isEqual ? undefined : `the ${declared.header} header does not say what the arguments say`;
}

function valueAt(path: readonly string[], args: JsonObject): JsonValue | undefined {
  let value: JsonValue | undefined = args;
  for (const key of path) {
    if (value === undefined || !isJsonObject(value)) return undefined;
    value = ownMember(value, key);
  }
  return value;
}

function primitiveText(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return value === undefined ? undefined : numberText(value);
}

function isSentinel(value: string): boolean {
  return (
    value.startsWith(SENTINEL_START) &&
    value.endsWith(SENTINEL_END) &&
    value.length >= SENTINEL_START.length + SENTINEL_END.length
  );
}

function bytesToBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
