import { expect, test } from 'vitest';
import { readClause } from './clauses.ts';
import { readSentences } from './prose.ts';

const actsOf = (text: string) => {
  const [sentence] = readSentences(text);
  return sentence === undefined
    ? []
    : readClause(sentence, text).lead.map(
        (act) => `${act.negated ? 'not ' : ''}${act.verb.lemma} ${act.objectWord ?? '-'}`,
      );
};

test.each([
  ['Deletes a page.', ['delete page']],
  ['This tool allows you to delete pages', ['delete pages']],
  ['Use this tool to send an email to a person', ['send email']],
  ['A service for retrieving the list of users', ['retrieve users']],
  ['Create, update or delete records', ['create records', 'update records', 'delete records']],
  ['Gets a list of all open orders', ['get orders']],
  ['Does not delete anything', ['not delete anything']],
  ['Permanently removes a user from the team', ['remove user']],
  ['Ejecuta una consulta', ['execute consulta']],
  ['创建新的页面', ['create -']],
  ['Weather for a city', []],
])('%s says %j', (text, acts) => {
  expect(actsOf(text)).toEqual(acts);
});

test('advice about other tools is an aside', () => {
  for (const text of [
    'If you want to delete a page, use delete_page.',
    'Use delete_page instead.',
    'Before deleting a page, list it.',
    'Do not use this to delete pages.',
  ]) {
    const [sentence] = readSentences(text);
    expect([text, sentence !== undefined && readClause(sentence, text).isAside]).toEqual([text, true]);
  }
});

test('the passive is read, with its negation', () => {
  const text = 'Existing files are overwritten but folders are not deleted.';
  const [sentence] = readSentences(text);
  const passive = sentence === undefined ? [] : readClause(sentence, text).passive;
  expect(passive.map((act) => [act.verb.lemma, act.negated])).toEqual([
    ['overwrite', false],
    ['delete', true],
  ]);
});
