import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FixtureServer, openFixtureServer } from '../conformance/fixture-server.ts';
import { openEverythingOverHttp, type ServerOverHttp } from '../harness/everything-over-http.ts';
import { type RunningGateway, startGateway } from '../harness/gateway.ts';
import { type Era, realClients } from '../harness/real-clients.ts';
import { realServer } from '../harness/real-servers.ts';

const TOKEN = 'a-grant-for-real-clients-of-32-characters';

interface Target {
  readonly slug: string;
  readonly eras: readonly Era[];
  /** An allowed call and a part of its answer; a tool that is denied; one that is hidden. */
  readonly allowed: { readonly name: string; readonly args: object; readonly says: string };
  readonly denied: string;
  readonly hidden: string;
}

const onFixture = {
  allowed: { name: 'test_simple_text', args: {}, says: 'simple text response' },
  denied: 'test_image_content',
  hidden: 'test_audio_content',
};
const targets: readonly Target[] = [
  { slug: 'both', eras: ['stateless', 'initialize'], ...onFixture },
  { slug: 'earlier', eras: ['initialize'], ...onFixture },
  { slug: 'stateless', eras: ['stateless'], ...onFixture },
  {
    slug: 'everything',
    eras: ['initialize'],
    allowed: { name: 'get-sum', args: { a: 2, b: 3 }, says: '5' },
    denied: 'get-env',
    hidden: 'echo',
  },
  {
    slug: 'files',
    eras: ['initialize'],
    allowed: { name: 'list_allowed_directories', args: {}, says: 'harness' },
    denied: 'write_file',
    hidden: 'move_file',
  },
  {
    slug: 'deepseek',
    eras: ['stateless', 'initialize'],
    // Without the network its API cannot be reached; the server says so in a result.
    allowed: { name: 'list_models', args: {}, says: '' },
    denied: 'chat_completion',
    hidden: 'get_user_balance',
  },
];

const fixtures: FixtureServer[] = [];
let everything: ServerOverHttp;
let gateway: RunningGateway;

beforeAll(async () => {
  for (const eras of ['both', 'initialize', 'stateless'] as const) fixtures.push(await openFixtureServer(eras));
  everything = await openEverythingOverHttp();
  const [both, earlier, stateless] = fixtures.map(({ url }) => ({ url, allow_private: true }));
  gateway = await startGateway({
    servers: [
      { slug: 'both', http: both },
      { slug: 'earlier', http: earlier },
      { slug: 'stateless', http: stateless },
      { slug: 'everything', http: { url: everything.url, allow_private: true } },
      { slug: 'files', stdio: realServer('files').command },
      { slug: 'deepseek', stdio: realServer('deepseek').command },
    ],
    policies: targets.map(({ slug, denied, hidden }) => ({
      name: `rules-of-${slug}`,
      server: slug,
      document: {
        version: '1',
        default: 'allow',
        hide: [hidden],
        tools: { [denied]: { action: 'deny', reason: 'Not for agents.' } },
      },
    })),
    grants: [
      {
        label: 'tester',
        token: TOKEN,
        servers: Object.fromEntries(targets.map(({ slug }) => [slug, `rules-of-${slug}`])),
      },
    ],
  });
});
afterAll(async () => {
  await gateway?.stop();
  await everything?.close();
  await Promise.all(fixtures.map((fixture) => fixture.close()));
});

/** The inspector takes half a second for each request; it meets the servers that it tells apart. */
const ofInspector: Readonly<Record<string, readonly string[]>> = {
  'inspector legacy': ['both', 'stateless'],
  'inspector auto': ['earlier'],
  'inspector modern': ['stateless', 'earlier'],
};
const pairs = realClients.flatMap((client) =>
  targets
    .filter(({ slug }) => ofInspector[client.name]?.includes(slug) ?? true)
    .map((target) => ({ client, target, common: client.eras.find((era) => target.eras.includes(era)) })),
);

test.each(pairs.filter(({ common }) => common !== undefined))(
  '$client.name connects to $target.slug in the era both speak, calls what is allowed, is told why not, and sees nothing hidden',
  async ({ client, target, common }) => {
    const connected = await client.connect(`${gateway.url}/mcp/${target.slug}`, TOKEN);
    try {
      if (connected.revision !== undefined)
        expect(connected.revision >= '2026-07-28' ? 'stateless' : 'initialize').toBe(common);

      const names = await connected.toolNames();
      expect(names).toContain(target.allowed.name);
      expect(names).toContain(target.denied);
      expect(names).not.toContain(target.hidden);

      const allowed = await connected.callTool(target.allowed.name, target.allowed.args);
      expect(JSON.stringify(allowed.content)).toContain(target.allowed.says);
      expect(JSON.stringify(allowed)).not.toContain('POLICY DENIED');

      const denied = await connected.callTool(target.denied, {});
      expect(denied).toMatchObject({
        isError: true,
        content: [{ type: 'text', text: '[POLICY DENIED] Not for agents.' }],
        _meta: { 'callgate/decision': { effect: 'deny', rule: `/tools/${target.denied}/action` } },
      });
    } finally {
      await connected.close();
    }
  },
);

test.each(pairs.filter(({ common }) => common === undefined))(
  '$client.name is told clearly that $target.slug speaks another version',
  async ({ client, target }) => {
    const failure = await client.connect(`${gateway.url}/mcp/${target.slug}`, TOKEN).then(
      () => 'connected',
      (error: unknown) => String(error) + JSON.stringify(error),
    );
    expect(failure).toMatch(target.eras[0] === 'stateless' ? /2026-07-28/ : /2025-11-25|initialize/);
  },
);
