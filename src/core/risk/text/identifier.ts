import { foldDiacritics } from './visible.ts';

/** A word of an identifier, in lower case, with where it starts and ends in the identifier. */
export interface IdentifierWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const UPPER = 1;
const LOWER = 2;
const DIGIT = 3;
const OTHER = 4;
const BREAK = 0;

// Longest identifier that is split; the longest real tool name is under 200 characters.
const charactersMax = 512;

function kindOf(code: number): number {
  if (code < 0x80) {
    if (code >= 97 && code <= 122) return LOWER;
    if (code >= 65 && code <= 90) return UPPER;
    if (code >= 48 && code <= 57) return DIGIT;
    return BREAK;
  }
  // Latin-1 and Latin Extended letters continue a word; other scripts stand for themselves.
  if (code >= 0xc0 && code < 0x250) return LOWER;
  return code >= 0x2000 && code < 0x2070 ? BREAK : OTHER;
}

/**
 * The words of an identifier: `createGitHubIssue`, `create-github-issue`, `issues.create` and `HTTPServer_Restart`
 * fall into their parts at separators, case changes and script changes.
 */
export function splitIdentifier(identifier: string): readonly IdentifierWord[] {
  const words: IdentifierWord[] = [];
  const length = Math.min(identifier.length, charactersMax);
  let start = 0;
  let previous = BREAK;
  let hasUpper = false;
  let hasForeign = false;
  const push = (end: number): void => {
    if (end > start) {
      const raw = identifier.slice(start, end);
      const lower = hasUpper || hasForeign ? raw.toLowerCase() : raw;
      words.push({ text: hasForeign ? foldDiacritics(lower) : lower, start, end });
    }
  };
  for (let at = 0; at < length; at++) {
    const code = identifier.charCodeAt(at);
    const kind = kindOf(code);
    // Once seen they may concern a later word too; folding a plain word changes nothing.
    if (kind === UPPER) hasUpper = true;
    if (code >= 0x80) hasForeign = true;
    if (kind === BREAK) {
      push(at);
      start = at + 1;
    } else if (previous !== BREAK && kind !== previous) {
      const camel = kind === UPPER && previous === LOWER;
      const scriptChange = kind === OTHER || previous === OTHER;
      const afterDigit = kind === UPPER && previous === DIGIT;
      // The last capital of a run belongs to the word that follows: `HTTPServer` is `HTTP` and `Server`.
      const endOfAcronym = kind === LOWER && previous === UPPER && at - start > 1;
      if (camel || scriptChange || afterDigit) {
        push(at);
        start = at;
      } else if (endOfAcronym) {
        push(at - 1);
        start = at - 1;
      }
    }
    previous = kind;
  }
  push(length);
  return words;
}
