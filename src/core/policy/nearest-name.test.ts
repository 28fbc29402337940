import { expect, test } from 'vitest';
import { didYouMean, nearestName } from './nearest-name.ts';

const keys = ['counter', 'window', 'max', 'scope', 'increment', 'increment_from', 'on_deny', 'release_on_error'];

test.each([
  ['maxx', 'max'],
  ['mx', 'max'],
  ['Max', 'max'],
  ['windwo', 'window'],
  ['onDeny', 'on_deny'],
  ['on-deny', 'on_deny'],
  ['incremnt', 'increment'],
  ['increment_form', 'increment_from'],
  ['releaseonerror', 'release_on_error'],
  ['limit', undefined],
  ['', undefined],
  ['x'.repeat(100_000), undefined],
])('%s was meant to be %s', (name, expected) => {
  expect(nearestName(name, keys)).toBe(expected);
});

test('a hint is a question', () => {
  expect(didYouMean('scop', keys)).toBe('did you mean `scope`?');
  expect(didYouMean('quota', keys)).toBeUndefined();
});
