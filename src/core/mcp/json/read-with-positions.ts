import { err, ok, type Result } from '../../result.ts';
import type { JsonLimits } from './limits.ts';
import { type JsonProblem, jsonProblem } from './problem.ts';
import { readJsonText } from './read.ts';
import { JsonReader } from './reader.ts';
import type { JsonValue } from './value.ts';

/** A place in a text as editors count: line and column from 1, the column in UTF-16 code units. `offset` counts from 0. */
export interface Place {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** From its first character to behind its last. */
export interface Span {
  readonly start: Place;
  readonly end: Place;
}

/** Where a value stands, and its key where it is a member of an object. */
export interface JsonPosition {
  readonly key?: Span;
  readonly value: Span;
}

export interface PositionedJson {
  readonly value: JsonValue;
  /** By JSON Pointer (RFC 6901); the whole document is `""`. */
  readonly positions: ReadonlyMap<string, JsonPosition>;
}

/** A problem of a document that a person wrote. */
export interface PlacedJsonProblem extends JsonProblem {
  readonly place: Place;
  /** For a duplicate key: its pointer, and where it stands first. */
  readonly pointer?: string;
  readonly first?: Place;
}

/**
 * The value of a document with the position of everything in it, for error messages that point at a line. Refuses what
 * `readJsonText` refuses; all duplicate keys are listed, of the other problems the first.
 */
export function readJsonWithPositions(
  text: string,
  limits: JsonLimits,
): Result<PositionedJson, readonly PlacedJsonProblem[]> {
  const result = readJsonText(text, limits);
  const places = new Places(text);
  if (result.ok) {
    const walk = new PositionWalk(text, places);
    walk.value('', undefined);
    return ok({ value: result.value, positions: walk.positions });
  }
  const first = [{ ...result.error, place: places.at(result.error.offset) }];
  if (result.error.reason !== 'duplicate_key') return err(first);

  const reader = new JsonReader(text, limits, true);
  if (reader.read() === undefined) {
    const other = jsonProblem(reader.fault.reason, reader.fault.offset, 'character');
    return err([...first, { ...other, place: places.at(other.offset) }]);
  }
  const walk = new PositionWalk(text, places);
  walk.value('', undefined);
  return err(walk.duplicates);
}

/** Goes through a text that the reader has accepted, so it need not look for mistakes other than duplicate keys. */
class PositionWalk {
  readonly positions = new Map<string, JsonPosition>();
  readonly duplicates: PlacedJsonProblem[] = [];
  readonly #text: string;
  readonly #places: Places;
  #at = 0;

  constructor(text: string, places: Places) {
    this.#text = text;
    this.#places = places;
  }

  value(pointer: string, key: Span | undefined): void {
    const first = this.#next();
    const start = this.#at;
    if (first === '{') this.#members(pointer);
    else if (first === '[') this.#elements(pointer);
    else if (first === '"') this.#skipString();
    else while (this.#at < this.#text.length && !' \t\n\r,:]}'.includes(this.#text.charAt(this.#at))) this.#at += 1;
    const value = this.#places.span(start, this.#at);
    this.positions.set(pointer, key === undefined ? { value } : { key, value });
  }

  #members(pointer: string): void {
    const firstPlaces = new Map<string, Place>();
    this.#at += 1;
    while (this.#next() !== '}') {
      if (this.#next() === ',') this.#at += 1;
      this.#next();
      const start = this.#at;
      this.#skipString();
      const key = JSON.parse(this.#text.slice(start, this.#at)) as string;
      const span = this.#places.span(start, this.#at);
      const member = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      const first = firstPlaces.get(key);
      if (first === undefined) firstPlaces.set(key, span.start);
      else {
        const problem = jsonProblem('duplicate_key', start, 'character');
        this.duplicates.push({ ...problem, place: span.start, pointer: member, first });
      }
      this.#next();
      this.#at += 1;
      this.value(member, span);
    }
    this.#at += 1;
  }

  #elements(pointer: string): void {
    let index = 0;
    this.#at += 1;
    while (this.#next() !== ']') {
      if (this.#next() === ',') this.#at += 1;
      this.value(`${pointer}/${index}`, undefined);
      index += 1;
    }
    this.#at += 1;
  }

  #next(): string {
    while (' \t\n\r'.includes(this.#text.charAt(this.#at))) this.#at += 1;
    return this.#text.charAt(this.#at);
  }

  #skipString(): void {
    this.#at += 1;
    while (this.#text.charAt(this.#at) !== '"') this.#at += this.#text.charAt(this.#at) === '\\' ? 2 : 1;
    this.#at += 1;
  }
}

/** Lines and columns of a text. A line ends with LF, CR LF or CR. */
class Places {
  readonly #lineStarts = [0];

  constructor(text: string) {
    for (const match of text.matchAll(/\r\n|\n|\r/g)) this.#lineStarts.push(match.index + match[0].length);
  }

  span(start: number, end: number): Span {
    return { start: this.at(start), end: this.at(end) };
  }

  at(offset: number): Place {
    let low = 0;
    let high = this.#lineStarts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { offset, line: low + 1, column: offset - (this.#lineStarts[low] ?? 0) + 1 };
  }
}
