import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitIdentifier } from './identifier.ts';

test.each([
  ['create_issue', ['create', 'issue']],
  ['createIssue', ['create', 'issue']],
  ['CreateGitHubIssue', ['create', 'git', 'hub', 'issue']],
  ['HTTPServerRestart', ['http', 'server', 'restart']],
  ['issues.create-new', ['issues', 'create', 'new']],
  ['API-delete-a-block', ['api', 'delete', 'a', 'block']],
  ['run2Tests', ['run2', 'tests']],
  ['löschenDatei', ['loschen', 'datei']],
  ['查询weather', ['查询', 'weather']],
  ['', []],
  ['___', []],
])('%s falls into %j', (identifier, words) => {
  expect(splitIdentifier(identifier).map((word) => word.text)).toEqual(words);
});

test('offsets point at the word in the identifier', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii' }), (identifier) => {
      for (const word of splitIdentifier(identifier))
        expect(identifier.slice(word.start, word.end).toLowerCase()).toBe(word.text);
    }),
  );
});
