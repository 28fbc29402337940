import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lastLines, redact, withoutFirstPart } from './redact.ts';

describe('redacted text', () => {
  test('lets no secret of eight characters or more through', () => {
    const secret = fc.string({ unit: fc.constantFrom('a', 'b', 'ß', '$', '&', '.'), minLength: 8, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(fc.string()), secret, secret, (parts, one, two) => {
        const secrets = new Map([
          [one, 'ONE'],
          [two, 'TWO'],
        ]);
        const text = redact(parts.join(one) + two + one, secrets);
        expect(text).not.toContain(one);
        expect(text).not.toContain(two);
      }),
    );
  });

  test('replaces the longer of two secrets where one contains the other', () => {
    const secrets = new Map([
      ['password', 'SHORT'],
      ['password-and-more', 'LONG'],
    ]);
    expect(redact('x password-and-more y password', secrets)).toBe('x [LONG] y [SHORT]');
  });

  test('finds a secret that is written with colours in it', () => {
    expect(redact('pass\u001b[31mword1\u001b[0m', new Map([['password1', 'TOKEN']]))).toBe('[TOKEN]');
  });

  test('has nothing that a terminal acts on', () => {
    const hostile = '\u001b]0;title\u0007a\u001b[2Jb\u0000c\u202ed\re\u009bf\tg\nh';
    expect(redact(hostile, new Map())).toBe('ab\ufffdc\ufffdd\ne\ufffdf\tg\nh');
  });
});

test('the last lines are cut by count and by length', () => {
  expect(lastLines('a\nb\nc\n', 2, 100)).toBe('b\nc');
  expect(lastLines('abcdef', 2, 3)).toBe('…def');
  expect(lastLines('', 2, 3)).toBe('');
});

test('text that was cut loses its first part, which may be half a secret', () => {
  const secrets = new Map([['0123456789', 'KEY']]);
  expect(withoutFirstPart('456789 rest\nnext', secrets)).toBe('next');
  expect(withoutFirstPart('456789 and a long line without end', secrets)).toBe(' a long line without end');
});
