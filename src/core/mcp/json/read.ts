/**
 * Reading JSON, strictly and within bounds.
 *
 * What is read here is decided on, logged and forwarded, and other parsers will read it again. So everything on which
 * parsers are known to differ is refused, never repaired: duplicate keys at any depth (after decoding), U+0000 in keys,
 * ill-formed UTF-8, byte order marks, lone surrogates (also as escapes), numbers beyond a double or of more than 64
 * digits, and whatever RFC 8259 does not allow. Everything accepted here is accepted by JSON.parse with the same value.
 * The cost is linear in the text, and the stack is bounded by `limits.depth`.
 */
import { err, ok, type Result } from '../../result.ts';
import type { JsonLimits } from './limits.ts';
import { type JsonProblem, jsonProblem } from './problem.ts';
import { JsonReader } from './reader.ts';
import { decodeUtf8, firstIllFormedByte, utf8Length } from './utf8.ts';
import type { JsonValue } from './value.ts';

/** The value of a JSON text given as bytes of UTF-8, or the first problem with its byte offset. Never throws. */
export function readJson(bytes: Uint8Array, limits: JsonLimits): Result<JsonValue, JsonProblem> {
  if (bytes.length > limits.bytes) return err(jsonProblem('too_large', limits.bytes, 'byte'));
  const text = decodeUtf8(bytes);
  if (text === undefined) return err(jsonProblem('ill_formed_utf8', firstIllFormedByte(bytes), 'byte'));
  const reader = new JsonReader(text, limits);
  const value = reader.read();
  if (value !== undefined) return ok(value);
  const { reason, offset } = reader.fault;
  return err(jsonProblem(reason, utf8Length(text.slice(0, offset)), 'byte'));
}

/** The value of a JSON text that is decoded already, or the first problem with its UTF-16 offset. Never throws. */
export function readJsonText(text: string, limits: JsonLimits): Result<JsonValue, JsonProblem> {
  if (isLongerThan(text, limits.bytes)) return err(jsonProblem('too_large', limits.bytes, 'character'));
  const reader = new JsonReader(text, limits);
  const value = reader.read();
  if (value !== undefined) return ok(value);
  return err(jsonProblem(reader.fault.reason, reader.fault.offset, 'character'));
}

function isLongerThan(text: string, bytes: number): boolean {
  // One UTF-16 code unit takes one to three bytes, so most texts need no counting.
  return text.length > bytes || (text.length * 3 > bytes && utf8Length(text) > bytes);
}
