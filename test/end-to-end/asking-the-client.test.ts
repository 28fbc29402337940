import {
  Client as StatelessClient,
  StreamableHTTPClientTransport as StatelessTransport,
} from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type FixtureServer, openFixtureServer } from '../conformance/fixture-server.ts';
import { type RunningGateway, startGateway } from '../harness/gateway.ts';
import { bearer, RawSession, sendStateless } from '../harness/raw-http.ts';
import { realServer } from '../harness/real-servers.ts';
import { openScriptedServer, type ScriptedServer } from '../harness/scripted-server.ts';

/** Its policies name sampling and elicitation. */
const NAMED = 'a-grant-whose-client-may-be-asked-32-chars';
/** Its policies do not, although they allow everything by default. */
const UNNAMED = 'a-grant-whose-client-is-spared-32-chars';

const ALLOWED = { version: '1', default: 'allow' };
const ASKING = { 'sampling/createMessage': {}, 'elicitation/create': {} };
const CAPABILITIES = { sampling: {}, elicitation: {}, roots: { listChanged: true } };
const SAMPLE = { role: 'assistant' as const, model: 'm', content: { type: 'text' as const, text: 'the model said' } };
const ROOT = { uri: 'file:///work', name: 'work' };

let fixture: FixtureServer;
let rude: ScriptedServer;
let gateway: RunningGateway;
const open: { close(): Promise<unknown> }[] = [];

beforeAll(async () => {
  fixture = await openFixtureServer();
  rude = await openScriptedServer({
    // Asks although it was not told that it may, and answers with whatever it got.
    'tools/call': async (_received, reply) => {
      reply.event({
        jsonrpc: '2.0',
        id: 'q',
        method: 'sampling/createMessage',
        params: { messages: [], maxTokens: 1 },
      });
      const answer = await rude.next((message) => message.id === 'q');
      reply.result(JSON.stringify({ content: [{ type: 'text', text: JSON.stringify(answer) }] }));
    },
  });
  const servers = ['fixture', 'everything', 'rude'];
  gateway = await startGateway({
    servers: [
      { slug: 'fixture', http: { url: fixture.url, allow_private: true } },
      { slug: 'everything', stdio: realServer('everything').command },
      { slug: 'rude', http: { url: rude.url, allow_private: true } },
    ],
    policies: servers.flatMap((server) => [
      { name: `${server}-named`, server, document: { ...ALLOWED, methods: ASKING } },
      { name: `${server}-unnamed`, server, document: ALLOWED },
    ]),
    grants: [
      { label: 'named', token: NAMED, servers: Object.fromEntries(servers.map((slug) => [slug, `${slug}-named`])) },
      {
        label: 'unnamed',
        token: UNNAMED,
        servers: Object.fromEntries(servers.map((slug) => [slug, `${slug}-unnamed`])),
      },
    ],
  });
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.close()));
});
afterAll(async () => {
  await gateway?.stop();
  await rude?.close();
  await fixture?.close();
});

const urlOf = (slug: string): string => `${gateway.url}/mcp/${slug}`;

/** A client of SDK 1.x that can be asked for everything, and notes what it was asked. */
async function ableClient(slug: string, token: string): Promise<{ client: Client; asked: string[] }> {
  const asked: string[] = [];
  const client = new Client({ name: 'able', version: '1' }, { capabilities: CAPABILITIES });
  client.setRequestHandler(CreateMessageRequestSchema, ({ method }) => {
    asked.push(method);
    return SAMPLE;
  });
  client.setRequestHandler(ElicitRequestSchema, ({ method }) => {
    asked.push(method);
    return { action: 'accept', content: { username: 'ada', email: 'ada@example.com', name: 'Ada' } };
  });
  client.setRequestHandler(ListRootsRequestSchema, ({ method }) => {
    asked.push(method);
    return { roots: [ROOT] };
  });
  await client.connect(
    new StreamableHTTPClientTransport(new URL(urlOf(slug)), { requestInit: { headers: bearer(token) } }),
  );
  open.push(client);
  return { client, asked };
}

test.each([
  ['fixture', 'test_sampling', { prompt: 'Say.' }, 'sampling/createMessage', 'the model said'],
  ['fixture', 'test_elicitation', { message: 'Who?' }, 'elicitation/create', 'ada@example.com'],
  ['fixture', 'test_list_roots', {}, 'roots/list', ROOT.uri],
  ['everything', 'trigger-sampling-request', { prompt: 'Say.' }, 'sampling/createMessage', 'the model said'],
  ['everything', 'trigger-elicitation-request', {}, 'elicitation/create', 'Ada'],
  ['everything', 'get-roots-list', {}, 'roots/list', ROOT.uri],
])(
  '%s %s: the client is asked where the policy names it, and its answer reaches the server',
  async (slug, name, args, method, answer) => {
    const { client, asked } = await ableClient(slug, NAMED);
    const result = await client.callTool({ name, arguments: args });
    expect(asked).toContain(method);
    expect(JSON.stringify(result.content)).toContain(answer);
  },
);

test('a stateless client is asked by results, round by round, where the policy names it', async () => {
  const client = new StatelessClient(
    { name: 'able', version: '1' },
    { capabilities: CAPABILITIES, versionNegotiation: { mode: { pin: '2026-07-28' } } },
  );
  const asked: string[] = [];
  client.setRequestHandler('elicitation/create', ({ params }) => {
    asked.push(params.message);
    return { action: 'accept', content: { name: 'Ada', color: 'green' } };
  });
  await client.connect(new StatelessTransport(new URL(urlOf('fixture')), { requestInit: { headers: bearer(NAMED) } }));
  open.push(client);
  const result = await client.callTool({ name: 'test_input_required_result_multi_round', arguments: {} });
  expect(asked).toEqual(['Step 1: What is your name?', 'Step 2: What is your favorite color?']);
  expect(result.content).toEqual([{ type: 'text', text: 'The colour is green.' }]);
});

test('sampling and elicitation that no policy names are not offered to the server; roots are', async () => {
  const session = await RawSession.open(urlOf('rude'), bearer(UNNAMED), CAPABILITIES);
  const handshakes = rude.received.filter(({ message }) => message.params?.clientInfo?.name === 'raw');
  expect(handshakes.map(({ message }) => message.params.capabilities)).toEqual([{ roots: { listChanged: true } }]);
  await session.end();

  const params = { name: 'test_input_required_result_capabilities', arguments: {} };
  const { message } = await sendStateless(urlOf('fixture'), bearer(UNNAMED), 'tools/call', params, CAPABILITIES);
  // It asks for what was declared; nothing was.
  expect(message.result).toMatchObject({ resultType: 'complete', content: [{ type: 'text', text: '{}' }] });
});

test('what a server asks although nothing was offered is refused to it, and the client hears nothing', async () => {
  const session = await RawSession.open(urlOf('rude'), bearer(UNNAMED), CAPABILITIES);
  const { before, message } = await session.send('tools/call', { name: 'act', arguments: {} });
  expect(before).toEqual([]);
  const answered = JSON.parse(message.result.content[0].text);
  expect(answered).toMatchObject({ id: 'q', error: { code: 1001 } });
  await session.end();
});
