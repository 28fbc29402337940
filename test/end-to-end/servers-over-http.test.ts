import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FixtureServer, openFixtureServer } from '../conformance/fixture-server.ts';
import { type Asked, everythingListed } from '../harness/catalogue.ts';
import { openEverythingOverHttp, type ServerOverHttp } from '../harness/everything-over-http.ts';
import { type RunningGateway, startGateway } from '../harness/gateway.ts';
import { bearer, type Json, RawSession, sendStateless } from '../harness/raw-http.ts';
import { expectSame, notCached, withoutTasks } from '../harness/same-json.ts';

const TOKEN = 'a-grant-for-remote-servers-of-32-characters';
const ABLE = { roots: { listChanged: true }, sampling: {}, elicitation: {} };
const ALL = { version: '1', default: 'allow', methods: { 'sampling/createMessage': {}, 'elicitation/create': {} } };

/** What is asked of the fixture in either era, besides its lists. */
const REQUESTS: readonly (readonly [string, Json])[] = [
  ...[
    'simple_text',
    'image_content',
    'audio_content',
    'embedded_resource',
    'multiple_content_types',
    'error_handling',
  ].map((name) => ['tools/call', { name: `test_${name}`, arguments: {} }] as const),
  ['resources/read', { uri: 'test://static-text' }],
  ['resources/read', { uri: 'test://static-binary' }],
  ['resources/read', { uri: 'test://template/17/data' }],
  ['prompts/get', { name: 'test_simple_prompt' }],
  ['prompts/get', { name: 'test_prompt_with_arguments', arguments: { arg1: 'a', arg2: 'b' } }],
  ['prompts/get', { name: 'test_prompt_with_image' }],
  [
    'completion/complete',
    { ref: { type: 'ref/prompt', name: 'test_prompt_with_arguments' }, argument: { name: 'arg1', value: 'te' } },
  ],
];

let fixture: FixtureServer;
let everything: ServerOverHttp;
let gateway: RunningGateway;

beforeAll(async () => {
  [fixture, everything] = await Promise.all([openFixtureServer(), openEverythingOverHttp()]);
  const servers = { fixture: 'all-of-fixture', everything: 'all-of-everything' };
  gateway = await startGateway({
    servers: [
      { slug: 'fixture', http: { url: fixture.url, allow_private: true } },
      { slug: 'everything', http: { url: everything.url, allow_private: true } },
    ],
    policies: Object.entries(servers).map(([server, name]) => ({ name, server, document: ALL })),
    grants: [{ label: 'tester', token: TOKEN, servers }],
  });
});
afterAll(async () => {
  await gateway?.stop();
  await everything?.close();
  await fixture?.close();
});

describe.each(['fixture', 'everything'])('%s', (slug) => {
  test('says through the gateway what it says directly, in the initialize era', async () => {
    const direct = await RawSession.open(slug === 'fixture' ? fixture.url : everything.url, {}, ABLE);
    const through = await RawSession.open(`${gateway.url}/mcp/${slug}`, bearer(TOKEN), ABLE);
    expectSame(through.opened, withoutTasks(direct.opened));
    expectSame(
      await everythingListed(through, through.opened.capabilities),
      await everythingListed(direct, direct.opened.capabilities),
    );
    const requests =
      slug === 'fixture' ? REQUESTS : [['tools/call', { name: 'get-tiny-image', arguments: {} }] as const];
    for (const [method, params] of requests)
      expectSame(await through.result(method, params), await direct.result(method, params));
    await through.end();
    await direct.end();
  });
});

test('the fixture says through the gateway what it says directly, in 2026-07-28', async () => {
  const asked = (url: string, headers: Readonly<Record<string, string>>): Asked => ({
    result: async (method, params) => (await sendStateless(url, headers, method, params, ABLE)).message.result,
  });
  const direct = asked(fixture.url, {});
  const through = asked(`${gateway.url}/mcp/fixture`, bearer(TOKEN));
  const { capabilities } = await direct.result('server/discover');
  expectSame(notCached(await through.result('server/discover')), notCached(await direct.result('server/discover')));
  expectSame(await everythingListed(through, capabilities), await everythingListed(direct, capabilities));
  for (const [method, params] of REQUESTS)
    expectSame(notCached(await through.result(method, params)), notCached(await direct.result(method, params)));
});

test('what may be kept is private and short-lived, whatever the server said', async () => {
  for (const [method, params] of [
    ['tools/list', {}],
    ['resources/list', {}],
    ['resources/read', { uri: 'test://static-text' }],
    ['server/discover', {}],
  ] as const) {
    const { message } = await sendStateless(`${gateway.url}/mcp/fixture`, bearer(TOKEN), method, params);
    expect(message.result).toMatchObject({ cacheScope: 'private' });
    expect(message.result.ttlMs).toBeLessThanOrEqual(5_000);
  }
});
