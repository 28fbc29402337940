import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visibleText } from './visible.ts';

test('plain text stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
      expect(visibleText(text).text).toBe(text);
    }),
  );
});

test('invisible characters are left out and offsets lead back', () => {
  const { text, offsetOf } = visibleText('de\u200ble\u{e0041}te');
  expect(text).toBe('delete');
  expect(offsetOf(0)).toBe(0);
  expect(offsetOf(2)).toBe(3);
  expect(offsetOf(4)).toBe(7);
  expect(offsetOf(6)).toBe(9);
});

test('full-width and mathematical letters read as plain ones', () => {
  expect(visibleText('ｄｅｌｅｔｅ').text).toBe('delete');
  expect(visibleText('\u{1d41d}elete').text).toBe('delete');
});

test('halves of surrogate pairs vanish, whole ones stay', () => {
  expect(visibleText('a\ud800b😀').text).toBe('ab😀');
});
