import { describe, expect, test } from 'vitest';
import { compilePattern, patternBounds } from './linear-pattern.ts';
import { patternCost } from './pattern-cost.ts';

describe('patterns', () => {
  test.each([
    '(?=a)',
    '(?!a)',
    '(?<=a)b',
    '\\1',
    '(a',
    '[a',
    'a{2,1}',
    '*a',
    'a**',
    '\\',
    '(?P<x>a)(?P<x>b)',
    'a'.repeat(1001),
    '(a{1000}){1000}',
    `(${'a'.repeat(900)}){1000}`,
    '(a|b){1,1000}'.repeat(70),
    `(?i)${'[\\x{42}-\\x{1e942}]'.repeat(49)}`,
    '\\pL'.repeat(333),
  ])('%s is refused with a sentence', (pattern) => {
    const compiled = compilePattern(pattern);
    expect(compiled.ok ? '' : compiled.error).toMatch(
      /^(?:This is not a regular expression|The pattern|A pattern) .*\.$/,
    );
  });

  test.each([
    '^[A-Za-z0-9._-]{1,255}@[a-z0-9.-]{1,253}$',
    '(?i)\\b(password|secret|api[_-]?key)\\b',
    '^\\p{L}{1,64}$',
    '^(GET|POST) /v[0-9]+/[a-z]+$',
    '(a+)+$',
    '\\Q[a](b)\\E',
    '[[:alpha:]]+[^]]',
  ])('%s is taken', (pattern) => {
    expect(compilePattern(pattern).ok).toBe(true);
  });

  test('the estimate of what a pattern costs follows repetition', () => {
    expect(patternCost('a')).toBeLessThan(100);
    expect(patternCost('a{1000}')).toBeGreaterThan(2000);
    expect(patternCost('(ab{10}){100}')).toBeGreaterThan(2000);
    expect(patternCost('a{1}b{2}')).toBeLessThan(110);
    expect(patternCost('[a-z]{3}')).toBeLessThan(100);
    expect(patternCost('\\{1000\\}')).toBeLessThan(100);
    expect(patternCost('x{,1000}')).toBeLessThan(120);
  });

  test('a text is asked about only within the bound on steps', () => {
    const compiled = compilePattern('a{100}b');
    if (!compiled.ok) throw new Error(compiled.error);
    expect(compiled.value.isFoundIn('c'.repeat(70_000))).toBe(false);
    expect(compiled.value.isFoundIn('c'.repeat(patternBounds.steps / 100))).toBeUndefined();
    expect(compiled.value.matchesAll('c'.repeat(patternBounds.steps / 100))).toBeUndefined();
  });

  test('a pattern that was asked for again is the same one, and thousands of others do not change what it matches', () => {
    const first = compilePattern('^kept$');
    expect(compilePattern('^kept$')).toBe(first);
    for (let n = 0; n < 2100; n += 1) compilePattern(`^other-${n}$`);
    const again = compilePattern('^kept$');
    expect(again.ok && again.value.matchesAll('kept')).toBe(true);
    expect(first.ok && first.value.matchesAll('kept')).toBe(true);
  });
});
