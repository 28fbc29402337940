import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadSettings } from './settings.ts';
import { settingsPage } from './settings-page.ts';

const load = (parts: Partial<Parameters<typeof loadSettings>[0]>): ReturnType<typeof loadSettings> =>
  loadSettings({ flags: {}, environment: {}, file: undefined, ...parts });
const problems = (parts: Partial<Parameters<typeof loadSettings>[0]>): string[] => {
  const loaded = load(parts);
  return loaded.ok ? [] : loaded.error.map((problem) => `${problem.source}: ${problem.text}`);
};

describe('settings', () => {
  test('have safe defaults', () => {
    const loaded = load({});
    expect(loaded.ok && [loaded.value.listen, loaded.value.control_listen, loaded.value.audit]).toEqual([
      '127.0.0.1:8787',
      '127.0.0.1:8788',
      'strict',
    ]);
  });

  test('come from flags before environment before file', () => {
    const file = { name: 'callgate.yaml', text: 'sessions: 1\nstreams: 1\nconcurrent_calls: 1\n' };
    const loaded = load({
      file,
      environment: { CALLGATE_STREAMS: '2', CALLGATE_CONCURRENT_CALLS: '2' },
      flags: { concurrent_calls: '3' },
    });
    expect(loaded.ok && [loaded.value.sessions, loaded.value.streams, loaded.value.concurrent_calls]).toEqual([
      1, 2, 3,
    ]);
  });

  test('that are unknown or malformed are named with where they came from', () => {
    expect(problems({ file: { name: 'callgate.yaml', text: 'listne: x\n' } })).toEqual([
      'callgate.yaml: unknown setting `listne`',
    ]);
    expect(problems({ environment: { CALLGATE_SESSIONS: 'many' } })[0]).toContain(
      'environment variable CALLGATE_SESSIONS: `sessions`',
    );
    expect(problems({ flags: { listen: 'nowhere' } })[0]).toContain('--listen: `listen`: host:port');
    expect(problems({ file: { name: 'callgate.yaml', text: 'a: [' } })[0]).toContain('callgate.yaml:');
  });

  test.each(['0.0.0.0:8787', '192.168.1.4:1', '[::]:8787', 'example.com:443'])(
    'beyond loopback (%s) need TLS or a proxy that terminates it',
    (listen) => {
      expect(problems({ flags: { listen } })[0]).toContain('is beyond loopback');
      expect(problems({ flags: { listen, behind_proxy: '10.0.0.1' } })).toEqual([]);
      expect(problems({ flags: { listen, tls_cert: 'a', tls_key: 'b' } })).toEqual([]);
      expect(problems({ flags: { listen, tls_cert: 'a' } })[0]).toContain('go together');
    },
  );

  test('have a reference page that is up to date', () => {
    expect(readFileSync('docs/settings.md', 'utf8')).toBe(settingsPage());
  });
});
