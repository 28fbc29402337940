import { anyMany, anyOne, type Glob, isGlob, matchesGlob, parseGlob } from './glob.ts';

/** Two globs, in the order of the document, that are equally specific for a name: nobody could tell which governs it. */
export interface GlobTie {
  readonly first: string;
  readonly second: string;
  /** A name that both match and nothing more specific does; undefined where the search for one was cut short. */
  readonly name?: string;
}

/**
 * The ties among the names of one table: pairs of globs with equally many literal characters that both match some name
 * which no exact name and no glob with more literals matches too. Sound: no tie is missed. Where a search would take too
 * long, the pair is given as a tie; a pair is ruled out only by proof. At most `tiesMax` ties are listed.
 */
export function findGlobTies(names: readonly string[]): GlobTie[] {
  const globs = names.filter(isGlob).map(parseGlob);
  const exact = names.filter((name) => !isGlob(name));
  const work = { steps: stepsMax };
  const ties: GlobTie[] = [];
  for (const pair of pairsThatMeet(globs, work)) {
    const [first, second] = globs.indexOf(pair[0]) < globs.indexOf(pair[1]) ? pair : [pair[1], pair[0]];
    const winners = moreSpecific(first, second, globs, exact);
    const found = commonName(first, second, winners, work);
    if (found !== 'none')
      ties.push({ first: first.text, second: second.text, ...(found === 'cut short' ? {} : { name: found.name }) });
    if (ties.length === tiesMax) break;
  }
  return ties;
}

const tiesMax = 20;
/** Bounds the search to some tens of milliseconds. */
const stepsMax = 300_000;
/** More rivals than this make a proof too long to be tried. */
const winnersMax = 40;

interface Work {
  steps: number;
}

/** Pairs of globs with equally many literals and a common name. */
function* pairsThatMeet(globs: readonly Glob[], work: Work): Generator<readonly [Glob, Glob]> {
  const byLiterals = Map.groupBy(globs, (glob) => glob.literals);
  for (const group of byLiterals.values()) {
    // Globs meet only if what stands before the first wildcard of one begins what stands there in the other, and so for
    // the ends. In order of either, candidates stand next to each other; whichever leaves fewer of them is gone through.
    const byPrefix = candidatePairs(group.map((glob) => ({ glob, edge: prefixOf(glob) })));
    const bySuffix = candidatePairs(group.map((glob) => ({ glob, edge: suffixOf(glob) })));
    for (const [first, second] of byPrefix.count <= bySuffix.count ? byPrefix.pairs() : bySuffix.pairs()) {
      work.steps -= 1;
      if (work.steps < 0 || meet(first, second)) yield [first, second];
    }
  }
}

interface Edged {
  readonly glob: Glob;
  readonly edge: string;
}

function candidatePairs(edged: readonly Edged[]): { count: number; pairs: () => Generator<readonly [Glob, Glob]> } {
  const sorted = edged.toSorted((a, b) => (a.edge < b.edge ? -1 : a.edge > b.edge ? 1 : 0));
  const reach: number[] = [];
  let count = 0;
  for (const [index, { edge }] of sorted.entries()) {
    // The first index behind all edges that begin with this one; they follow it directly.
    let [low, high] = [index + 1, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]?.edge.startsWith(edge) === true) low = middle + 1;
      else high = middle;
    }
    reach.push(low);
    count += low - index - 1;
  }
  function* pairs(): Generator<readonly [Glob, Glob]> {
    for (const [index, { glob }] of sorted.entries()) {
      for (const other of sorted.slice(index + 1, reach[index])) yield [glob, other.glob];
    }
  }
  return { count, pairs };
}

function prefixOf(glob: Glob): string {
  return String.fromCodePoint(...glob.tokens.slice(0, firstWildcard(glob.tokens)));
}

function suffixOf(glob: Glob): string {
  const reversed = glob.tokens.toReversed();
  return String.fromCodePoint(...reversed.slice(0, firstWildcard(reversed)));
}

function firstWildcard(tokens: readonly number[]): number {
  const at = tokens.findIndex((token) => token < 0);
  return at === -1 ? tokens.length : at;
}

/** Whether two globs have a name in common. */
function meet(a: Glob, b: Glob): boolean {
  const [aStar, bStar] = [a.tokens.indexOf(anyMany), b.tokens.indexOf(anyMany)];
  if (aStar === -1 && bStar === -1) {
    return a.tokens.length === b.tokens.length && agree(a.tokens, b.tokens, a.tokens.length);
  }
  if (aStar !== -1 && bStar !== -1) {
    // What is between the first and last star of either can be written one after the other.
    const [aEnd, bEnd] = [
      a.tokens.length - 1 - a.tokens.lastIndexOf(anyMany),
      b.tokens.length - 1 - b.tokens.lastIndexOf(anyMany),
    ];
    return (
      agree(a.tokens, b.tokens, Math.min(aStar, bStar)) &&
      agree(a.tokens.toReversed(), b.tokens.toReversed(), Math.min(aEnd, bEnd))
    );
  }
  return aStar === -1 ? fits(b.tokens, a.tokens) : fits(a.tokens, b.tokens);
}

function agree(a: readonly number[], b: readonly number[], count: number): boolean {
  for (let at = 0; at < count; at += 1) if (a[at] !== b[at] && a[at] !== anyOne && b[at] !== anyOne) return false;
  return true;
}

/** Whether tokens with stars can stand for tokens without: the matching of names, where `?` in the latter agrees with all. */
function fits(starred: readonly number[], plain: readonly number[]): boolean {
  let reachable = new Set([0]);
  const skipStars = (positions: Set<number>): Set<number> => {
    for (const position of positions) if (starred[position] === anyMany) positions.add(position + 1);
    return positions;
  };
  skipStars(reachable);
  for (const char of plain) {
    const next = new Set<number>();
    for (const position of reachable) {
      const token = starred[position];
      if (token === anyMany) next.add(position);
      else if (token !== undefined && (token === char || token === anyOne || char === anyOne)) next.add(position + 1);
    }
    reachable = skipStars(next);
  }
  return reachable.has(starred.length);
}

/** Exact names and globs that win over both for names which they match. */
function moreSpecific(first: Glob, second: Glob, globs: readonly Glob[], exact: readonly string[]): Glob[] {
  const names = exact.filter((name) => matchesGlob(first, name) && matchesGlob(second, name)).map(parseGlob);
  return [
    ...names,
    ...globs.filter((glob) => glob.literals > first.literals && meet(glob, first) && meet(glob, second)),
  ];
}

/** The shortest name that both globs match and none of the winners does. */
function commonName(
  first: Glob,
  second: Glob,
  winners: readonly Glob[],
  work: Work,
): { readonly name: string } | 'none' | 'cut short' {
  if (winners.length > winnersMax) return 'cut short';
  const all = [first, second, ...winners];
  const letters = [...new Set(all.flatMap((glob) => glob.tokens.filter((token) => token >= 0)))];
  const other = otherLetter(letters);
  const alphabet = [...letters, other];

  interface State {
    readonly at: readonly (readonly number[])[];
    readonly name: string;
  }
  const start: State = { at: all.map((glob) => closure(glob.tokens, [0])), name: '' };
  // The empty name is nobody's, so its state may be met again behind a letter.
  const seen = new Set<string>();
  const queue = [start];
  for (const state of queue) {
    const [atFirst = [], atSecond = [], ...atWinners] = state.at;
    const isCommon = atFirst.includes(first.tokens.length) && atSecond.includes(second.tokens.length);
    const isWon = winners.some((glob, index) => atWinners[index]?.includes(glob.tokens.length));
    if (isCommon && !isWon && state.name !== '') return { name: state.name };
    for (const letter of alphabet) {
      work.steps -= all.length;
      if (work.steps < 0) return 'cut short';
      const at = all.map((glob, index) => advance(glob.tokens, state.at[index] ?? [], letter));
      if (at[0]?.length === 0 || at[1]?.length === 0) continue;
      const key = JSON.stringify(at);
      if (seen.has(key)) continue;
      seen.add(key);
      queue.push({ at, name: state.name + String.fromCodePoint(letter) });
    }
  }
  return 'none';
}

function advance(tokens: readonly number[], positions: readonly number[], letter: number): readonly number[] {
  const next: number[] = [];
  for (const position of positions) {
    const token = tokens[position];
    if (token === anyMany) next.push(position);
    else if (token === letter || token === anyOne) next.push(position + 1);
  }
  return closure(tokens, next);
}

/** The positions, sorted, with those behind stars added. */
function closure(tokens: readonly number[], positions: readonly number[]): readonly number[] {
  const closed = new Set(positions);
  for (const position of closed) if (tokens[position] === anyMany) closed.add(position + 1);
  return [...closed].sort((a, b) => a - b);
}

/** A letter that none of the globs names; it stands for all others. */
function otherLetter(letters: readonly number[]): number {
  const readable = Array.from('xyzabcdefghijklmnopqrstuvw0123456789_', (char) => char.codePointAt(0) ?? 0);
  const other = readable.find((letter) => !letters.includes(letter));
  if (other !== undefined) return other;
  let letter = 0x1000;
  while (letters.includes(letter)) letter += 1;
  return letter;
}
