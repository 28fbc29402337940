// What is shown of a hostile text: enough to recognise it, not enough to carry it on.
const quoteMax = 200;

const plain = /^[\u0020-\u007e]*$/;

/** A part of a text for people to read: invisible and control characters written as escapes, at most 200 characters. */
export function quoteAt(text: string, start: number, end: number): string {
  const part = text.slice(start, Math.min(end, start + quoteMax));
  if (plain.test(part)) return end - start > quoteMax ? `${part}…` : part;
  let shown = '';
  for (const character of part) {
    const code = character.codePointAt(0) as number;
    if (code === 9 || code === 10 || code === 13) shown += ' ';
    else if (isShown(code)) shown += character;
    else shown += `\\u{${code.toString(16)}}`;
  }
  return end - start > quoteMax ? `${shown}…` : shown;
}

function isShown(code: number): boolean {
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return false;
  if (
    code === 0xad ||
    code === 0x34f ||
    code === 0x61c ||
    code === 0x115f ||
    code === 0x1160 ||
    code === 0x3164 ||
    code === 0xfeff ||
    code === 0xffa0
  )
    return false;
  if (code >= 0x200b && code <= 0x200f) return false;
  if ((code >= 0x202a && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f)) return false;
  if (code >= 0xd800 && code <= 0xdfff) return false;
  return !(code >= 0xe0000 && code <= 0xe0fff);
}
