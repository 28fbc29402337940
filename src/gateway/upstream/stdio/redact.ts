/**
 * Gives text from a child process in a form that can go to a log: values of its variables replaced by their names, and
 * nothing that a terminal would act on (escape sequences, other control characters, invisible direction marks).
 */
export function redact(text: string, secrets: ReadonlyMap<string, string>): string {
  // First what a terminal would not show: a value with a colour in the middle is still that value.
  let result = text.replace(escapeSequence, '').replace(/\r\n?/g, '\n').replace(unprintable, '\ufffd');
  // Longest first: a value may contain another.
  for (const [value, name] of [...secrets].sort(([a], [b]) => b.length - a.length)) {
    if (value.length >= secretLengthMin) result = result.replaceAll(value, `[${name}]`);
  }
  return result;
}

/** The last `count` lines of text that may begin in the middle of a line, at most `lengthMax` characters. */
export function lastLines(text: string, count: number, lengthMax: number): string {
  const lines = text.trimEnd().split('\n');
  const kept = lines.slice(-count).join('\n');
  return kept.length <= lengthMax ? kept : `…${kept.slice(-lengthMax)}`;
}

/** Where text was cut at its front, what remains may begin with half a secret; this drops up to the first line end. */
export function withoutFirstPart(text: string, secrets: ReadonlyMap<string, string>): string {
  const end = text.indexOf('\n');
  if (end !== -1) return text.slice(end + 1);
  return text.slice(Math.max(0, ...[...secrets.keys()].map((value) => value.length)));
}

// Shorter values ("1", "true", "production") are no secrets, and replacing them would make the text unreadable.
const secretLengthMin = 8;

// CSI and OSC sequences, then any other escape with its final byte.
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const escapeSequence = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-_])/g;
const unprintable = /(?![\n\t])[\p{Cc}\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff]/gu;
