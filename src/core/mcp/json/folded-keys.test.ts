import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { duplicateUnderFolding, foldKey, isFoldedVariantOf, knownKeys } from './folded-keys.ts';

describe('keys under folding', () => {
  test.each([
    ['method', 'Method', 'ASCII case'],
    ['params', 'paramſ', 'U+017F long s'],
    ['key', '\u212aey', 'the Kelvin sign'],
    ['strasse', 'straße', 'sharp s'],
    ['strasse', 'STRAẞE', 'capital sharp s'],
    ['id', 'İD', 'I with a dot above'],
    ['id', 'ıd', 'i without a dot'],
    ['id', 'I\u0307d', 'a combining dot above'],
    ['file', 'ﬁle', 'a ligature'],
    ['name', 'ｎａｍｅ', 'full width'],
    ['name', 'na\u200bme', 'a zero-width space'],
    ['name', 'name\ufe0f', 'a variation selector'],
    ['name', '\u{e0041}name', 'a tag character'],
    ['σας', 'ΣΑΣ', 'final sigma'],
    ['é', 'E\u0301', 'a decomposed accent'],
    ['ǆ', 'ǅ', 'title case'],
    ['ꮳ', 'Ꮳ', 'Cherokee, whose small letters fold to capitals'],
  ])('%s and %s are one key (%s)', (a, b) => {
    expect(a).not.toBe(b);
    expect(foldKey(b)).toBe(foldKey(a));
    expect(duplicateUnderFolding({ x: 1, [a]: 1, [b]: 2 })).toEqual([a, b]);
    expect(isFoldedVariantOf(b, knownKeys([a, 'x']))).toBe(true);
    expect(isFoldedVariantOf(a, knownKeys([a, 'x']))).toBe(false);
  });

  test.each([
    ['method', 'methods'],
    ['a_b', 'ab'],
    ['a-b', 'a_b'],
    ['', ' '],
    ['1', '١'],
    ['a', 'а'],
    ['e', 'é'],
  ])('%j and %j are two keys', (a, b) => {
    expect(foldKey(a)).not.toBe(foldKey(b));
    expect(duplicateUnderFolding({ [a]: 1, [b]: 2 })).toBeUndefined();
    expect(isFoldedVariantOf(b, knownKeys([a]))).toBe(false);
  });

  test('a key that is known in two spellings is no variant of either', () => {
    const known = knownKeys(['id', 'ID']);
    expect(['id', 'ID', 'Id', 'ids'].map((key) => isFoldedVariantOf(key, known))).toEqual([false, false, true, false]);
  });

  test('keys that are names of inherited members are keys like others', () => {
    expect(duplicateUnderFolding(JSON.parse('{"__proto__":1,"constructor":2}'))).toBeUndefined();
    expect(duplicateUnderFolding(JSON.parse('{"__proto__":1,"__PROTO__":2}'))).toEqual(['__proto__', '__PROTO__']);
  });
});

/** Every code point of Unicode but surrogates. */
const codePoints = Array.from({ length: 0x110000 }, (_, code) => code)
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code));

describe('every character of Unicode', () => {
  test('folds to the same as each of its case mappings, and folding twice changes nothing', () => {
    const wrong = codePoints.filter((character) => {
      const folded = foldKey(character);
      const mapped = [character.toLowerCase(), character.toUpperCase(), character.normalize('NFKD'), folded];
      return mapped.some((other) => other !== character && foldKey(other) !== folded);
    });
    expect(wrong).toEqual([]);
  });

  test('folds to the same as every other that simple case folding makes equal to it', () => {
    const cased = codePoints.filter((character) => /\p{Changes_When_Casemapped}/u.test(character));
    expect(cased.length).toBeGreaterThan(2_800);
    const all = cased.join('');
    const wrong = cased.flatMap((character) =>
      [...all.matchAll(new RegExp(character, 'giu'))]
        .filter(([other]) => foldKey(other) !== foldKey(character))
        .map(([other]) => `${character} ${other}`),
    );
    expect(wrong).toEqual([]);
  });
});

test('a key written in any case and normal form folds to the same', () => {
  const key = fc
    .string({ unit: 'binary', maxLength: 12 })
    .map((drawn) => drawn.toWellFormed().normalize('NFKC'))
    // An iota subscript moves behind the marks that follow it when its case changes.
    .filter((drawn) => !drawn.normalize('NFD').includes('\u0345'));
  const change = fc.constantFrom<(text: string) => string>(
    (text) => text.toLowerCase(),
    (text) => text.toUpperCase(),
    (text) => text.normalize('NFD'),
    (text) => text.normalize('NFKD'),
    (text) => text.toUpperCase().toLowerCase(),
    (text) => `\u200d${text}\ufeff`,
  );
  fc.assert(
    fc.property(key, change, (text, changed) => {
      expect(foldKey(changed(text))).toBe(foldKey(text));
    }),
    { numRuns: 2_000 },
  );
});
