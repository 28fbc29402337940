import { request as openRequest } from 'node:http';
import { afterAll, beforeAll, expect } from 'vitest';
import { ERROR_CODE } from '../../src/core/mcp/error-codes.ts';
import { type FixtureServer, openFixtureServer } from '../conformance/fixture-server.ts';
import { type RunningGateway, startGateway } from '../harness/gateway.ts';
import {
  bearer,
  type Json,
  post,
  type RawAnswer,
  RawSession,
  sendStateless,
  statelessHeaders,
  statelessMeta,
} from '../harness/raw-http.ts';
import { verifies } from './verifies.ts';

const TOKEN = 'a-grant-for-requirements-of-32-characters';
const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
};

const fixtures: FixtureServer[] = [];
let gateway: RunningGateway;
const urlOf = (slug: string): string => `${gateway.url}/mcp/${slug}`;

beforeAll(async () => {
  for (const eras of ['both', 'initialize', 'stateless'] as const) fixtures.push(await openFixtureServer(eras));
  const slugs = ['both', 'earlier', 'later'];
  gateway = await startGateway({
    servers: slugs.map((slug, index) => ({ slug, http: { url: fixtures[index]?.url, allow_private: true } })),
    policies: slugs.map((server) => ({
      name: `all-of-${server}`,
      server,
      document: { version: '1', default: 'allow', tools: { test_image_content: { action: 'deny' } } },
    })),
    grants: [
      { label: 'tester', token: TOKEN, servers: Object.fromEntries(slugs.map((slug) => [slug, `all-of-${slug}`])) },
    ],
  });
});
afterAll(async () => {
  await gateway?.stop();
  await Promise.all(fixtures.map((fixture) => fixture.close()));
});

/** `fetch` lets nobody set these headers. */
function statusWith(headers: Readonly<Record<string, string>>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = openRequest(urlOf('both'), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...bearer(TOKEN),
        ...headers,
      },
    });
    request.on('response', (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('error', reject);
    request.end(JSON.stringify(INITIALIZE));
  });
}

verifies('http.origin', 'a page of another site is refused, by Host and by Origin', async () => {
  expect(await statusWith({ origin: 'https://evil.example.com' })).toBe(403);
  expect(await statusWith({ origin: 'null' })).toBe(403);
  expect(await statusWith({ host: 'evil.example.com' })).toBe(403);
  expect(await statusWith({ origin: gateway.url })).toBe(200);
});

verifies('http.single-message', 'a batch is refused whole', async () => {
  const ping = { jsonrpc: '2.0', id: 2, method: 'ping' };
  for (const body of [[ping], [ping, ping], []]) {
    const { status, message } = await post(urlOf('both'), bearer(TOKEN), body);
    expect([status, message.error.code, message.id]).toEqual([400, -32600, null]);
  }
});

verifies('http.accept', 'a client that cannot read an answer is told so', async () => {
  const statusFor = async (accept: string): Promise<number> =>
    (await post(urlOf('both'), { ...bearer(TOKEN), accept }, INITIALIZE)).status;
  expect(await statusFor('application/json')).toBe(406);
  expect(await statusFor('text/event-stream')).toBe(406);
  expect(await statusFor('*/*')).toBe(200);
});

verifies('rpc.id-kinds', 'an id that is no string or integer is refused', async () => {
  for (const id of [null, 1.5, true, [], {}]) {
    const { status, message } = await post(urlOf('both'), bearer(TOKEN), { ...INITIALIZE, id });
    expect([status, message.error.code, message.id]).toEqual([400, -32600, null]);
  }
});

verifies(
  'rpc.id-echoed',
  'results, errors of the server, refusals by policy and errors of the gateway name their request',
  async () => {
    const session = await RawSession.open(urlOf('both'), bearer(TOKEN));
    const call = (id: string | number, params: Json, headers = {}): Promise<RawAnswer> =>
      post(urlOf('both'), { ...session.headers, ...headers }, { jsonrpc: '2.0', id, method: 'tools/call', params });
    const answers = [
      ['result', await call('result', { name: 'test_simple_text', arguments: {} })],
      ['', await call('', { name: 'test_simple_text', arguments: {} })],
      [-7, await call(-7, { name: 'test_image_content', arguments: {} })],
      ['error', await call('error', { arguments: {} })],
      ['missing', await call('missing', { name: 'no-such-tool' })],
      [1e15, await call(1e15, { name: 'test_simple_text' }, { 'mcp-session-id': 'none' })],
    ] as const;
    for (const [id, { message }] of answers) expect(message.id).toBe(id);
    await session.end();
  },
);

verifies('rpc.error-codes', 'no code of the gateway takes one that MCP keeps for itself', () => {
  const defined = [-32700, -32600, -32601, -32602, -32603, -32000, -32020, -32021, -32022];
  const own = Object.values(ERROR_CODE).filter((code) => !defined.includes(code));
  expect(own.every((code) => code > -32000 || code < -32768)).toBe(true);
});

verifies('rpc.unknown-method', 'a method that the revision does not have is not found', async () => {
  const session = await RawSession.open(urlOf('both'), bearer(TOKEN));
  const earlier = await session.send('server/discover');
  expect([earlier.status, earlier.message.error.code]).toEqual([200, -32601]);
  await session.end();
  for (const method of ['initialize', 'ping', 'logging/setLevel', 'tasks/list', 'no/such']) {
    const { status, message } = await sendStateless(urlOf('both'), bearer(TOKEN), method);
    expect([status, message.error.code]).toEqual([404, -32601]);
  }
});

verifies('eras.both', 'one URL serves both eras, each request by what it says itself', async () => {
  const session = await RawSession.open(urlOf('both'), bearer(TOKEN));
  const stateless = await sendStateless(urlOf('both'), bearer(TOKEN), 'tools/list');
  expect(stateless.message.result.resultType).toBe('complete');
  expect((await session.result('tools/list')).resultType).toBeUndefined();
  // A session id says nothing about a request that names its version in its own body.
  const withSession = await sendStateless(
    urlOf('both'),
    { ...bearer(TOKEN), 'mcp-session-id': session.id },
    'server/discover',
  );
  expect(withSession.message.result.supportedVersions).toEqual(['2026-07-28']);
  await session.end();
});

verifies('eras.named', 'a client of the other era is told which versions the server speaks', async () => {
  const legacy = await post(urlOf('later'), bearer(TOKEN), INITIALIZE);
  expect([legacy.status, legacy.message.error]).toMatchObject([
    400,
    { code: -32022, data: { supported: ['2026-07-28'], requested: '2025-11-25' } },
  ]);
  const params = { _meta: statelessMeta() };
  const modern = await post(
    urlOf('earlier'),
    { ...statelessHeaders('tools/list', params), ...bearer(TOKEN) },
    { jsonrpc: '2.0', id: 9, method: 'tools/list', params },
  );
  expect([modern.status, modern.message.id, modern.message.error]).toMatchObject([
    400,
    9,
    { code: -32022, data: { supported: ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05', '2024-10-07'] } },
  ]);
});
