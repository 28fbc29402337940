/**
 * Looking at a JSON-RPC response while its bytes stream past, without parsing or keeping it.
 *
 * The scanner checks what the gateway relies on when it passes an answer on unread: that the bytes are one JSON object
 * with balanced structure, a closed envelope, and no second meaning for the members it reads (duplicates, escaped or
 * case-folded spellings of their names). The grammar of structure, literals and numbers is checked throughout; inside
 * strings that are not read, escapes, control characters and UTF-8 are not, which is what makes it fast.
 * The answer does not depend on where the bytes are split. State is bounded by the limits.
 */
import { err, ok, type Result } from '../../result.ts';
import { ByteCollector } from '../byte-collector.ts';
import { isFoldedVariantOf, knownKeys } from './folded-keys.ts';
import { isDigit, isWholeNumber, type NumberState, nextInNumber, startOfNumber } from './number-states.ts';
import { readJson } from './read.ts';
import { isRawNumber, type JsonValue, type RawNumber } from './value.ts';

export interface ResponseScanLimits {
  /** Deepest nesting of objects and arrays. */
  readonly depth: number;
  /** Longest number, key or scalar that is read, as bytes with its quotes. Other strings may have any length. */
  readonly tokenBytes: number;
}

/** Results nest deeper than definitions (trees, parsed documents); one byte a level is kept. */
export const RESPONSE_SCAN_LIMITS: ResponseScanLimits = { depth: 512, tokenBytes: 64 * 1024 };

/** Offsets from the first byte of the response: `start` inclusive, `end` exclusive. */
export interface ByteSpan {
  readonly start: number;
  readonly end: number;
}

export type JsonScalar = null | boolean | string | number | RawNumber;

/** What a response says of itself. A member is absent where the response does not have it. */
export interface ScannedResponse {
  readonly jsonrpc?: JsonScalar;
  readonly id?: JsonScalar;
  readonly idSpan?: ByteSpan;
  /** The spans of values that have ended; exactly one of the two once the scan has finished. */
  readonly resultSpan?: ByteSpan;
  readonly errorSpan?: ByteSpan;
  /** Members of `result`. */
  readonly resultType?: JsonScalar;
  readonly isError?: JsonScalar;
  readonly hasRequestState: boolean;
  readonly hasInputRequests: boolean;
  /** `error.code`. */
  readonly code?: number;
}

export interface ResponseProblem {
  readonly reason: keyof typeof SENTENCES;
  /** Of the byte at fault, or of the first byte of the token. */
  readonly offset: number;
  /** One sentence; it quotes nothing. */
  readonly text: string;
}

const SENTENCES = {
  not_an_object: 'The response is not a JSON object',
  unexpected_byte: 'A byte stands where JSON allows none like it',
  unexpected_end: 'The response ends too early',
  trailing_bytes: 'Something follows the response',
  too_deep: 'Objects and arrays are nested deeper than the limit',
  token_too_long: 'A number, a key or an envelope member is longer than the limit',
  invalid_token: 'A key or member that is read is not well-formed',
  unknown_member: 'The response has a member that JSON-RPC does not have',
  duplicate_member: 'A member occurs twice',
  ambiguous_member: 'A member has a name that some parsers take for another',
  wrong_type: 'A member does not have the type that MCP gives it',
  result_and_error: 'The response has both a result and an error',
  no_result_or_error: 'The response has neither a result nor an error',
} as const;

type Name = 'jsonrpc' | 'id' | 'result' | 'error' | InnerName;
type InnerName = 'resultType' | 'isError' | 'requestState' | 'inputRequests' | 'code';

const ENVELOPE: ReadonlySet<string> = new Set<Name>(['jsonrpc', 'id', 'result', 'error']);
const INNER = {
  result: knownKeys(['resultType', 'isError', 'requestState', 'inputRequests'] satisfies InnerName[]),
  error: knownKeys(['code'] satisfies InnerName[]),
};
/** Members whose value is read; of `requestState` and `inputRequests` only the presence counts. */
const READ: ReadonlySet<string> = new Set<Name>(['jsonrpc', 'id', 'resultType', 'isError', 'code']);

const [QUOTE, BACKSLASH, COMMA, COLON, SPACE] = [0x22, 0x5c, 0x2c, 0x3a, 0x20];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];
const [TAB, LINE_FEED, RETURN, MINUS] = [0x09, 0x0a, 0x0d, 0x2d];
/** Bytes of a string that are walked before its end is searched for: a search costs as much as walking these. */
const WALK = 32;
/** Longer names are left to the reader. */
const PLAIN_STRING_BYTES = 40;
const NO_BYTES = new Uint8Array(0);

/** What may come next between tokens. */
type Expecting = 'object' | 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end' | 'nothing';
/** The token that the last chunk ended in, or that is being read. */
type Token = 'none' | 'string' | 'number' | 'literal';

/** One scan of one response. Chunks are not kept; Node's Buffers are searched faster than other byte arrays. */
export class ResponseScanner {
  readonly #limits: ResponseScanLimits;
  readonly #seen: { -readonly [K in keyof ScannedResponse]: ScannedResponse[K] } = {
    hasRequestState: false,
    hasInputRequests: false,
  };
  #problem: ResponseProblem | undefined;

  #expecting: Expecting = 'object';
  /** The opening byte of every level. */
  readonly #levels: number[] = [];
  /** The member of the envelope, and of its result or error, that the scan is in, where it is one that matters. */
  #outer: Name | undefined;
  #inner: Name | undefined;
  readonly #names = new Set<string>();
  #valueStart = 0;

  #token: Token = 'none';
  #tokenStart = 0;
  #isKey = false;
  #isRead = false;
  #isEscaped = false;
  #literal = '';
  #numberState: NumberState = 'minus';
  /** Bytes of a token that is read and began in an earlier chunk. */
  readonly #pending = new ByteCollector();

  #chunk: Uint8Array = NO_BYTES;
  /** The offset of the chunk in the response. */
  #base = 0;

  constructor(limits: ResponseScanLimits = RESPONSE_SCAN_LIMITS) {
    this.#limits = limits;
  }

  /** What has been seen until now; complete only when `finish` says so. */
  get seen(): ScannedResponse {
    return this.#seen;
  }

  /** Takes the next bytes. Gives the first problem, and goes on giving it. */
  push(chunk: Uint8Array): ResponseProblem | undefined {
    if (this.#problem !== undefined) return this.#problem;
    this.#chunk = chunk;
    let at = 0;
    while (at < chunk.length && this.#problem === undefined) {
      if (this.#token === 'none') at = this.#between(at);
      else if (this.#token === 'string') at = this.#string(at);
      else if (this.#token === 'number') at = this.#number(at);
      else at = this.#literalByte(at);
    }
    if (this.#problem === undefined && this.#token !== 'none' && this.#isRead) this.#keepPending();
    this.#base += chunk.length;
    this.#chunk = NO_BYTES;
    return this.#problem;
  }

  /** What the response says of itself, or why it is none. */
  finish(): Result<ScannedResponse, ResponseProblem> {
    if (this.#problem === undefined && this.#expecting !== 'nothing') this.#fail('unexpected_end', this.#base);
    const hasOutcome = this.#names.has('result') || this.#names.has('error');
    if (this.#problem === undefined && !hasOutcome) this.#fail('no_result_or_error', this.#base);
    return this.#problem === undefined ? ok(this.#seen) : err(this.#problem);
  }

  /** Goes on from between two tokens to behind the next token, bracket or fault. */
  #between(from: number): number {
    const chunk = this.#chunk;
    for (let at = from; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      switch (byte) {
        case SPACE:
        case LINE_FEED:
        case RETURN:
        case TAB:
          continue;
        case COMMA:
          if (this.#expecting !== ', or end') return this.#unexpected(at);
          this.#expecting = this.#levels[this.#levels.length - 1] === OPEN_BRACE ? 'key' : 'value';
          continue;
        case COLON:
          if (this.#expecting !== ':') return this.#unexpected(at);
          this.#expecting = 'value';
          continue;
        case CLOSE_BRACE:
          return this.#close(at, OPEN_BRACE, 'key or }');
        case CLOSE_BRACKET:
          return this.#close(at, OPEN_BRACKET, 'value or ]');
        case OPEN_BRACE:
        case OPEN_BRACKET:
          return this.#open(at, byte);
        case QUOTE:
          if (this.#expecting === 'key' || this.#expecting === 'key or }') this.#startKey(at);
          else if (!this.#startValue(at, byte)) return at;
          this.#token = 'string';
          return this.#string(at + 1);
        default:
          return this.#startNumberOrLiteral(at, byte);
      }
    }
    return chunk.length;
  }

  #open(at: number, byte: number): number {
    if (this.#expecting === 'object' && byte === OPEN_BRACE) this.#expecting = 'value';
    else if (!this.#startValue(at, byte)) return at;
    if (this.#levels.length === this.#limits.depth) return this.#fail('too_deep', this.#base + at);
    this.#levels.push(byte);
    this.#expecting = byte === OPEN_BRACE ? 'key or }' : 'value or ]';
    return at + 1;
  }

  #close(at: number, opening: number, whenEmpty: Expecting): number {
    const mayEnd = this.#expecting === ', or end' || this.#expecting === whenEmpty;
    if (!mayEnd || this.#levels[this.#levels.length - 1] !== opening) return this.#unexpected(at);
    this.#levels.pop();
    this.#endValue(at + 1);
    return at + 1;
  }

  #startKey(at: number): void {
    this.#tokenStart = this.#base + at;
    this.#isKey = true;
    this.#isRead = this.#levels.length === 1 || (this.#levels.length === 2 && this.#isInOutcome());
  }

  /** Notes that a value begins here with this byte, and says whether one may. */
  #startValue(at: number, byte: number): boolean {
    if (this.#expecting !== 'value' && this.#expecting !== 'value or ]') {
      this.#unexpected(at);
      return false;
    }
    this.#tokenStart = this.#base + at;
    this.#isKey = false;
    this.#isRead = false;
    if (this.#levels.length > 2) return true;
    const name = this.#currentName();
    if (name === undefined) return true;
    this.#isRead = READ.has(name);
    if (this.#levels.length === 1) this.#valueStart = this.#tokenStart;
    const isObject = byte === OPEN_BRACE;
    const isWrong = this.#isRead
      ? isObject || byte === OPEN_BRACKET
      : (name === 'result' || name === 'error') && !isObject;
    if (isWrong) this.#fail('wrong_type', this.#tokenStart);
    return !isWrong;
  }

  #startNumberOrLiteral(at: number, byte: number): number {
    const literal = literalBeginningWith(byte);
    if (literal === undefined && byte !== MINUS && !isDigit(byte)) return this.#unexpected(at);
    if (!this.#startValue(at, byte)) return at;
    if (literal === undefined) {
      this.#token = 'number';
      this.#numberState = startOfNumber(byte);
      return this.#number(at + 1);
    }
    this.#token = 'literal';
    this.#literal = literal;
    return at + 1;
  }

  #string(from: number): number {
    const chunk = this.#chunk;
    // Nothing before this place escapes what follows it.
    let start = this.#isEscaped ? from + 1 : from;
    for (;;) {
      const quote = nextQuote(chunk, start);
      this.#isEscaped = isEscaped(chunk, start, quote);
      if (quote >= chunk.length) return chunk.length;
      if (!this.#isEscaped) return this.#endToken(quote + 1);
      this.#isEscaped = false;
      start = quote + 1;
    }
  }

  #number(from: number): number {
    const chunk = this.#chunk;
    const tooLongAt = this.#tokenStart + this.#limits.tokenBytes - this.#base;
    for (let at = from; at < chunk.length; at += 1) {
      const next = nextInNumber(this.#numberState, chunk[at] ?? 0);
      if (next === undefined) {
        if (!isWholeNumber(this.#numberState)) return this.#unexpected(at);
        return this.#endToken(at);
      }
      if (at >= tooLongAt) return this.#fail('token_too_long', this.#tokenStart);
      this.#numberState = next;
    }
    return chunk.length;
  }

  #literalByte(at: number): number {
    const place = this.#base + at - this.#tokenStart;
    if (this.#chunk[at] !== this.#literal.charCodeAt(place)) return this.#unexpected(at);
    return place + 1 === this.#literal.length ? this.#endToken(at + 1) : at + 1;
  }

  /** Ends the token before `at`, which is also where reading goes on. */
  #endToken(at: number): number {
    this.#token = 'none';
    if (this.#isRead) {
      const value = this.#readToken(at);
      if (value === undefined) return at;
      if (this.#isKey) this.#noteKey(value as string);
      else this.#noteValue(value);
      if (this.#problem !== undefined) return at;
    }
    if (this.#isKey) this.#expecting = ':';
    else this.#endValue(at);
    return at;
  }

  #endValue(at: number): void {
    this.#expecting = this.#levels.length === 0 ? 'nothing' : ', or end';
    if (this.#levels.length !== 1 || this.#outer === undefined) return;
    const span = { start: this.#valueStart, end: this.#base + at };
    if (this.#outer === 'id') this.#seen.idSpan = span;
    else if (this.#outer === 'result') this.#seen.resultSpan = span;
    else if (this.#outer === 'error') this.#seen.errorSpan = span;
  }

  #noteKey(key: string): void {
    if (this.#levels.length === 1) {
      if (!ENVELOPE.has(key)) return void this.#fail('unknown_member', this.#tokenStart);
      // The set has these names only.
      this.#outer = key as Name;
      const other = key === 'result' ? 'error' : 'result';
      if ((key === 'result' || key === 'error') && this.#names.has(other))
        return void this.#fail('result_and_error', this.#tokenStart);
      return this.#noteName(key);
    }
    const known = this.#outer === 'error' ? INNER.error : INNER.result;
    this.#inner = undefined;
    if (key.includes('\0') || isFoldedVariantOf(key, known))
      return void this.#fail('ambiguous_member', this.#tokenStart);
    if (!known.exact.has(key)) return;
    // The set has these names only.
    this.#inner = key as InnerName;
    if (key === 'requestState') this.#seen.hasRequestState = true;
    if (key === 'inputRequests') this.#seen.hasInputRequests = true;
    this.#noteName(key);
  }

  #noteName(name: string): void {
    if (this.#names.has(name)) this.#fail('duplicate_member', this.#tokenStart);
    this.#names.add(name);
  }

  #noteValue(value: JsonScalar): void {
    const name = this.#currentName();
    if (name === 'jsonrpc' || name === 'id' || name === 'resultType' || name === 'isError') this.#seen[name] = value;
    else if (name === 'code' && (typeof value === 'number' || isRawNumber(value)))
      this.#seen.code = typeof value === 'number' ? value : Number(value.rawJSON);
    else this.#fail('wrong_type', this.#tokenStart);
  }

  /** The name that the value here has, where it is one that matters. */
  #currentName(): Name | undefined {
    if (this.#levels.length === 1) return this.#outer;
    return this.#levels.length === 2 && this.#isInOutcome() ? this.#inner : undefined;
  }

  #isInOutcome(): boolean {
    return this.#outer === 'result' || this.#outer === 'error';
  }

  #readToken(end: number): JsonScalar | undefined {
    const length = this.#base + end - this.#tokenStart;
    if (length > this.#limits.tokenBytes) {
      this.#fail('token_too_long', this.#tokenStart);
      return undefined;
    }
    const bytes = this.#tokenBytes(end);
    const plain = plainString(bytes);
    if (plain !== undefined) return plain;
    const result = readJson(bytes, { bytes: length, depth: 0, nodes: 1 });
    if (!result.ok) this.#fail('invalid_token', this.#tokenStart);
    // With depth 0 there are no objects and arrays.
    return result.ok ? (result.value as Exclude<JsonValue, object> | RawNumber) : undefined;
  }

  #tokenBytes(end: number): Uint8Array {
    if (this.#pending.length === 0) return this.#chunk.subarray(this.#tokenStart - this.#base, end);
    this.#pending.append(this.#chunk.subarray(0, end));
    return this.#pending.take();
  }

  #keepPending(): void {
    const start = Math.max(0, this.#tokenStart - this.#base);
    if (this.#base + this.#chunk.length - this.#tokenStart > this.#limits.tokenBytes)
      this.#fail('token_too_long', this.#tokenStart);
    else this.#pending.append(this.#chunk.subarray(start));
  }

  #unexpected(at: number): number {
    if (this.#expecting === 'object') return this.#fail('not_an_object', this.#base + at);
    return this.#fail(this.#expecting === 'nothing' ? 'trailing_bytes' : 'unexpected_byte', this.#base + at);
  }

  #fail(reason: ResponseProblem['reason'], offset: number): number {
    this.#problem = { reason, offset, text: `${SENTENCES[reason]} (byte ${offset}).` };
    return this.#chunk.length;
  }
}

/** The place of the next quote, or the length. */
function nextQuote(chunk: Uint8Array, from: number): number {
  const walkUntil = Math.min(from + WALK, chunk.length);
  for (let at = from; at < walkUntil; at += 1) if (chunk[at] === QUOTE) return at;
  const place = chunk.indexOf(QUOTE, walkUntil);
  return place === -1 ? chunk.length : place;
}

/** True where an odd number of backslashes stands before the place, from `start` on. */
function isEscaped(chunk: Uint8Array, start: number, place: number): boolean {
  let at = place;
  while (at > start && chunk[at - 1] === BACKSLASH) at -= 1;
  return (place - at) % 2 === 1;
}

function literalBeginningWith(byte: number): string | undefined {
  if (byte === 0x74) return 'true';
  if (byte === 0x66) return 'false';
  return byte === 0x6e ? 'null' : undefined;
}

/** What the reader would give for a short string of printable ASCII without escapes, as nearly all names are. */
function plainString(token: Uint8Array): string | undefined {
  if (token.length > PLAIN_STRING_BYTES || token[0] !== QUOTE) return undefined;
  let text = '';
  for (let at = 1; at < token.length - 1; at += 1) {
    const byte = token[at] ?? 0;
    if (byte < SPACE || byte > 0x7e || byte === BACKSLASH) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}
