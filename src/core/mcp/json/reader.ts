import type { JsonLimits } from './limits.ts';
import type { JsonProblemReason } from './problem.ts';
import type { JsonValue } from './value.ts';

/** The reader recurses once a level; this many levels fit any stack. */
const DEPTH_CEILING = 1000;
const DIGITS_MAX = 64;
const EXPONENT_MAX = 308;
/** Strings of up to this many characters are walked here; beyond it, calls into the engine are cheaper. */
const SHORT_STRING = 48;
/** Integers of up to this many digits are exact in a double, and JavaScript prints them as they were written. */
const PLAIN_DIGITS = 15;

const NUL = '\0';
const [TAB, LINE_FEED, RETURN, SPACE] = [0x09, 0x0a, 0x0d, 0x20];
const [QUOTE, BACKSLASH, SLASH, COMMA, COLON] = [0x22, 0x5c, 0x2f, 0x2c, 0x3a];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];
const [PLUS, MINUS, DOT, ZERO, NINE, UPPER_E, LOWER_E] = [0x2b, 0x2d, 0x2e, 0x30, 0x39, 0x45, 0x65];
const [LOWER_T, LOWER_F, LOWER_N, LOWER_U, UPPER_I, UPPER_N] = [0x74, 0x66, 0x6e, 0x75, 0x49, 0x4e];
const BYTE_ORDER_MARK = 0xfeff;

/**
 * Reads one text from left to right, once. Every reading method leaves the position behind what it read and gives the
 * value, or gives undefined after noting the fault; a JSON value is never undefined. (Exceptions would cost a hostile
 * sender less than they cost us.) Character codes past the end are NaN, which equals nothing.
 */
export class JsonReader {
  /** Why `read` gave undefined. */
  fault: { readonly reason: JsonProblemReason; readonly offset: number } = { reason: 'unexpected_end', offset: 0 };

  readonly #text: string;
  readonly #depthMax: number;
  readonly #stringMax: number;
  readonly #toleratesDuplicates: boolean;
  #nodesLeft: number;
  #at = 0;

  /** With `toleratesDuplicates` the last of several equal keys wins, for a caller who lists all of them afterwards. */
  constructor(text: string, limits: JsonLimits, toleratesDuplicates = false) {
    this.#text = text;
    this.#depthMax = Math.min(limits.depth, DEPTH_CEILING);
    this.#stringMax = limits.stringLength ?? text.length;
    this.#nodesLeft = limits.nodes;
    this.#toleratesDuplicates = toleratesDuplicates;
  }

  /** The value, or undefined when there is a fault. */
  read(): JsonValue | undefined {
    if (this.#text.charCodeAt(0) === BYTE_ORDER_MARK) return this.#fail('byte_order_mark', 0);
    // Decoded bytes are well-formed always; a text that came decoded need not be.
    if (!this.#text.isWellFormed()) return this.#fail('lone_surrogate', firstLoneSurrogate(this.#text));
    const value = this.#value(this.#skipSpace(), 0);
    if (value === undefined) return undefined;
    const next = this.#skipSpace();
    if (this.#at === this.#text.length) return value;
    return this.#fail(next === SLASH ? 'comment' : 'trailing_text', this.#at);
  }

  /** Moves to the next character that is no white space, and gives its code. */
  #skipSpace(): number {
    const text = this.#text;
    let at = this.#at;
    let code = text.charCodeAt(at);
    while (code === SPACE || code === LINE_FEED || code === RETURN || code === TAB) {
      at += 1;
      code = text.charCodeAt(at);
    }
    this.#at = at;
    return code;
  }

  #value(code: number, depth: number): JsonValue | undefined {
    if (--this.#nodesLeft < 0) return this.#fail('too_many_nodes', this.#at);
    if (code === QUOTE) return this.#string(false);
    if (code === OPEN_BRACE) return this.#object(depth + 1);
    if (code === OPEN_BRACKET) return this.#array(depth + 1);
    if (code === MINUS || isDigit(code)) return this.#number(code);
    if (code === LOWER_T) return this.#literal('true', true);
    if (code === LOWER_F) return this.#literal('false', false);
    if (code === LOWER_N) return this.#literal('null', null);
    if (code === PLUS || code === DOT || code === UPPER_I || code === UPPER_N)
      return this.#fail('invalid_number', this.#at);
    return this.#failUnexpected(code);
  }

  #object(depth: number): JsonValue | undefined {
    if (depth > this.#depthMax) return this.#fail('too_deep', this.#at);
    this.#at += 1;
    const object: Record<string, JsonValue> = {};
    let code = this.#skipSpace();
    if (code === CLOSE_BRACE) {
      this.#at += 1;
      return object;
    }
    for (;;) {
      if (code !== QUOTE) return this.#failUnexpected(code);
      const keyAt = this.#at;
      if (--this.#nodesLeft < 0) return this.#fail('too_many_nodes', keyAt);
      const key = this.#string(true);
      if (key === undefined) return undefined;
      // `__proto__` is not looked up: a Node started with --disable-proto=throw would throw.
      const isInherited = key === '__proto__' || object[key] !== undefined;
      if (isInherited && Object.hasOwn(object, key) && !this.#toleratesDuplicates)
        return this.#fail('duplicate_key', keyAt);

      code = this.#skipSpace();
      if (code !== COLON) return this.#failUnexpected(code);
      this.#at += 1;
      const value = this.#value(this.#skipSpace(), depth);
      if (value === undefined) return undefined;
      // Assigning to an inherited name could meet a setter, or a prototype that somebody froze.
      if (isInherited) defineMember(object, key, value);
      else object[key] = value;

      code = this.#skipSpace();
      this.#at += 1;
      if (code === CLOSE_BRACE) return object;
      if (code !== COMMA) return this.#failUnexpected(code, this.#at - 1);
      code = this.#skipSpace();
      if (code === CLOSE_BRACE) return this.#fail('trailing_comma', this.#at);
    }
  }

  #array(depth: number): JsonValue | undefined {
    if (depth > this.#depthMax) return this.#fail('too_deep', this.#at);
    this.#at += 1;
    const array: JsonValue[] = [];
    let code = this.#skipSpace();
    if (code === CLOSE_BRACKET) {
      this.#at += 1;
      return array;
    }
    for (;;) {
      const value = this.#value(code, depth);
      if (value === undefined) return undefined;
      array.push(value);

      code = this.#skipSpace();
      this.#at += 1;
      if (code === CLOSE_BRACKET) return array;
      if (code !== COMMA) return this.#failUnexpected(code, this.#at - 1);
      code = this.#skipSpace();
      if (code === CLOSE_BRACKET) return this.#fail('trailing_comma', this.#at);
    }
  }

  #literal<T extends boolean | null>(text: string, value: T): T | undefined {
    if (!this.#text.startsWith(text, this.#at)) return this.#fail('unexpected_character', this.#at);
    this.#at += text.length;
    return value;
  }

  #string(isKey: boolean): string | undefined {
    const text = this.#text;
    const start = this.#at + 1;
    const walkUntil = start + SHORT_STRING;
    for (let at = start; at < walkUntil; at += 1) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        if (at - start > this.#stringMax) return this.#fail('string_too_long', start - 1);
        this.#at = at + 1;
        return text.slice(start, at);
      }
      if (code === BACKSLASH) return this.#longString(start, at, isKey);
      if (!(code >= SPACE)) return this.#failInString(start);
    }
    return this.#longString(start, walkUntil, isKey);
  }

  /** A string with escapes or of some length, known to be free of both up to `from`. The engine decodes and checks it. */
  #longString(start: number, from: number, isKey: boolean): string | undefined {
    const end = this.#closingQuote(start, from);
    if (end === undefined) return this.#failInString(start);
    const value = decodeString(this.#text.slice(start - 1, end + 1));
    if (value === undefined || !value.isWellFormed()) return this.#failInString(start);
    if (value.length > this.#stringMax) return this.#fail('string_too_long', start - 1);
    if (isKey && value.includes(NUL)) return this.#fail('nul_in_key', start - 1);
    this.#at = end + 1;
    return value;
  }

  #closingQuote(start: number, from: number): number | undefined {
    const text = this.#text;
    let quote = text.indexOf('"', from);
    while (quote !== -1) {
      let at = quote;
      while (at > start && text.charCodeAt(at - 1) === BACKSLASH) at -= 1;
      if ((quote - at) % 2 === 0) return quote;
      quote = text.indexOf('"', quote + 1);
    }
    return undefined;
  }

  #number(first: number): JsonValue | undefined {
    const text = this.#text;
    const start = this.#at;
    let at = start;
    let code = first;
    if (code === MINUS) code = text.charCodeAt(++at);
    const integerAt = at;
    let integer = 0;
    while (isDigit(code)) {
      integer = integer * 10 + (code - ZERO);
      code = text.charCodeAt(++at);
    }
    const digits = at - integerAt;
    const isPlain = code !== DOT && code !== LOWER_E && code !== UPPER_E && digits > 0 && digits <= PLAIN_DIGITS;
    if (isPlain && text.charCodeAt(integerAt) !== ZERO) {
      this.#at = at;
      return integerAt === start ? integer : -integer;
    }
    if (isPlain && digits === 1 && integerAt === start) {
      this.#at = at;
      return 0;
    }
    return this.#unusualNumber(start, integerAt, at);
  }

  /** A number that is not a short integer; its integer part is `integerAt` to `integerEnd`. */
  #unusualNumber(start: number, integerAt: number, integerEnd: number): JsonValue | undefined {
    const text = this.#text;
    let digits = integerEnd - integerAt;
    if (digits === 0 || (digits > 1 && text.charCodeAt(integerAt) === ZERO)) return this.#fail('invalid_number', start);
    let at = integerEnd;
    if (text.charCodeAt(at) === DOT) {
      const fractionAt = at + 1;
      at = digitsEnd(text, fractionAt);
      if (at === fractionAt) return this.#fail('invalid_number', start);
      digits += at - fractionAt;
    }
    if (digits > DIGITS_MAX) return this.#fail('number_too_long', start);
    const significandEnd = at;
    const letter = text.charCodeAt(at);
    if (letter === LOWER_E || letter === UPPER_E) {
      const sign = text.charCodeAt(at + 1);
      const exponentAt = at + (sign === PLUS || sign === MINUS ? 2 : 1);
      at = digitsEnd(text, exponentAt);
      if (at === exponentAt) return this.#fail('invalid_number', start);
      if (at - exponentAt > DIGITS_MAX) return this.#fail('number_too_long', start);
      if (Number(text.slice(exponentAt, at)) > EXPONENT_MAX) return this.#fail('number_out_of_range', start);
    }

    const source = text.slice(start, at);
    const double = Number(source);
    // What becomes infinite in one parser, or zero though it is not zero, has no value on which parsers agree.
    const isLost = double === 0 && /[1-9]/.test(text.slice(start, significandEnd));
    if (isLost || !Number.isFinite(double)) return this.#fail('number_out_of_range', start);
    this.#at = at;
    return String(double) === source ? double : JSON.rawJSON(source);
  }

  #fail(reason: JsonProblemReason, offset: number): undefined {
    this.fault = { reason, offset };
    return undefined;
  }

  #failUnexpected(code: number, offset = this.#at): undefined {
    if (offset >= this.#text.length) return this.#fail('unexpected_end', this.#text.length);
    return this.#fail(code === SLASH ? 'comment' : 'unexpected_character', offset);
  }

  /** Finds the first fault of a string that was found faulty, beginning behind its opening quote. */
  #failInString(start: number): undefined {
    const text = this.#text;
    for (let at = start; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code < SPACE) return this.#fail('control_character', at);
      if (code === QUOTE) break;
      if (code !== BACKSLASH) continue;
      const escapeAt = at;
      at += 1;
      if (text.charCodeAt(at) !== LOWER_U) {
        if (at < text.length && !'"\\/bfnrt'.includes(text.charAt(at))) return this.#fail('invalid_escape', escapeAt);
        continue;
      }
      const unit = hexUnit(text, at + 1);
      if (unit === undefined) return this.#fail('invalid_escape', escapeAt);
      at += 4;
      if (isLowSurrogate(unit)) return this.#fail('lone_surrogate', escapeAt);
      if (!isHighSurrogate(unit)) continue;
      const low = text.startsWith('\\u', at + 1) ? hexUnit(text, at + 3) : undefined;
      if (low === undefined || !isLowSurrogate(low)) return this.#fail('lone_surrogate', escapeAt);
      at += 6;
    }
    return this.#fail('unterminated_string', start - 1);
  }
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

function digitsEnd(text: string, from: number): number {
  let at = from;
  while (isDigit(text.charCodeAt(at))) at += 1;
  return at;
}

function decodeString(token: string): string | undefined {
  try {
    return JSON.parse(token) as string;
  } catch {
    return undefined;
  }
}

function defineMember(object: Record<string, JsonValue>, key: string, value: JsonValue): void {
  Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
}

function hexUnit(text: string, at: number): number | undefined {
  const digits = text.slice(at, at + 4);
  return /^[0-9a-fA-F]{4}$/.test(digits) ? Number.parseInt(digits, 16) : undefined;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function firstLoneSurrogate(text: string): number {
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (isLowSurrogate(unit)) return at;
    if (!isHighSurrogate(unit)) continue;
    if (!isLowSurrogate(text.charCodeAt(at + 1))) return at;
    at += 1;
  }
  return text.length;
}
