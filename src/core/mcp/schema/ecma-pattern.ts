import { err, ok, type Result } from '../../result.ts';

/**
 * A pattern of a schema (ECMA-262, as 2020-12 core §6.4 wants it) in the syntax of RE2, which runs in linear time.
 *
 * Look-around is not regular and has no counterpart, except at the very beginning behind `^`: there
 * `^(?!a)(?=b)c` means "matches ^c and ^b and not ^a", which is how most real patterns use it (e-mail addresses,
 * passwords).
 */
export interface LinearPattern {
  readonly matches: string;
  readonly alsoMatches: readonly string[];
  readonly doesNotMatch: readonly string[];
  /** About how many instructions it takes, repetitions written out. */
  readonly size: number;
}

/** Translates a pattern, or says what in it cannot be had. The result is not yet compiled. */
export function linearPattern(source: string): Result<LinearPattern, string> {
  const mode = modeOf(source);
  if (mode === undefined) return err('is not a regular expression');
  try {
    return ok(new PatternReader(source, mode === 'u').pattern());
  } catch (error) {
    if (error instanceof Unsupported) return err(`uses ${error.what}, which the linear-time matcher does not have`);
    throw error;
  }
}

/** Schemas are meant to be read with the `u` flag; patterns that only work without it (`\-`) are taken as they are. */
function modeOf(source: string): 'u' | 'plain' | undefined {
  for (const mode of ['u', ''] as const) {
    try {
      // Compiled to see whether it is one; never run.
      RegExp(source, mode);
      return mode === 'u' ? 'u' : 'plain';
    } catch {
      // The next mode, or none.
    }
  }
  return undefined;
}

/** Leaves the recursive descent at a construct that has no translation; never leaves this file. */
class Unsupported extends Error {
  readonly what: string;

  constructor(what: string) {
    super(what);
    this.what = what;
  }
}

type Range = readonly [number, number];

/** Goes through a pattern that is known to be valid. */
class PatternReader {
  readonly #chars: readonly string[];
  readonly #isUnicode: boolean;
  #at = 0;
  /** Of what has been read since the innermost group began. */
  #size = 0;

  constructor(source: string, isUnicode: boolean) {
    // With `u` a character is a code point, without a UTF-16 unit; the difference only shows in astral characters.
    this.#chars = Array.from(source);
    this.#isUnicode = isUnicode;
    if (!isUnicode && this.#chars.some((char) => char.length > 1)) {
      throw new Unsupported('a character beyond U+FFFF in a pattern that is not valid with the flag u');
    }
  }

  pattern(): LinearPattern {
    const alsoMatches: string[] = [];
    const doesNotMatch: string[] = [];
    if (this.#peek('^')) {
      this.#at = 1;
      while (this.#peek('(?=') || this.#peek('(?!')) {
        const list = this.#peek('(?=') ? alsoMatches : doesNotMatch;
        this.#at += 3;
        list.push(`^(?:${this.#alternatives()})`);
        this.#at += 1;
        if (this.#quantifier() !== '') throw new Unsupported('a quantified look-ahead');
      }
    }
    const hasLookahead = alsoMatches.length + doesNotMatch.length > 0;
    const rest = this.#alternatives(hasLookahead);
    return { matches: this.#startsWithCaret() ? `^${rest}` : rest, alsoMatches, doesNotMatch, size: this.#size };
  }

  #startsWithCaret(): boolean {
    return this.#chars[0] === '^';
  }

  /** Up to a closing parenthesis or the end. With `single`, an alternative would not be covered by what came before. */
  #alternatives(single = false): string {
    let text = '';
    while (this.#at < this.#chars.length && !this.#peek(')')) {
      if (this.#peek('|') && single) throw new Unsupported('look-ahead in one of several alternatives');
      text += this.#term();
    }
    return text;
  }

  #term(): string {
    const before = this.#size;
    this.#size = 1;
    const char = this.#next();
    const isAtom = char !== '|' && char !== '^' && char !== '$';
    const text = isAtom ? this.#atom(char) + this.#quantifier() : char;
    this.#size += before;
    return text;
  }

  #atom(char: string): string {
    if (char === '.') return '[^\\n\\r\\x{2028}\\x{2029}]';
    if (char === '(') return this.#group();
    if (char === '[') return this.#class();
    if (char === '\\') return this.#escape();
    return literal(codeOf(char));
  }

  #group(): string {
    if (this.#peek('?:')) this.#at += 2;
    else if (this.#peek('?<') && !this.#peek('?<=') && !this.#peek('?<!')) {
      while (this.#next() !== '>');
    } else if (this.#peek('?')) {
      throw new Unsupported(
        this.#peek('?=') || this.#peek('?!') || this.#peek('?<') ? 'look-around' : 'a group with flags',
      );
    }
    const inner = this.#alternatives();
    this.#at += 1;
    return `(?:${inner})`;
  }

  #quantifier(): string {
    const found = /^(?:[*+?]|\{(\d+)(?:,(\d*))?\})\??/.exec(this.#chars.slice(this.#at, this.#at + 40).join(''));
    if (found === null) return '';
    const times = Math.max(1, Number(found[1] ?? 1), Number(found[2] ?? 1));
    if (times > repeatMax) throw new Unsupported(`a repetition of more than ${repeatMax}`);
    this.#size *= times + 1;
    this.#at += found[0].length;
    // Whether a match is the shortest does not matter to whether there is one.
    return found[0].length > 1 ? found[0].replace(/\?$/, '') : found[0];
  }

  /** An escape outside of a class. */
  #escape(): string {
    const char = this.#next();
    if (char === 'b' || char === 'B') return `\\${char}`;
    if (/[1-9k]/.test(char)) throw new Unsupported('a back reference');
    const ranges = this.#classEscape(char);
    if (ranges !== undefined) return `[${ranges}]`;
    return literal(this.#codeEscape(char));
  }

  #class(): string {
    const isNegated = this.#peek('^');
    if (isNegated) this.#at += 1;
    let body = '';
    while (!this.#peek(']')) {
      const first = this.#classAtom();
      if (this.#peek('-') && this.#chars[this.#at + 1] !== ']' && typeof first === 'number') {
        this.#at += 1;
        const last = this.#classAtom();
        // `[a-\d]`, valid without `u`: three separate things.
        body +=
          typeof last === 'number' ? rangeText([first, last]) : rangeText([first, first]) + rangeText([45, 45]) + last;
      } else {
        body += typeof first === 'number' ? rangeText([first, first]) : first;
      }
    }
    this.#at += 1;
    if (body === '') return isNegated ? `[${everything}]` : `[^${everything}]`;
    return `[${isNegated ? '^' : ''}${body}]`;
  }

  /** A character of a class by its code, or the text of a set. */
  #classAtom(): number | string {
    const char = this.#next();
    if (char !== '\\') return codeOf(char);
    const escaped = this.#next();
    if (escaped === 'b') return 0x08;
    return this.#classEscape(escaped) ?? this.#codeEscape(escaped);
  }

  /** Sets of characters: their text within a class. */
  #classEscape(char: string): string | undefined {
    if (/[dDwW]/.test(char)) return `\\${char}`;
    if (char === 's') return whiteSpace.map(rangeText).join('');
    if (char === 'S') return complementOf(whiteSpace).map(rangeText).join('');
    if (char !== 'p' && char !== 'P') return undefined;
    if (!this.#isUnicode) throw new Unsupported('a property escape in a pattern that is not valid with the flag u');
    let name = '';
    for (let next = this.#next(); next !== '}'; next = this.#next()) name += next === '{' ? '' : next;
    const category = /^(?:(?:gc|General_Category)=)?([A-Z][a-z]?)$/.exec(name)?.[1];
    const script = /^(?:sc|Script)=([A-Z][a-z]+)$/.exec(name)?.[1];
    const known = category ?? script;
    if (known === undefined) throw new Unsupported(`the property ${name}`);
    return `\\${char}{${known}}`;
  }

  /** A single character that is written with an escape. */
  #codeEscape(char: string): number {
    const control = controls.get(char);
    if (control !== undefined) return control;
    if (char === '0' && !/[0-9]/.test(this.#chars[this.#at] ?? '')) return 0;
    if (char === 'c' && /[A-Za-z]/.test(this.#chars[this.#at] ?? '')) return codeOf(this.#next()) % 32;
    if (char === 'x' && this.#hexAhead(2)) return this.#hex(2);
    if (char === 'u' && this.#peek('{') && this.#isUnicode) {
      this.#at += 1;
      let digits = '';
      for (let next = this.#next(); next !== '}'; next = this.#next()) digits += next;
      return scalar(Number.parseInt(digits, 16));
    }
    if (char === 'u' && this.#hexAhead(4)) return this.#unit();
    // What is left of letters and digits means itself without `u`, and something else to other engines.
    if (/[A-Za-z0-9]/.test(char)) throw new Unsupported(`the escape \\${char}`);
    return codeOf(char);
  }

  #unit(): number {
    const high = this.#hex(4);
    if (high >= 0xd800 && high <= 0xdbff && this.#peek('\\u')) {
      this.#at += 2;
      const low = this.#hex(4);
      return scalar(0x10000 + (high - 0xd800) * 0x400 + (low - 0xdc00));
    }
    return scalar(high);
  }

  #hexAhead(length: number): boolean {
    return new RegExp(`^[0-9A-Fa-f]{${length}}$`).test(this.#chars.slice(this.#at, this.#at + length).join(''));
  }

  #hex(length: number): number {
    const digits = this.#chars.slice(this.#at, this.#at + length).join('');
    this.#at += length;
    return Number.parseInt(digits, 16);
  }

  #peek(text: string): boolean {
    for (let index = 0; index < text.length; index += 1) {
      if (this.#chars[this.#at + index] !== text[index]) return false;
    }
    return true;
  }

  #next(): string {
    const char = this.#chars[this.#at];
    // The pattern is valid, so every construct that was begun has an end.
    if (char === undefined) throw new Unsupported('a construct without end');
    this.#at += 1;
    return char;
  }
}

// RE2's own bound.
const repeatMax = 1000;

const controls: ReadonlyMap<string, number> = new Map([
  ['t', 0x09],
  ['n', 0x0a],
  ['v', 0x0b],
  ['f', 0x0c],
  ['r', 0x0d],
]);

/** ECMA-262 `\s`: WhiteSpace and LineTerminator. */
const whiteSpace: readonly Range[] = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const everything = '\\x{0}-\\x{10ffff}';

function complementOf(ranges: readonly Range[]): Range[] {
  let from = 0;
  const rest = ranges.map(([first, last]): Range => {
    const gap: Range = [from, first - 1];
    from = last + 1;
    return gap;
  });
  return [...rest, [from, 0x10ffff]];
}

function rangeText([first, last]: Range): string {
  return first === last ? literal(first) : `${literal(first)}-${literal(last)}`;
}

function literal(code: number): string {
  const char = String.fromCodePoint(code);
  return /[A-Za-z0-9]/.test(char) ? char : `\\x{${code.toString(16)}}`;
}

function codeOf(char: string): number {
  return scalar(char.codePointAt(0) ?? 0);
}

function scalar(code: number): number {
  if (code >= 0xd800 && code <= 0xdfff) throw new Unsupported('half of a surrogate pair');
  return code;
}
