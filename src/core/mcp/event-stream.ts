/**
 * Server-sent events (WHATWG HTML, "Server-sent events", sections 9.2.5 and 9.2.6), as bytes come in.
 *
 * Two things differ from the standard on purpose: ill-formed UTF-8 is a problem where the standard puts replacement
 * characters, because what is read here is decided on; and an event has a largest size.
 */
import { ByteCollector } from './byte-collector.ts';
import { decodeUtf8 } from './json/utf8.ts';

export type EventStreamItem =
  | {
      readonly kind: 'event';
      /** The `event` field; absent means `message`. */
      readonly event?: string;
      /** The `data` lines, joined by LF. */
      readonly data: string;
      /** The `id` field, where this event has one; empty resets the last event id. */
      readonly id?: string;
      /** Milliseconds; at most 2^53 - 1. */
      readonly retry?: number;
    }
  /** A block without data: nothing is dispatched, but its `id` and `retry` take effect. */
  | { readonly kind: 'settings'; readonly id?: string; readonly retry?: number }
  /** A comment line, as servers send to keep a connection open. Its text means nothing and is not kept. */
  | { readonly kind: 'comment' };

export interface EventStreamProblem {
  readonly reason: 'event_too_large' | 'ill_formed_utf8';
  /** One sentence; it quotes nothing. */
  readonly text: string;
}

/** One event stream from its first byte. The answer does not depend on where the bytes are split. */
export class EventStreamParser {
  readonly #eventBytesMax: number;
  #problem: EventStreamProblem | undefined;
  #items: EventStreamItem[] = [];

  #isFirstLine = true;
  /** A CR ended the last line, so a LF that comes next belongs to it. */
  #endedWithReturn = false;
  /** The line that the last chunk broke off in. */
  readonly #partial = new ByteCollector();

  #event = '';
  #data: string[] = [];
  /** Bytes of the data lines, one more for each line break. */
  #dataBytes = 0;
  #id: string | undefined;
  #retry: number | undefined;

  /** `eventBytesMax` bounds the data of one event, and any one line, in bytes. */
  constructor(eventBytesMax: number) {
    this.#eventBytesMax = eventBytesMax;
  }

  /** Takes the next bytes and gives what they completed. After a problem nothing more is read. */
  push(chunk: Uint8Array): { readonly items: readonly EventStreamItem[]; readonly problem?: EventStreamProblem } {
    this.#items = [];
    if (this.#problem === undefined) this.#lines(chunk);
    return this.#problem === undefined ? { items: this.#items } : { items: this.#items, problem: this.#problem };
  }

  /** True where bytes of an event have come that is not complete; the standard discards it when the stream ends here. */
  get isWithinEvent(): boolean {
    return this.#partial.length > 0 || this.#data.length > 0;
  }

  #lines(chunk: Uint8Array): void {
    let start = 0;
    if (this.#endedWithReturn && chunk.length > 0) {
      this.#endedWithReturn = false;
      if (chunk[0] === LINE_FEED) start = 1;
    }
    // A search that found nothing holds for the rest of the chunk.
    let lineFeed = placeOf(chunk, LINE_FEED, start);
    let carriageReturn = placeOf(chunk, CARRIAGE_RETURN, start);
    while (this.#problem === undefined) {
      if (lineFeed < start) lineFeed = placeOf(chunk, LINE_FEED, start);
      if (carriageReturn < start) carriageReturn = placeOf(chunk, CARRIAGE_RETURN, start);
      const end = Math.min(lineFeed, carriageReturn);
      if (end === chunk.length) return this.#keepPartial(chunk.subarray(start));
      this.#line(this.#wholeLine(chunk.subarray(start, end)));
      start = end + 1;
      if (end === carriageReturn) {
        if (start === chunk.length) this.#endedWithReturn = true;
        else if (chunk[start] === LINE_FEED) start += 1;
      }
    }
  }

  #wholeLine(rest: Uint8Array): Uint8Array {
    if (this.#partial.length === 0) return rest;
    this.#partial.append(rest);
    return this.#partial.take();
  }

  #keepPartial(rest: Uint8Array): void {
    if (this.#partial.length + rest.length + this.#dataBytes > this.#eventBytesMax) this.#fail('event_too_large');
    else this.#partial.append(rest);
  }

  #line(bytes: Uint8Array): void {
    if (bytes.length + this.#dataBytes > this.#eventBytesMax) return this.#fail('event_too_large');
    const line = this.#isFirstLine ? withoutByteOrderMark(bytes) : bytes;
    this.#isFirstLine = false;
    if (line.length === 0) return this.#dispatch();
    if (line[0] === COLON) {
      this.#items.push(COMMENT);
      return;
    }
    const colon = line.indexOf(COLON);
    const nameEnd = colon === -1 ? line.length : colon;
    const valueStart = line[nameEnd + 1] === SPACE ? nameEnd + 2 : nameEnd + 1;
    const name = fieldName(line.subarray(0, nameEnd));
    if (name === undefined) return;
    const value = decodeUtf8(line.subarray(valueStart));
    if (value === undefined) return this.#fail('ill_formed_utf8');
    this.#field(name, value, Math.max(0, line.length - valueStart));
  }

  #field(name: FieldName, value: string, bytes: number): void {
    switch (name) {
      case 'data':
        this.#data.push(value);
        this.#dataBytes += bytes + 1;
        return;
      case 'event':
        this.#event = value;
        return;
      case 'id':
        if (!value.includes('\0')) this.#id = value;
        return;
      case 'retry':
        if (/^[0-9]+$/.test(value)) this.#retry = Math.min(Number(value), Number.MAX_SAFE_INTEGER);
        return;
    }
  }

  #dispatch(): void {
    const settings = {
      ...(this.#id === undefined ? {} : { id: this.#id }),
      ...(this.#retry === undefined ? {} : { retry: this.#retry }),
    };
    if (this.#data.length > 0) {
      const event = this.#event === '' ? {} : { event: this.#event };
      this.#items.push({ kind: 'event', ...event, data: this.#data.join('\n'), ...settings });
    } else if (this.#id !== undefined || this.#retry !== undefined) {
      this.#items.push({ kind: 'settings', ...settings });
    }
    this.#event = '';
    this.#data = [];
    this.#dataBytes = 0;
    this.#id = undefined;
    this.#retry = undefined;
  }

  #fail(reason: EventStreamProblem['reason']): void {
    this.#problem = { reason, text: SENTENCES[reason] };
    this.#partial.clear();
    this.#data = [];
  }
}

/**
 * One event, or a block of settings where there is no data, as text with its closing blank line. Line breaks of the
 * data (CR, LF, CR LF) become LF for the reader. Throws RangeError for an `event` or `id` that cannot be written: with a
 * line break, it would begin another field.
 */
export function encodeEvent(fields: { event?: string; data?: string; id?: string; retry?: number }): string {
  const { event, data, id, retry } = fields;
  let text = '';
  if (event !== undefined) text += `event: ${oneLine(event)}\n`;
  if (id !== undefined) text += `id: ${oneLine(id)}\n`;
  if (retry !== undefined) text += `retry: ${wholeNumber(retry)}\n`;
  if (data !== undefined) text += dataLines(data);
  return `${text}\n`;
}

/** A comment in a block of its own; readers ignore it, and proxies see a connection in use. */
export const KEEP_ALIVE = ':\n\n';

const [LINE_FEED, CARRIAGE_RETURN, SPACE, COLON] = [0x0a, 0x0d, 0x20, 0x3a];
const COMMENT: EventStreamItem = { kind: 'comment' };
const FIELD_NAMES = ['data', 'event', 'id', 'retry'] as const;
type FieldName = (typeof FIELD_NAMES)[number];

const SENTENCES = {
  event_too_large: 'An event or a line of the event stream is larger than the limit.',
  ill_formed_utf8: 'The event stream is not well-formed UTF-8.',
} as const;

function placeOf(chunk: Uint8Array, byte: number, from: number): number {
  const place = chunk.indexOf(byte, from);
  return place === -1 ? chunk.length : place;
}

function withoutByteOrderMark(line: Uint8Array): Uint8Array {
  return line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf ? line.subarray(3) : line;
}

function fieldName(bytes: Uint8Array): FieldName | undefined {
  return FIELD_NAMES.find((name) => isName(bytes, name));
}

function isName(bytes: Uint8Array, name: string): boolean {
  if (bytes.length !== name.length) return false;
  for (let at = 0; at < name.length; at += 1) if (bytes[at] !== name.charCodeAt(at)) return false;
  return true;
}

function dataLines(data: string): string {
  const hasLineBreak = data.includes('\n') || data.includes('\r');
  return `data: ${hasLineBreak ? data.replaceAll(/\r\n|\r|\n/g, '\ndata: ') : data}\n`;
}

function oneLine(value: string): string {
  if (/[\r\n\0]/.test(value)) throw new RangeError('an event stream field holds a line break or NUL');
  return value;
}

function wholeNumber(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError('retry is not a whole number of milliseconds');
  return value;
}
