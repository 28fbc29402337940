import { describe, expect, test } from 'vitest';
import { META } from '../../core/mcp/request-meta.ts';
import { classify } from './classify.ts';

const REVISION = '2026-07-28';
const headersOf = (method: string): ReadonlyMap<string, string> =>
  new Map([
    ['mcp-protocol-version', REVISION],
    ['mcp-method', method],
  ]);
const params = { _meta: { [META.protocolVersion]: REVISION, [META.clientCapabilities]: {} } };

describe('methods that 2026-07-28 has removed', () => {
  test.each(['initialize', 'ping', 'logging/setLevel', 'resources/subscribe', 'resources/unsubscribe'])(
    '%s is not found in a request of that revision',
    (method) => {
      const classified = classify({ kind: 'request', id: 1, method, params }, headersOf(method));
      expect(classified).toMatchObject({ ok: false, error: { reason: 'unknown-method' } });
    },
  );
});

describe('methods that no earlier revision has', () => {
  const headers = new Map([['mcp-protocol-version', '2025-11-25']]);

  test('a request is answered in the session, which goes on', () => {
    const classified = classify({ kind: 'request', id: 1, method: 'no/such', params: undefined }, headers);
    expect(classified).toMatchObject({ ok: false, error: { reason: 'unknown-session-method' } });
  });

  test('a notification is refused', () => {
    const classified = classify({ kind: 'notification', method: 'notifications/no-such', params: undefined }, headers);
    expect(classified).toMatchObject({ ok: false, error: { reason: 'invalid-request' } });
  });
});
