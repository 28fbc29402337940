import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CounterIdentity, type CounterSubject, counterKeys } from './counter-key.ts';
import { findTimeZone } from './time-zone.ts';
import { utc } from './windows.ts';

const base: CounterIdentity = {
  organisation: 'org',
  server: 'srv',
  counter: 'refunds',
  scope: 'grant',
  window: { unit: 'day', timeZone: utc },
  algorithm: 'fixed',
  isShadow: false,
};
const subject: CounterSubject = { grant: 'g1', session: 's1', labels: { team: 'a' } };
const key = (identity: Partial<CounterIdentity>, of: Partial<CounterSubject> = {}) =>
  counterKeys({ ...base, ...identity })({ ...subject, ...of });

test('a counter is one for whom its scope says, and another for everybody else', () => {
  const same = (identity: Partial<CounterIdentity>, of: Partial<CounterSubject>) => key(identity) === key(identity, of);
  const table = (['grant', 'session', 'server', 'organisation', { label: 'team' }] as const).map((scope) => [
    JSON.stringify(scope),
    same({ scope }, { grant: 'g2' }),
    same({ scope }, { session: 's2' }),
    same({ scope }, { labels: { team: 'b' } }),
    key({ scope }) === key({ scope, server: 'other' }),
  ]);
  expect([['scope', 'other grant', 'other session', 'other label', 'other server'], ...table]).toEqual([
    ['scope', 'other grant', 'other session', 'other label', 'other server'],
    ['"grant"', false, true, true, false],
    ['"session"', false, false, true, false],
    ['"server"', true, true, true, false],
    ['"organisation"', true, true, true, true],
    ['{"label":"team"}', true, true, false, false],
  ]);
});

test('without a session, a counter of the session is one of the grant', () => {
  const counter = counterKeys({ ...base, scope: 'session' });
  expect(counter({ grant: 'g1', labels: {} })).toBe(counter({ grant: 'g1', labels: { x: 'y' } }));
  expect(counter({ grant: 'g1', labels: {} })).not.toBe(counter(subject));
});

test('a grant without the label has no counter', () => {
  expect(key({ scope: { label: 'team' } }, { labels: {} })).toBeUndefined();
  expect(key({ scope: { label: 'toString' } }, { labels: {} })).toBeUndefined();
});

test('another window, zone, algorithm or a shadow is another counter', () => {
  const berlin = findTimeZone('Europe/Berlin') ?? utc;
  const keys = [
    key({}),
    key({ window: { unit: 'hour', timeZone: utc } }),
    key({ window: { unit: 'day', timeZone: berlin } }),
    key({ window: { unit: 'seconds', seconds: 86_400 } }),
    key({ algorithm: 'sliding' }),
    key({ isShadow: true }),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});

test('keys are equal exactly when what they are made of is', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '"', '[', ']', ',', '\\', '\0', '1'), maxLength: 3 });
  const parts = fc.tuple(
    text,
    text,
    text,
    fc.constantFrom('grant' as const, 'session' as const),
    text,
    fc.option(text, { nil: undefined }),
  );
  const keyOf = ([organisation, server, counter, scope, grant, session]: Parts) =>
    key({ organisation, server, counter, scope }, session === undefined ? { grant, session: '' } : { grant, session });
  type Parts = readonly [string, string, string, 'grant' | 'session', string, string | undefined];
  const madeOf = ([organisation, server, counter, scope, grant, session = '']: Parts) =>
    JSON.stringify([organisation, server, counter, scope, grant, scope === 'session' ? session : null]);
  fc.assert(
    fc.property(parts, parts, (a, b) => {
      expect(keyOf(a) === keyOf(b)).toBe(madeOf(a) === madeOf(b));
    }),
    { numRuns: 2000 },
  );
});
