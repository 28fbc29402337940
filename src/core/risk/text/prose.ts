import { foldDiacritics } from './visible.ts';

/** Which part of a description a word stands in. Only `main` says what the tool does; the rest says how it is called. */
export type Section = 'main' | 'arguments' | 'returns' | 'examples';

export interface Word {
  /** Lower case, diacritics folded. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Written like code (`delete_item`, `getUser`): a mention of a name, not a word of the sentence. */
  readonly isName: boolean;
}

export interface Sentence {
  readonly section: Section;
  readonly words: readonly Word[];
  readonly start: number;
  readonly end: number;
}

// What is read for meaning. The longest real description is about 10,000 characters and says what the tool does in the
// first hundred; findings read further.
const charactersMax = 6_000;
const sentencesMax = 80;

const headings: ReadonlyMap<string, Section> = new Map<string, Section>(
  Object.entries({
    args: 'arguments',
    arguments: 'arguments',
    parameters: 'arguments',
    params: 'arguments',
    param: 'arguments',
    inputs: 'arguments',
    input: 'arguments',
    options: 'arguments',
    returns: 'returns',
    return: 'returns',
    raises: 'returns',
    throws: 'returns',
    output: 'returns',
    response: 'returns',
    responses: 'returns',
    example: 'examples',
    examples: 'examples',
    usage: 'examples',
  } satisfies Record<string, Section>),
);

/**
 * The sentences of a description, each with its words and the section it stands in.
 * Sections are recognised by their headings (`Args:`, `Returns:`, `## Examples`), on lines of their own or run together,
 * as the texts of Python docstrings often are. Bounded: reads at most 6,000 characters and 80 sentences.
 */
export function readSentences(text: string): readonly Sentence[] {
  const sentences: Sentence[] = [];
  const end = Math.min(text.length, charactersMax);
  let section: Section = 'main';
  let words: Word[] = [];
  let sentenceStart = 0;
  let at = 0;

  const close = (closeAt: number): void => {
    if (words.length > 0) sentences.push({ section, words, start: sentenceStart, end: closeAt });
    words = [];
    sentenceStart = closeAt;
  };

  while (at < end && sentences.length < sentencesMax) {
    const code = text.charCodeAt(at);
    if (isWordStart(code)) {
      const from = at;
      let hasUnderscore = false;
      let hasInnerCapital = false;
      let hasLower = false;
      let foreign = false;
      at++;
      if (code >= 97 && code <= 122) hasLower = true;
      if (code >= 0x80) foreign = true;
      while (at < end) {
        const next = text.charCodeAt(at);
        if (next >= 97 && next <= 122) hasLower = true;
        else if (next >= 65 && next <= 90) hasInnerCapital = true;
        else if (next === 95) hasUnderscore = true;
        else if (next >= 0x80) {
          if (isPunctuation(next)) break;
          foreign = true;
        } else if (next === 45 || next === 39) {
          // A hyphen or apostrophe belongs to a word only between letters.
          if (at + 1 >= end || !isLetter(text.charCodeAt(at + 1))) break;
        } else if (!(next >= 48 && next <= 57)) break;
        at++;
      }
      const raw = text.slice(from, at);
      const hasCapital = hasInnerCapital || (code >= 65 && code <= 90);
      const isName = hasUnderscore || (hasInnerCapital && hasLower && !/^[A-Z]+s?$/.test(raw));
      const lower = hasCapital || foreign ? raw.toLowerCase() : raw;
      const word: Word = { text: foreign ? foldDiacritics(lower) : lower, start: from, end: at, isName };
      const heading =
        text.charCodeAt(at) === 58 /* : */ || isMarkdownEnd(text, at) ? headings.get(word.text) : undefined;
      if (heading !== undefined && !isName && (words.length === 0 || text.charCodeAt(at) === 58)) {
        if (words.length > 1) close(from);
        words = [];
        section = heading;
        sentenceStart = at + 1;
        continue;
      }
      words.push(word);
      continue;
    }
    if (isSentenceEnd(text, at, code)) {
      close(at);
      // A blank line ends an argument list or an example only when the next line is not indented or bulleted.
      if (code === 10 && section !== 'main' && /^\n[ \t]*\n(?=[A-Z*#])/.test(text.slice(at, at + 40))) section = 'main';
      at++;
      sentenceStart = at;
      continue;
    }
    if (code === 60 /* < */ && /^<\/?examples?>/i.test(text.slice(at, at + 11))) {
      close(at);
      section = text.charCodeAt(at + 1) === 47 ? 'main' : 'examples';
      at = text.indexOf('>', at) + 1;
      sentenceStart = at;
      continue;
    }
    at++;
  }
  close(at);
  return sentences;
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 0xc0 && !isPunctuation(code));
}

function isWordStart(code: number): boolean {
  return isLetter(code) || (code >= 48 && code <= 57) || code === 95;
}

/** General punctuation, CJK punctuation, full-width forms, arrows and symbols, and the surrogates that emoji are made of. */
function isPunctuation(code: number): boolean {
  return (
    (code >= 0x2000 && code <= 0x2bff) ||
    (code >= 0x3000 && code <= 0x303f) ||
    (code >= 0xff00 && code <= 0xff0f) ||
    (code >= 0xff1a && code <= 0xff20) ||
    (code >= 0xd800 && code <= 0xdfff) ||
    (code >= 0xfe00 && code <= 0xfe0f) ||
    code === 0xd7 ||
    code === 0xf7
  );
}

function isMarkdownEnd(text: string, at: number): boolean {
  return text.charCodeAt(at) === 42 || text.charCodeAt(at) === 10;
}

function isSentenceEnd(text: string, at: number, code: number): boolean {
  if (code === 10) {
    // A line that ends inside a sentence goes on in the next; a blank line, bullet or heading ends it.
    const next = text.slice(at + 1, at + 24);
    return /^\s*(?:\n|[-*•#⚠]|\d+[.)]|[A-Z⚠✓])/.test(next) || next.trim() === '';
  }
  if (code === 46 || code === 33 || code === 63) {
    const next = text.charCodeAt(at + 1);
    return Number.isNaN(next) || next === 32 || next === 10 || next === 34 || next === 41 || next === 39;
  }
  // A spaced dash or bullet opens the next item of a list that was written on one line.
  if ((code === 45 || code === 42) && text.charCodeAt(at - 1) === 32 && text.charCodeAt(at + 1) === 32) return true;
  return code === 0x3002 || code === 0xff01 || code === 0xff1f || code === 0xff1b || code === 59;
}
