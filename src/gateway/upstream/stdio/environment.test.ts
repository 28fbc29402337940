import { describe, expect, test } from 'vitest';
import { buildEnvironment } from './environment.ts';

describe('the environment of a child', () => {
  test('has the listed variables of the gateway and no other', () => {
    const named = (names: string) => Object.fromEntries(names.split(' ').map((name) => [name, 'x']));
    const gateway = named('PATH HOME LANG LC_ALL LC_TIME TMPDIR TZ TERM SHELL USER LOGNAME');
    const secret = named(
      'CALLGATE_DATABASE_URL AWS_SECRET_ACCESS_KEY NODE_OPTIONS LD_PRELOAD npm_token LC_ PATHEXT HOMEPATH path CALLGATE_CHILD',
    );
    expect(buildEnvironment({ ...gateway, ...secret }, {}, 'linux')).toEqual({ ok: true, value: gateway });
  });

  test('has what Windows programs need, in whatever case it is written', () => {
    const gateway = { Path: 'c:', SystemRoot: 'c:', APPDATA: 'c:', SECRET: 'x', HOME: 'x' };
    expect(buildEnvironment(gateway, {}, 'win32')).toEqual({
      ok: true,
      value: { Path: 'c:', SystemRoot: 'c:', APPDATA: 'c:' },
    });
  });

  test('takes the variables of the entry over those of the gateway', () => {
    expect(buildEnvironment({ LANG: 'C' }, { LANG: 'de', TOKEN: 't' }, 'linux')).toEqual({
      ok: true,
      value: { LANG: 'de', TOKEN: 't' },
    });
  });

  test('drops a shell function that is exported under a listed name', () => {
    expect(buildEnvironment({ TERM: '() { :; }; x' }, {}, 'linux')).toEqual({ ok: true, value: {} });
  });

  test.each(['', 'A B', '1A', 'A=B', 'BASH_FUNC_x%%', 'CALLGATE_CHILD'])(
    'refuses an entry with the name %j',
    (name) => {
      expect(buildEnvironment({}, { [name]: 'x' }, 'linux')).toMatchObject({
        ok: false,
        error: { kind: 'invalid_entry' },
      });
    },
  );
});
