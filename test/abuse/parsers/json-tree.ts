/**
 * A JSON text as a tree that keeps what parsers throw away: every member of an object in order, duplicates too, and the
 * source text of numbers. The recorded parsers differ in little grammar and in much of what they make of such a tree.
 */
import { err, ok, type Result } from '../../../src/core/result.ts';

export type JsonTree =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string }
  /** `NaN`, `Infinity` and `-Infinity` where the grammar has them. */
  | { readonly kind: 'number'; readonly text: string }
  | JsonTreeArray
  | JsonTreeObject;

export interface JsonTreeArray {
  readonly kind: 'array';
  readonly items: readonly JsonTree[];
}

export interface JsonTreeObject {
  readonly kind: 'object';
  readonly members: readonly (readonly [string, JsonTree])[];
}

export interface Grammar {
  /** Deepest nesting that is read; Infinity reads any. */
  readonly depthMax: number;
  /** Whether `NaN`, `Infinity` and `-Infinity` are numbers. */
  readonly hasConstants: boolean;
  /** Longest run of digits of an integer; undefined reads any. */
  readonly integerDigitsMax?: number;
  /** Whether a number beyond the range of a double is an error. */
  readonly refusesOverflow: boolean;
  /** Whether half surrogate pairs become U+FFFD. */
  readonly replacesSurrogates: boolean;
}

/** Reads a text without recursion, so that depth is the grammar's to bound. The error names the first fault. */
export function readJsonTree(text: string, grammar: Grammar): Result<JsonTree, string> {
  const reader = new Reader(text, grammar);
  try {
    return ok(reader.read());
  } catch (error) {
    if (error instanceof Fault) return err(error.message);
    throw error;
  }
}

class Fault extends Error {}

type Container =
  | { readonly kind: 'array'; readonly items: JsonTree[] }
  | { readonly kind: 'object'; readonly members: [string, JsonTree][]; key: string };

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const CONSTANT = /NaN|-?Infinity/y;
const SPACE = /[ \t\n\r]*/y;
// oxlint-disable-next-line no-control-regex -- JSON forbids them in strings
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

class Reader {
  readonly #text: string;
  readonly #grammar: Grammar;
  #at = 0;

  constructor(text: string, grammar: Grammar) {
    this.#text = text;
    this.#grammar = grammar;
  }

  read(): JsonTree {
    const open: Container[] = [];
    for (;;) {
      let value = this.#begin(open);
      while (value !== undefined) {
        const container = open.at(-1);
        if (container === undefined) {
          this.#space();
          if (this.#at < this.#text.length) throw new Fault(`text after the value at ${this.#at}`);
          return value;
        }
        value = this.#put(container, value, open);
      }
    }
  }

  /** A scalar or an empty container, or undefined when a container was opened that has something in it. */
  #begin(open: Container[]): JsonTree | undefined {
    this.#space();
    const start = this.#text[this.#at];
    if (start !== '[' && start !== '{') return this.#scalar();
    this.#at += 1;
    if (open.length >= this.#grammar.depthMax) throw new Fault('nested too deep');
    this.#space();
    if (start === '[') {
      if (this.#take(']')) return { kind: 'array', items: [] };
      open.push({ kind: 'array', items: [] });
    } else {
      if (this.#take('}')) return { kind: 'object', members: [] };
      open.push({ kind: 'object', members: [], key: this.#key() });
    }
    return undefined;
  }

  /** Puts a value where it belongs; gives the container when that closed it. */
  #put(container: Container, value: JsonTree, open: Container[]): JsonTree | undefined {
    if (container.kind === 'array') container.items.push(value);
    else container.members.push([container.key, value]);
    this.#space();
    if (this.#take(',')) {
      if (container.kind === 'object') {
        this.#space();
        container.key = this.#key();
      }
      return undefined;
    }
    if (!this.#take(container.kind === 'array' ? ']' : '}')) throw new Fault(`no comma or end at ${this.#at}`);
    open.pop();
    return container.kind === 'array'
      ? { kind: 'array', items: container.items }
      : { kind: 'object', members: container.members };
  }

  #key(): string {
    const key = this.#string();
    this.#space();
    if (!this.#take(':')) throw new Fault(`no colon at ${this.#at}`);
    return key;
  }

  #scalar(): JsonTree {
    if (this.#text[this.#at] === '"') return { kind: 'string', value: this.#string() };
    for (const [word, tree] of WORDS) if (this.#word(word)) return tree;
    const constant = this.#grammar.hasConstants ? this.#match(CONSTANT) : '';
    const text = constant === '' ? this.#match(NUMBER) : constant;
    if (text === '') throw new Fault(`no value at ${this.#at}`);
    const { integerDigitsMax } = this.#grammar;
    if (integerDigitsMax !== undefined && /^-?[0-9]+$/.test(text) && text.replace('-', '').length > integerDigitsMax)
      throw new Fault('an integer of too many digits');
    if (this.#grammar.refusesOverflow && !Number.isFinite(Number(text))) throw new Fault('a number out of range');
    return { kind: 'number', text };
  }

  #string(): string {
    if (!this.#take('"')) throw new Fault(`no string at ${this.#at}`);
    let value = '';
    for (;;) {
      value += this.#match(PLAIN);
      const character = this.#text[this.#at];
      if (character === '"') break;
      if (character !== '\\') throw new Fault(`a control character or the end in a string at ${this.#at}`);
      value += this.#escape();
    }
    this.#at += 1;
    return this.#grammar.replacesSurrogates ? value.toWellFormed() : value;
  }

  #escape(): string {
    const kind = this.#text[this.#at + 1] ?? '';
    if (kind === 'u') {
      const digits = this.#text.slice(this.#at + 2, this.#at + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw new Fault(`an escape of no character at ${this.#at}`);
      this.#at += 6;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const escaped = ESCAPES[kind];
    if (escaped === undefined) throw new Fault(`an unknown escape at ${this.#at}`);
    this.#at += 2;
    return escaped;
  }

  #word(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #space(): void {
    this.#match(SPACE);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }
}

const WORDS: readonly (readonly [string, JsonTree])[] = [
  ['null', { kind: 'null' }],
  ['true', { kind: 'boolean', value: true }],
  ['false', { kind: 'boolean', value: false }],
];
