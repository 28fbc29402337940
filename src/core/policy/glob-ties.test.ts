import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isGlob, matchesGlob, parseGlob } from './glob.ts';
import { findGlobTies } from './glob-ties.ts';

describe('globs', () => {
  test.each([
    ['*', '', true],
    ['*', 'anything\nat all', true],
    ['get_*', 'get_', true],
    ['get_*', 'Get_x', false],
    ['?', '😀', true],
    ['??', '😀', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['*ab', 'aab', true],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['abc', 'abc', true],
    ['abc', 'abcd', false],
  ])('%j on %j: %j', (glob, name, expected) => {
    expect(matchesGlob(parseGlob(glob), name)).toBe(expected);
  });

  test('a glob matches what the regular expression of the same meaning matches', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 8 });
    fc.assert(
      fc.property(text, name, (glob, candidate) => {
        const pattern = new RegExp(`^${glob.replaceAll('*', '[^]*').replaceAll('?', '[^]')}$`, 'u');
        expect(matchesGlob(parseGlob(glob), candidate)).toBe(pattern.test(candidate));
      }),
      { numRuns: 2000 },
    );
  });

  test('many stars cost no more than the product of the lengths', () => {
    expect(matchesGlob(parseGlob(`${'*a'.repeat(120)}b`), 'a'.repeat(5000))).toBe(false);
  });
});

describe('ties', () => {
  const ties = (...names: string[]) => findGlobTies(names).map(({ first, second, name }) => [first, second, name]);

  test.each([
    ['different starts', ['get_*', 'set_*'], []],
    ['different ends', ['*_get', '*_set'], []],
    ['one has more literals', ['get_*', 'get_u*'], []],
    ['a start and an end', ['ab*', '*cd'], [['ab*', '*cd', 'abcd']]],
    ['the same meaning written twice', ['a*', 'a**'], [['a*', 'a**', 'a']]],
    ['fixed lengths that differ', ['a?', 'a??'], []],
    ['fixed length and star', ['a?c', '*bc'], [['a?c', '*bc', 'abc']]],
    ['a third glob settles all names', ['a*', '*b', 'a*b'], []],
    ['a third glob settles some names', ['a*', '*b', 'a?*b'], [['a*', '*b', 'ab']]],
    ['a glob and a name settle all names together', ['a*', '*b', 'a?*b', 'ab'], []],
    ['an exact name settles the only common name', ['a?', '?b', 'ab'], []],
    ['nothing matches the empty name', ['*', '?'], [['*', '?', 'x']]],
  ])('%s', (_name, names, expected) => {
    expect(ties(...names)).toEqual(expected);
  });

  test('agrees with trying all short names', () => {
    const glob = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), minLength: 1, maxLength: 4 });
    const shortNames = allNames(['a', 'b', 'c'], 7);
    fc.assert(
      fc.property(fc.uniqueArray(glob, { maxLength: 5 }), (texts) => {
        const globs = texts.map(parseGlob);
        const tied = new Set<string>();
        for (const name of shortNames) {
          if (texts.includes(name)) continue;
          const matching = globs.filter((candidate) => isGlob(candidate.text) && matchesGlob(candidate, name));
          const most = Math.max(...matching.map((candidate) => candidate.literals));
          const winners = matching
            .filter((candidate) => candidate.literals === most)
            .map((candidate) => candidate.text);
          for (const first of winners) for (const second of winners) if (first < second) tied.add(`${first} ${second}`);
        }
        const found = findGlobTies(texts).map(({ first, second }) => [first, second].sort().join(' '));
        expect(new Set(found)).toEqual(tied);
      }),
      { numRuns: 1500 },
    );
  });

  test('thousands of globs with different starts or ends cost little; thousands that meet are cut short', () => {
    const range = Array.from({ length: 9000 }, (_, index) => 1000 + index);
    expect(ties(...range.map((n) => `service_${n}_*`))).toEqual([]);
    expect(ties(...range.map((n) => `*_service_${n}`))).toEqual([]);
    expect(ties(...range.map((n) => `*${n}*`))).toHaveLength(20);
    expect(ties(...range.map((n) => `*${n}?*`), ...range.map((n) => `*${n}*`)).length).toBeGreaterThan(0);
  });
});

function allNames(letters: readonly string[], lengthMax: number): string[] {
  let longest = [''];
  const names: string[] = [];
  for (let length = 1; length <= lengthMax; length += 1) {
    longest = longest.flatMap((name) => letters.map((letter) => name + letter));
    names.push(...longest);
  }
  return names;
}
