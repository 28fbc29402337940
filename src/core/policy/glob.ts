/** A name with wildcards: `*` stands for any characters, `?` for one (a code point). Case counts. */
export interface Glob {
  readonly text: string;
  /** Code points; `anyOne` and `anyMany` for the wildcards. */
  readonly tokens: readonly number[];
  /** How many of the tokens are literal characters: more are more specific. */
  readonly literals: number;
}

export const anyOne = -1;
export const anyMany = -2;

/** True for a name that has wildcards in it. */
export function isGlob(name: string): boolean {
  return name.includes('*') || name.includes('?');
}

/** The glob that a text is; a text without wildcards is a glob that matches itself alone. */
export function parseGlob(text: string): Glob {
  const tokens: number[] = [];
  let literals = 0;
  for (const char of text) {
    // `**` says nothing that `*` does not.
    if (char === '*' && tokens.at(-1) === anyMany) continue;
    if (char !== '*' && char !== '?') literals += 1;
    tokens.push(char === '*' ? anyMany : char === '?' ? anyOne : (char.codePointAt(0) ?? 0));
  }
  return { text, tokens, literals };
}

/** Whether the glob matches the whole name. Takes at most length × length steps. */
export function matchesGlob(glob: Glob, name: string): boolean {
  const { tokens } = glob;
  let token = 0;
  let at = 0;
  // Where to go on when a guess at what `*` stands for turns out too short.
  let resumeToken = -1;
  let resumeAt = 0;
  while (at < name.length) {
    const expected = tokens[token];
    const char = name.codePointAt(at) ?? 0;
    const width = char > 0xffff ? 2 : 1;
    if (expected === anyMany) {
      token += 1;
      resumeToken = token;
      resumeAt = at;
    } else if (expected === anyOne || expected === char) {
      token += 1;
      at += width;
    } else if (resumeToken >= 0) {
      resumeAt += (name.codePointAt(resumeAt) ?? 0) > 0xffff ? 2 : 1;
      at = resumeAt;
      token = resumeToken;
    } else return false;
  }
  while (tokens[token] === anyMany) token += 1;
  return token === tokens.length;
}
