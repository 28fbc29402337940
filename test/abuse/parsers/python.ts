import { err, ok, type Result } from '../../../src/core/result.ts';
import { lastMember } from './json-members.ts';
import { readJsonTree } from './json-tree.ts';
import type { Personality } from './personality.ts';

/**
 * `json.loads(body)` of CPython 3.11: NaN and Infinity are numbers, integers are exact up to 4,300 digits, the last of
 * equal keys wins, lone surrogates are kept (as bytes of UTF-8 too), and 994 levels are read before RecursionError.
 */
export const python: Personality = {
  name: 'python',
  parse(bytes) {
    const text = decode(Buffer.from(bytes));
    return text.ok ? parsePythonText(text.value) : text;
  },
  member: lastMember,
};

/** `json.loads(text)`: unlike bytes, a text may not begin with a byte order mark. */
export function parsePythonText(text: string): ReturnType<Personality['parse']> {
  if (text.startsWith('\ufeff')) return err('Unexpected UTF-8 BOM (decode using utf-8-sig)');
  return readJsonTree(text, {
    depthMax: 994,
    hasConstants: true,
    integerDigitsMax: 4_300,
    refusesOverflow: false,
    replacesSurrogates: false,
  });
}

/** `json.detect_encoding` and decoding with `surrogatepass`. */
function decode(bytes: Buffer): Result<string, string> {
  const [first, second, third, fourth] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return decodeUtf8(bytes.subarray(3));
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    return ok(new TextDecoder(first === 0xff ? 'utf-16le' : 'utf-16be').decode(bytes));
  if (first !== undefined && second !== undefined) {
    if (first === 0 && second !== 0) return ok(new TextDecoder('utf-16be').decode(bytes));
    if (first !== 0 && second === 0 && (bytes.length === 2 || third !== 0 || fourth !== 0))
      return ok(new TextDecoder('utf-16le').decode(bytes));
    if (first === 0 || second === 0) return err('UTF-32 is not read here');
  }
  return decodeUtf8(bytes);
}

/** UTF-8 in which surrogates may stand as three bytes each. */
function decodeUtf8(bytes: Buffer): Result<string, string> {
  let text = '';
  let from = 0;
  for (let at = bytes.indexOf(0xed); at !== -1; at = bytes.indexOf(0xed, at + 1)) {
    const [, second = 0, third = 0] = bytes.subarray(at, at + 3);
    if (second < 0xa0 || second > 0xbf || third < 0x80 || third > 0xbf) continue;
    const before = strictUtf8(bytes.subarray(from, at));
    if (before === undefined) return err("'utf-8' codec can't decode");
    text += before + String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f));
    from = at + 3;
  }
  const rest = strictUtf8(bytes.subarray(from));
  return rest === undefined ? err("'utf-8' codec can't decode") : ok(text + rest);
}

function strictUtf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
