/**
 * Text as a person sees it, with the way back to the text as it was given.
 * Classification reads the visible text only, so that characters nobody sees can never change a class.
 */
export interface VisibleText {
  readonly text: string;
  /** Offset in the given text of a place in the visible text. */
  readonly offsetOf: (visibleOffset: number) => number;
}

// Default-ignorable and control characters that render as nothing: soft hyphen, combining grapheme joiner, Hangul and
// Mongolian fillers, zero-width and bidi controls, invisible operators, variation selectors, tags, C0/C1 but for white space.
const invisible =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class -- these are the characters to be found
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\udb40[\udc00-\uddef]/;
// Compatibility letters (full-width, mathematical, enclosed) that read as plain ones.
const compatibility = /[\uff01-\uff5e]|\ud835[\udc00-\udfff]|[\u2460-\u24ff]/;
// oxlint-disable-next-line no-control-regex -- white space is allowed
const asciiOnly = /^[\u0009\u000a\u000d\u0020-\u007e]*$/;

const identity = (offset: number): number => offset;

/** The visible part of a text: invisible characters left out, compatibility letters folded to the letters they look like. */
export function visibleText(given: string): VisibleText {
  if (asciiOnly.test(given) || !(invisible.test(given) || compatibility.test(given))) {
    return { text: given, offsetOf: identity };
  }
  const offsets: number[] = [];
  let text = '';
  let at = 0;
  for (const character of given) {
    if (!invisible.test(character)) {
      const folded = compatibility.test(character) ? character.normalize('NFKC') : character;
      text += folded;
      for (let unit = 0; unit < folded.length; unit++) offsets.push(at);
    }
    at += character.length;
  }
  offsets.push(given.length);
  return { text, offsetOf: (offset) => offsets[Math.min(offset, offsets.length - 1)] ?? given.length };
}

/** Latin letters without their diacritics: `löschen` reads `loschen`. */
export function foldDiacritics(word: string): string {
  return word.normalize('NFKD').replace(/\p{M}/gu, '');
}
