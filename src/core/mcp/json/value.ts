/**
 * JSON as the gateway holds it: one value that is decided on, logged and forwarded.
 *
 * A number whose source text is not what JavaScript would print for its double (`1.0`, `1e3`, `9007199254740993`)
 * is kept as a raw JSON object (`JSON.rawJSON`), so that `JSON.stringify` writes it back verbatim. Every other number
 * is a plain JavaScript number. Objects are plain objects with own properties only (`__proto__` included).
 */
export type JsonValue = null | boolean | string | number | RawNumber | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Made by `JSON.rawJSON`: a frozen object without prototype whose one property is the number's source text. */
export interface RawNumber {
  readonly rawJSON: string;
}

/** True for what `JSON.rawJSON` made; an object of a message that merely has a `rawJSON` member is not one. */
export function isRawNumber(value: unknown): value is RawNumber {
  return typeof value === 'object' && value !== null && JSON.isRawJSON(value);
}

/** True for a JSON object: not an array, not null, not a raw number. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}

/** The own member of an object, or undefined. Never looks at a prototype, so `constructor` is not a member of `{}`. */
export function ownMember(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** The source text of a number, or undefined when the value is not a number. */
export function numberText(value: JsonValue): string | undefined {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  return isRawNumber(value) ? value.rawJSON : undefined;
}

/** The value with raw numbers replaced by their nearest doubles, for code that knows plain JSON only (validators). */
export function toPlainJson(value: JsonValue): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isRawNumber(value)) return Number(value.rawJSON);
  if (Array.isArray(value)) return value.map(toPlainJson);
  const plain: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value as JsonObject)) {
    Object.defineProperty(plain, key, {
      value: toPlainJson(member),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return plain;
}

// In V8 since 11.4 (the JSON.parse source text access proposal); TypeScript's libraries do not declare it yet.
declare global {
  interface JSON {
    rawJSON(text: string): RawNumber;
    isRawJSON(value: unknown): value is RawNumber;
  }
}
