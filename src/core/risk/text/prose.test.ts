import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSentences } from './prose.ts';

const sections = (text: string) =>
  readSentences(text).map((sentence) => [sentence.section, sentence.words.map((word) => word.text).join(' ')]);

test('sentences end at points, blank lines and bullets', () => {
  expect(sections('Gets a page. Also its\nchildren.\n\nNotes:\n- one\n- two')).toEqual([
    ['main', 'gets a page'],
    ['main', 'also its children'],
    ['main', 'notes'],
    ['main', 'one'],
    ['main', 'two'],
  ]);
});

test('arguments, results and examples stand in sections of their own, on one line or many', () => {
  expect(sections('Gets a page. Args: id: the page to delete Returns: the page')).toEqual([
    ['main', 'gets a page'],
    ['arguments', 'id the page to delete'],
    ['returns', 'the page'],
  ]);
  expect(
    sections('Gets a page.\n<examples>\ndelete_page(1)\n</examples>\nNever writes.').map(([section]) => section),
  ).toEqual(['main', 'examples', 'main']);
});

test('names of other tools are marked as names', () => {
  const [sentence] = readSentences('Call delete_page or getUser, not iOS or URLs');
  expect(sentence?.words.filter((word) => word.isName).map((word) => word.text)).toEqual([
    'delete_page',
    'getuser',
    'ios',
  ]);
});

test('offsets point at the word in the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 300 }), (text) => {
      for (const sentence of readSentences(text))
        for (const word of sentence.words) expect(text.slice(word.start, word.end).toLowerCase()).toBe(word.text);
    }),
  );
});
