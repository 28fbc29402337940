import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linearPattern } from './ecma-pattern.ts';
import { SCHEMA_LIMITS } from './limits.ts';
import { compilePattern } from './pattern.ts';
import { Run } from './run.ts';

function matches(source: string, text: string): boolean {
  const pattern = compilePattern(source, SCHEMA_LIMITS, 0);
  if (!pattern.ok) throw new Error(`${source} ${pattern.error}`);
  const run = new Run({ ...SCHEMA_LIMITS, steps: 1_000_000_000 }, false);
  return pattern.value.matches(text, run);
}

/**
 * What the engine says, with the flag that a schema's pattern is meant for where it is valid with it. Asked place by
 * place: searching, V8 of Node 26.10 does not find `/[^a]{2}$/u` in "😀." though it matches there.
 */
function engineMatches(source: string, text: string): boolean {
  const flags = isValid(source, 'u') ? 'uy' : 'y';
  const engine = new RegExp(source, flags);
  return Array.from({ length: text.length + 1 }, (_, index) => index).some((index) => {
    // With `u`, the middle of a character is no place.
    if (flags === 'uy' && /^[\udc00-\udfff]/.test(text.slice(index))) return false;
    engine.lastIndex = index;
    return engine.test(text);
  });
}

const classAtom = fc.constantFrom(
  'a',
  'b-d',
  '0-9',
  '\\d',
  '\\W',
  '\\s',
  '\\S',
  '\\-',
  '.',
  '[',
  '^',
  '\\]',
  '\\b',
  'é',
  '😀',
  '\\u0041',
);
const atom = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'é',
    '.',
    '\\.',
    '\\d',
    '\\D',
    '\\w',
    '\\W',
    '\\s',
    '\\S',
    '\\t',
    '\\x41',
    '\\u{1F600}',
    '😀',
  ),
  fc.constantFrom(
    '\\b',
    '\\B',
    '\\0',
    '\\cA',
    '\\/',
    '\\p{L}',
    '\\P{Lu}',
    '\\p{Script=Greek}',
    '[]',
    '[^]',
    '-',
    ',',
    '\\uD83D\\uDE00',
  ),
  fc
    .tuple(fc.constantFrom('', '^'), fc.array(classAtom, { maxLength: 4 }))
    .map(([not, body]) => `[${not}${body.join('')}]`),
);
const pattern = fc.letrec<{ part: string; whole: string }>((tie) => ({
  part: fc.oneof(
    { maxDepth: 3 },
    atom,
    fc.tuple(fc.constantFrom('(', '(?:', '(?<n>'), tie('whole')).map(([open, inner]) => `${open}${inner})`),
    fc
      .tuple(atom, fc.constantFrom('*', '+', '?', '{2}', '{1,}', '{0,3}', '*?', '+?', '??', '{1,2}?'))
      .map((parts) => parts.join('')),
  ),
  whole: fc.oneof(
    { maxDepth: 3 },
    fc.array(tie('part'), { maxLength: 4 }).map((parts) => parts.join('')),
    fc.tuple(tie('part'), tie('part')).map((parts) => parts.join('|')),
  ),
})).whole;
const anchored = fc.tuple(fc.constantFrom('', '^'), pattern, fc.constantFrom('', '$')).map((parts) => parts.join(''));
const lookahead = fc
  .tuple(fc.array(fc.tuple(fc.constantFrom('(?=', '(?!'), pattern), { minLength: 1, maxLength: 2 }), atom)
  .map(([heads, rest]) => `^${heads.map(([open, inner]) => `${open}${inner})`).join('')}${rest}`);
const text = fc.string({
  unit: fc.constantFrom(
    'a',
    'b',
    'c',
    'A',
    '1',
    '-',
    '.',
    ' ',
    '\n',
    '\r',
    '\u2028',
    '\u00a0',
    'é',
    'Ω',
    '😀',
    '\0',
    '\u0001',
    ']',
    '[',
    '^',
    '/',
  ),
  maxLength: 6,
});

describe('a pattern in linear time', () => {
  test('matches what the ECMAScript engine matches', () => {
    fc.assert(
      fc.property(fc.oneof(anchored, lookahead), text, (source, subject) => {
        fc.pre(isValid(source, '') && linearPattern(source).ok);
        expect(matches(source, subject)).toBe(engineMatches(source, subject));
      }),
      { numRuns: 3_000 },
    );
  });

  test('is found for nearly all of these', () => {
    const sources = fc.sample(
      anchored.filter((source) => isValid(source, '')),
      500,
    );
    expect(sources.filter((source) => linearPattern(source).ok).length).toBeGreaterThan(480);
  });

  test.each([
    [
      "^(?!\\.)(?!.*\\.\\.)([A-Za-z0-9_'+\\-\\.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\\-]*\\.)+[A-Za-z]{2,}$",
      'a.b@c.org',
      true,
    ],
    [
      "^(?!\\.)(?!.*\\.\\.)([A-Za-z0-9_'+\\-\\.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\\-]*\\.)+[A-Za-z]{2,}$",
      'a..b@c.org',
      false,
    ],
    ['^(?=.*[A-Z])(?=.*\\d).{8,}$', 'Password1', true],
    ['^(?=.*[A-Z])(?=.*\\d).{8,}$', 'password1', false],
    ['^a{,2}$', 'a{,2}', true],
    ['^{$', '{', true],
    ['^[\\w-x]$', '-', true],
    ['^[[:alpha:]]$', ':]', true],
    ['^[a&&b]$', '&', true],
    ['a$', 'a\n', false],
  ])('%s on %j gives %s', (source, subject, expected) => {
    expect(engineMatches(source, subject)).toBe(expected);
    expect(matches(source, subject)).toBe(expected);
  });

  test.each([
    ['a(?=b)', 'look-around'],
    ['(?<=a)b', 'look-around'],
    ['(?<!a)b', 'look-around'],
    ['^(?!a)b|c', 'look-ahead in one of several alternatives'],
    ['^(?=(?!a)b)c', 'look-around'],
    ['(a)\\1', 'a back reference'],
    ['(?<x>a)\\k<x>', 'a back reference'],
    ['a{1001}', 'a repetition of more than 1000'],
    ['\\p{Emoji}', 'the property Emoji'],
    ['\\z', 'the escape \\z'],
    ['\\-\\p{L}', 'a property escape in a pattern that is not valid with the flag u'],
    ['\\ud800', 'half of a surrogate pair'],
    ['(?i:a)', 'a group with flags'],
  ])('is not found for %s, which uses %s', (source, what) => {
    expect(linearPattern(source)).toEqual({
      ok: false,
      error: `uses ${what}, which the linear-time matcher does not have`,
    });
  });

  test.each(['(', 'a**', '[b-a]', 'a{2,1}', '(?<n>a)(?<n>b)'])('is not found for %s, which is none', (source) => {
    expect(linearPattern(source)).toEqual({ ok: false, error: 'is not a regular expression' });
  });

  test('is refused by its size before it is compiled', () => {
    for (const source of ['(?:a{1000}){1000}', '(?:(?:[a-z]{100}){100}){100}', '\\p{L}{1000}'.repeat(300)]) {
      expect(compilePattern(source, SCHEMA_LIMITS, 0).ok).toBe(false);
    }
    expect(compilePattern('a{900}', SCHEMA_LIMITS, 0).ok).toBe(true);
    expect(compilePattern('a{900}', SCHEMA_LIMITS, SCHEMA_LIMITS.patternSize - 100).ok).toBe(false);
  });

  test('halts a check instead of matching for long', () => {
    const hard = compilePattern('(a|b)*a(a|b){900}$', SCHEMA_LIMITS, 0);
    const run = new Run(SCHEMA_LIMITS, false);
    expect(hard.ok && hard.value.matches('ab'.repeat(100_000), run)).toBe(false);
    expect(run.halted?.isUnsupported).toBe(true);
  });
});

function isValid(source: string, flags: string): boolean {
  try {
    return new RegExp(source, flags).source !== '';
  } catch {
    return false;
  }
}
