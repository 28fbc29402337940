import type { Finding } from '../record.ts';
import { quoteAt } from './quote.ts';

/** A text with characters nobody sees: the finding, the text without them, and what tag characters spell. */
export interface HiddenText {
  readonly finding: Finding;
  readonly visible: string;
  readonly decoded: string | undefined;
}

// Anything that might be invisible or turn the reading direction; what is legitimate is sorted out below.
const suspect =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class -- these are the characters to be found
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\udb40[\udc00-\uddef]/g;

/** Characters that hide text. Joiners inside emoji and in scripts that need them, marks of right-to-left scripts and flags are left alone. */
export function invisibleText(text: string, at: string, kind: 'name' | 'prose'): HiddenText | undefined {
  suspect.lastIndex = 0;
  if (!suspect.test(text)) return undefined;
  suspect.lastIndex = 0;
  let tags = '';
  let bidi = 0;
  let zeroWidth = 0;
  let control = 0;
  let lone = 0;
  let first = -1;
  let inFlag = false;
  for (let match = suspect.exec(text); match !== null; match = suspect.exec(text)) {
    const code = text.codePointAt(match.index) as number;
    const before = text.slice(Math.max(0, match.index - 2), match.index);
    if (code >= 0xe0000 && code <= 0xe007f) {
      // A black flag followed by tags is the flag of a region.
      if (before === '\u{1f3f4}') inFlag = true;
      if (code === 0xe007f) {
        if (inFlag) {
          inFlag = false;
          continue;
        }
      } else if (inFlag) continue;
      tags += code > 0xe001f && code < 0xe007f ? String.fromCharCode(code - 0xe0000) : '';
    } else if ((code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069)) bidi++;
    else if (code === 0x200d || code === 0x200c) {
      // Joins emoji, and letters of Arabic, Persian and Indic scripts.
      if (isJoinedScript(text.charCodeAt(match.index - 1))) continue;
      zeroWidth++;
    } else if (code === 0x200e || code === 0x200f || code === 0x61c) {
      if (/[\u0590-\u08ff\ufb1d-\ufefc]/.test(text)) continue;
      zeroWidth++;
    } else if (code === 0xfeff && match.index === 0) continue;
    else if (code === 0xad && kind === 'prose') continue;
    else if (code >= 0xd800 && code <= 0xdfff) lone++;
    else if (code < 0x20 || (code >= 0x7f && code < 0xa0)) control++;
    else zeroWidth++;
    if (first === -1) first = match.index;
  }
  // One or two stray zero-width characters come from copying web pages; in a name none is innocent.
  const isHiding = tags !== '' || bidi > 0 || control > 0 || lone > 0 || zeroWidth > (kind === 'name' ? 0 : 3);
  if (!isHiding) return undefined;
  const what = [
    tags === '' ? '' : 'tag characters that spell hidden text',
    bidi === 0 ? '' : 'characters that turn the reading direction',
    zeroWidth === 0 ? '' : 'zero-width characters',
    control === 0 ? '' : 'control characters',
    lone === 0 ? '' : 'halves of characters',
  ].filter((part) => part !== '');
  return {
    finding: {
      kind: 'invisible-text',
      severity: tags !== '' || bidi > 0 || kind === 'name' ? 'High' : 'Medium',
      at: `${at}@${first}-${Math.min(text.length, first + 40)}`,
      quote: tags === '' ? quoteAt(text, Math.max(0, first - 10), first + 40) : quoteAt(tags, 0, tags.length),
      says: `contains ${what.join(' and ')}`,
    },
    visible: text.replace(suspect, ''),
    decoded: tags.length >= 8 ? tags : undefined,
  };
}

function isJoinedScript(code: number): boolean {
  if (Number.isNaN(code)) return false;
  // Emoji (surrogates, variation selector, symbols), Arabic to Indic scripts, South-East Asian scripts.
  return (
    (code >= 0xd800 && code <= 0xdfff) ||
    code === 0xfe0f ||
    (code >= 0x2190 && code <= 0x2bff) ||
    (code >= 0x0600 && code <= 0x109f) ||
    (code >= 0x1780 && code <= 0x18af)
  );
}

const latin = /[A-Za-z]/;
const lookAlike = /[\u0370-\u03ff\u0400-\u052f\u0531-\u058f\u13a0-\u13ff\uff21-\uff5a]|\ud835[\udc00-\udfff]/;

/** A name that mixes Latin letters with letters of other scripts that look like them. */
export function disguisedName(name: string, at: string): Finding | undefined {
  for (const word of name.slice(0, 512).split(/[^\p{L}\p{N}]+/u)) {
    if (latin.test(word) && lookAlike.test(word)) {
      return {
        kind: 'disguised-name',
        severity: 'High',
        at,
        quote: quoteAt(name, 0, name.length),
        says: 'mixes letters of several scripts that look alike',
      };
    }
  }
  return undefined;
}
