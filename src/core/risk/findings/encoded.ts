import type { Finding } from '../record.ts';
import { quoteAt } from './quote.ts';

const base64 = /(?:[A-Za-z0-9+/]{4}){10,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?|(?:[A-Za-z0-9_-]{4}){10,}/g;
const hex = /(?:\\x[0-9a-f]{2}){12,}|(?:[0-9a-f]{2}){32,}|(?:\\u00[0-9a-f]{2}){10,}|(?:%[0-9a-f]{2}){12,}/gi;
// How many runs of one text are decoded, and how much of each.
const runsMax = 8;
const decodedMax = 2_000;

/** Text that was encoded so that people do not read it: a run that decodes to sentences, not to an image, key or example token. */
export function encodedText(text: string, at: string): Finding | undefined {
  for (const [pattern, decode] of [
    [base64, decodeBase64],
    [hex, decodeHex],
  ] as const) {
    pattern.lastIndex = 0;
    for (let run = 0, match = pattern.exec(text); match !== null && run < runsMax; run++, match = pattern.exec(text)) {
      const decoded = decode(match[0].slice(0, decodedMax));
      if (decoded !== undefined && isProse(decoded)) {
        return {
          kind: 'encoded-text',
          severity: 'High',
          at: `${at}@${match.index}-${match.index + match[0].length}`,
          quote: quoteAt(decoded, 0, decoded.length),
          says: 'contains encoded text; the quote is what it decodes to',
        };
      }
    }
  }
  return undefined;
}

/** Mostly letters and spaces, several words long. JSON, as in the head of a web token, is not prose. */
function isProse(decoded: string): boolean {
  if (decoded.length < 20 || decoded.startsWith('{')) return false;
  let letters = 0;
  for (let index = 0; index < decoded.length; index++) {
    const code = decoded.charCodeAt(index);
    if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 32) letters++;
    else if (code < 9 || code > 126) return false;
  }
  return letters / decoded.length > 0.75 && decoded.split(' ').length >= 4;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function decodeBase64(run: string): string | undefined {
  let bits = 0;
  let held = 0;
  let decoded = '';
  for (const character of run) {
    if (character === '=') break;
    const value = alphabet.indexOf(character === '-' ? '+' : character === '_' ? '/' : character);
    if (value === -1) return undefined;
    bits = ((bits << 6) | value) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    decoded += String.fromCharCode((bits >> held) & 0xff);
    // Binary data shows itself at once.
    if (decoded.length === 16 && !/^[\t\n\r\u0020-\u007e]*$/.test(decoded)) return undefined;
  }
  return decoded;
}

function decodeHex(run: string): string | undefined {
  const digits = run.replace(/\\x|\\u00|%/gi, '');
  let decoded = '';
  for (let index = 0; index + 1 < digits.length; index += 2)
    decoded += String.fromCharCode(Number.parseInt(digits.slice(index, index + 2), 16));
  return decoded;
}
