import { afterAll, beforeAll, expect } from 'vitest';
import { type FixtureServer, openFixtureServer } from '../conformance/fixture-server.ts';
import { type RunningGateway, startGateway } from '../harness/gateway.ts';
import { OBSERVED, watchCalls } from '../harness/observed-calls.ts';
import {
  bearer,
  type Json,
  post,
  type RawAnswer,
  readEvents,
  STATELESS,
  sendStateless,
  statelessHeaders,
  statelessMeta,
} from '../harness/raw-http.ts';
import { verifies } from './verifies.ts';

const ONE = 'the-first-grant-for-requirements-of-32-chars';
const TWO = 'the-second-grant-for-requirements-of-32-chars';
const ABLE = { sampling: {}, elicitation: {}, roots: {} };
const TEXT = { name: 'test_simple_text', arguments: {} };

let fixture: FixtureServer;
let gateway: RunningGateway;
const url = (): string => `${gateway.url}/mcp/remote`;

beforeAll(async () => {
  fixture = await openFixtureServer('stateless');
  gateway = await startGateway({
    servers: [{ slug: 'remote', http: { url: fixture.url, allow_private: true } }],
    policies: [
      {
        name: 'all',
        server: 'remote',
        document: {
          version: '1',
          default: 'allow',
          tools: { test_image_content: { action: 'deny' } },
          methods: { 'sampling/createMessage': {}, 'elicitation/create': {} },
        },
      },
    ],
    grants: [ONE, TWO].map((token) => ({ label: token.slice(4, 10), token, servers: { remote: 'all' } })),
  });
});
afterAll(async () => {
  await gateway?.stop();
  await fixture?.close();
});

const call = (params: Json, token = ONE, capabilities: Json = ABLE): Promise<RawAnswer> =>
  sendStateless(url(), bearer(token), 'tools/call', params, capabilities);

/** A tool call with the headers that follow from its body, less or more what a test changes. */
async function withHeaders(
  params: Json,
  changes: Readonly<Record<string, string | undefined>>,
): Promise<[number, Json]> {
  const headers = { ...statelessHeaders('tools/call', params), ...bearer(ONE), ...changes };
  const sent = Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { _meta: statelessMeta(), ...params } };
  const { status, message } = await post(url(), sent, body);
  return [status, message.error?.code ?? message.result.resultType];
}
const REFUSED = [400, -32020];
const SERVED = [200, 'complete'];

verifies('stateless.version-header', 'the header is there and says what the body says', async () => {
  expect(await withHeaders(TEXT, {})).toEqual(SERVED);
  expect(await withHeaders(TEXT, { 'mcp-protocol-version': undefined })).toEqual(REFUSED);
  expect(await withHeaders(TEXT, { 'mcp-protocol-version': '2025-11-25' })).toEqual(REFUSED);
  expect(await withHeaders(TEXT, { 'mcp-protocol-version': `  ${STATELESS} ` })).toEqual(SERVED);
});

verifies('stateless.unsupported-version', 'another version is told the supported ones', async () => {
  const version = '2099-01-01';
  const params = { _meta: statelessMeta({}, version) };
  const { status, message } = await post(
    url(),
    { ...statelessHeaders('tools/list', params), 'mcp-protocol-version': version, ...bearer(ONE) },
    { jsonrpc: '2.0', id: 4, method: 'tools/list', params },
  );
  expect([status, message.id, message.error.code, message.error.data]).toEqual([
    400,
    4,
    -32022,
    { supported: [STATELESS], requested: version },
  ]);
});

verifies('stateless.meta', 'version and capabilities are required, clientInfo is not', async () => {
  const statusWithout = async (member: string | undefined): Promise<[number, Json]> => {
    const { [`io.modelcontextprotocol/${member}`]: _gone, ..._meta } = statelessMeta();
    return withHeaders({ ...TEXT, _meta }, {});
  };
  expect(await statusWithout('protocolVersion')).toEqual([400, -32602]);
  expect(await statusWithout('clientCapabilities')).toEqual([400, -32602]);
  expect(await statusWithout('clientInfo')).toEqual(SERVED);
  expect(await withHeaders({ ...TEXT, _meta: {} }, {})).toEqual([400, -32602]);
});

verifies('stateless.mirrored-headers', 'method and name are there and say what the body says', async () => {
  for (const changes of [
    { 'mcp-method': undefined },
    { 'mcp-method': 'tools/list' },
    { 'mcp-method': 'TOOLS/CALL' },
    { 'mcp-name': undefined },
    { 'mcp-name': 'test_image_content' },
    { 'mcp-name': 'TEST_SIMPLE_TEXT' },
    { 'mcp-name': '' },
  ])
    expect(await withHeaders(TEXT, changes)).toEqual(REFUSED);
  expect(await withHeaders(TEXT, { 'mcp-method': undefined, 'MCP-METHOD': 'tools/call' })).toEqual(SERVED);
  expect(await withHeaders(TEXT, { 'mcp-name': '  test_simple_text  ' })).toEqual(SERVED);
});

verifies('stateless.encoded-headers', 'the base64 form stands for its text, and must be well formed', async () => {
  const encoded = (text: string): string => `=?base64?${Buffer.from(text).toString('base64')}?=`;
  expect(await withHeaders(TEXT, { 'mcp-name': encoded('test_simple_text') })).toEqual(SERVED);
  for (const wrong of [encoded('test_image_content'), '=?base64?dGVzd?=', '=?base64?!!!!?=', '=?BASE64?dGVzdA==?='])
    expect(await withHeaders(TEXT, { 'mcp-name': wrong })).toEqual(REFUSED);
});

verifies('stateless.parameter-headers', 'declared headers say what the arguments say', async () => {
  const params = { name: 'test_mirrored_parameter', arguments: { region: 'Zürich' } };
  const right = `=?base64?${Buffer.from('Zürich').toString('base64')}?=`;
  expect(await withHeaders(params, { 'mcp-param-region': right })).toEqual(SERVED);
  expect(await withHeaders(params, { 'mcp-param-region': undefined })).toEqual(REFUSED);
  expect(await withHeaders(params, { 'mcp-param-region': 'Basel' })).toEqual(REFUSED);
  expect(await withHeaders({ ...params, arguments: {} }, {})).toEqual(SERVED);
});

verifies('stateless.unknown-parameter-headers', 'a header that nobody declared reaches the server', async () => {
  await withHeaders(TEXT, { 'mcp-param-unknown': 'forwarded' });
  expect(fixture.lastHeaders()['mcp-param-unknown']).toBe('forwarded');
});

verifies('stateless.result-type', 'results have a type, whoever wrote them', async () => {
  expect((await call(TEXT)).message.result.resultType).toBe('complete');
  expect((await call({ name: 'test_image_content', arguments: {} })).message.result).toMatchObject({
    resultType: 'complete',
    isError: true,
  });
});

verifies('stateless.discover', 'server/discover tells what the server is', async () => {
  const { message } = await sendStateless(url(), bearer(ONE), 'server/discover');
  expect(message.result).toMatchObject({
    supportedVersions: [STATELESS],
    capabilities: { tools: { listChanged: true } },
    _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'fixture' } },
  });
});

verifies('stateless.no-sessions', 'nothing of sessions is made, wanted or believed', async () => {
  const headers = { ...bearer(ONE), 'mcp-session-id': 'made-up', 'last-event-id': '7' };
  const answer = await sendStateless(url(), headers, 'tools/call', TEXT);
  expect([answer.status, answer.headers.get('mcp-session-id')]).toEqual([200, null]);
  for (const method of ['GET', 'DELETE']) {
    const { status, body } = await fetch(url(), {
      method,
      headers: { accept: 'text/event-stream', 'mcp-protocol-version': STATELESS, ...bearer(ONE) },
    });
    await body?.cancel();
    expect(status).toBe(405);
  }
});

verifies('stateless.no-responses', 'a response is refused', async () => {
  const headers = { 'mcp-protocol-version': STATELESS, ...bearer(ONE) };
  const { status } = await post(url(), headers, { jsonrpc: '2.0', id: 1, result: {} });
  expect(status).toBe(400);
});

verifies('stateless.disconnect', 'who closes the stream has cancelled', async () => {
  const controller = new AbortController();
  const server = await watchCalls(() => call(OBSERVED));
  const params = { name: 'wait_until_cancelled', arguments: {} };
  const waiting = sendStateless(url(), bearer(ONE), 'tools/call', params, {}, controller.signal).catch(() => 'closed');
  await server.waits();
  controller.abort();
  expect(await waiting).toBe('closed');
  await server.gaveUp();
});

verifies(
  'stateless.subscription',
  'it is acknowledged first and carries what was asked for, under its id',
  async () => {
    const heard = await subscription({ promptsListChanged: true }, async () => {
      for (const name of ['test_trigger_tool_change', 'test_trigger_prompt_change'])
        await call({ name, arguments: {} });
    });
    expect(heard.map(({ method }) => method)).toEqual([
      'notifications/subscriptions/acknowledged',
      'notifications/prompts/list_changed',
    ]);
    for (const { params } of heard) expect(params._meta['io.modelcontextprotocol/subscriptionId']).toBe('sub');
  },
);

verifies('stateless.buffering', 'streams ask not to be buffered', async () => {
  const { headers } = await call({ name: 'test_tool_with_progress', arguments: {}, _meta: { progressToken: 1 } });
  expect([headers.get('content-type'), headers.get('x-accel-buffering')]).toEqual(['text/event-stream', 'no']);
});

verifies('stateless.caching', 'what depends on the grant is private and says how long it holds', async () => {
  for (const [method, params] of [
    ['tools/list', {}],
    ['prompts/list', {}],
    ['resources/list', {}],
    ['resources/templates/list', {}],
    ['resources/read', { uri: 'test://static-text' }],
    ['server/discover', {}],
  ] as const) {
    const { message } = await sendStateless(url(), bearer(ONE), method, params);
    expect(message.result).toMatchObject({ cacheScope: 'private', ttlMs: expect.any(Number) });
  }
});

verifies('rounds.state', 'a state serves once, for the grant, tool and arguments it was given for', async () => {
  const params = { name: 'test_input_required_result_request_state', arguments: {} };
  const inputResponses = { confirm: { action: 'accept', content: { ok: true } } };
  const { message } = await call(params);
  const { requestState } = message.result;
  /** The code of an error, or what an agent is told instead of the tool's answer. */
  const refusal = async (changed: Json, token = ONE): Promise<number | string> => {
    const { message: answer } = await call({ ...params, inputResponses, requestState, ...changed }, token);
    return answer.error?.code ?? answer.result.content[0].text;
  };
  expect(await refusal({ requestState: `${requestState}x` })).toBe(-32602);
  expect(await refusal({}, TWO)).toBe(-32602);
  expect(await refusal({ name: 'test_input_required_result_tampered_state' })).toContain('[POLICY DENIED]');
  expect(await refusal({ arguments: { other: 1 } })).toContain('[POLICY DENIED]');
  expect(await refusal({})).toBe('state-ok');
  expect(await refusal({})).toContain('[POLICY DENIED]');
});

verifies('rounds.capabilities', 'nobody is asked for what was not declared', async () => {
  const { message } = await call({ name: 'test_input_required_result_capabilities', arguments: {} }, ONE, {
    sampling: {},
  });
  const asked = Object.values<Json>(message.result.inputRequests).map(({ method }) => method);
  expect(asked).toEqual(['sampling/createMessage']);
});

/** What a subscription hears while something is done. */
async function subscription(notifications: Json, act: () => Promise<void>): Promise<Json[]> {
  const controller = new AbortController();
  const params = { notifications, _meta: statelessMeta() };
  const response = await fetch(url(), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...statelessHeaders('subscriptions/listen', params),
      ...bearer(ONE),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 'sub', method: 'subscriptions/listen', params }),
    signal: controller.signal,
  });
  const heard: Json[] = [];
  const acting = act();
  for await (const { data } of readEvents(response)) {
    heard.push(JSON.parse(data));
    if (heard.length === 2) break;
  }
  await acting;
  controller.abort();
  return heard;
}
