import { phrases } from './phrases.ts';

/**
 * One pass over a text that says which costly readings it needs: most texts need none. Reads each character once and
 * looks words up by their first six letters.
 */
export interface Glance {
  /** Some character is neither printable ASCII nor white space. */
  readonly hasOddCharacters: boolean;
  /** The longest run of characters that encoded text is made of. */
  readonly longestRun: number;
  /** Indices of the phrases one of whose anchor words occurs, or undefined when none does. */
  readonly phrases: ReadonlySet<number> | undefined;
}

const lettersMax = 6;

/** Words packed five bits a letter, first six letters. */
function pack(word: string): number {
  let packed = 0;
  for (let index = 0; index < Math.min(word.length, lettersMax); index++)
    packed = (packed << 5) | ((word.charCodeAt(index) & 31) + 0);
  return packed;
}

function buildAnchors(): ReadonlyMap<number, readonly number[]> {
  const anchors = new Map<number, number[]>();
  for (const [index, phrase] of phrases.entries()) {
    for (const word of phrase.anchors.split(' ')) {
      const packed = pack(word);
      const known = anchors.get(packed);
      if (known === undefined) anchors.set(packed, [index]);
      else if (!known.includes(index)) known.push(index);
    }
  }
  return anchors;
}

const anchors = buildAnchors();
const markupPhrases = phrases.flatMap((phrase, index) => (phrase.anchors.split(' ').includes('<') ? [index] : []));

export function glanceAt(text: string): Glance {
  let hasOddCharacters = false;
  let longestRun = 0;
  let run = 0;
  let packed = 0;
  let letters = 0;
  let found: Set<number> | undefined;
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : 32;
    const lower = code | 32;
    if (lower >= 97 && lower <= 122 && code < 128) {
      if (letters < lettersMax) packed = (packed << 5) | (code & 31);
      letters++;
      run++;
      continue;
    }
    if (letters > 1) {
      const indices = anchors.get(packed);
      if (indices !== undefined) {
        found ??= new Set();
        for (const index of indices) found.add(index);
      }
    }
    packed = 0;
    letters = 0;
    // Digits and the signs of base64, hexadecimal and percent encoding go on with a run.
    if (
      (code >= 48 && code <= 57) ||
      code === 43 ||
      code === 47 ||
      code === 95 ||
      code === 45 ||
      code === 61 ||
      code === 37 ||
      code === 92
    ) {
      run++;
      continue;
    }
    if (run > longestRun) longestRun = run;
    run = 0;
    if (code === 60 || code === 91) {
      found ??= new Set();
      for (const index of markupPhrases) found.add(index);
    } else if (code > 126 || (code < 32 && code !== 9 && code !== 10 && code !== 13)) hasOddCharacters = true;
  }
  return { hasOddCharacters, longestRun, phrases: found };
}
