import { expect, test } from 'vitest';
import { recommendRule } from './recommend.ts';
import { categories } from './taxonomy.ts';

test('the rule for each category', () => {
  const rules = categories.map((category) => {
    const { action, document, alternative } = recommendRule('t', category, undefined);
    return [category, action, document.tools['t'], alternative?.document.tools['t']];
  });
  expect(rules).toEqual([
    ['Read', 'allow', {}, undefined],
    ['Write', 'limit', { limits: [{ counter: 't_rate', window: 'minute', max: 30, scope: 'grant' }] }, undefined],
    ['Execute', 'limit', { limits: [{ counter: 't_rate', window: 'minute', max: 10, scope: 'grant' }] }, undefined],
    ['Destructive', 'hide', { action: 'hide' }, { action: 'approve' }],
    ['Financial', 'approve', { action: 'approve' }, undefined],
  ]);
});

test('every document denies what it does not name', () => {
  for (const category of categories)
    expect(recommendRule('t', category, undefined).document).toMatchObject({ version: '1', default: 'deny' });
});
