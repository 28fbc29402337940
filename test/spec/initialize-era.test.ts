import { afterAll, beforeAll, expect } from 'vitest';
import { INITIALIZE_REVISIONS } from '../../src/core/mcp/revisions.ts';
import { type FixtureServer, openFixtureServer } from '../conformance/fixture-server.ts';
import { type RunningGateway, type StackFile, startGateway } from '../harness/gateway.ts';
import { OBSERVED, watchCalls } from '../harness/observed-calls.ts';
import { bearer, type Json, post, RawSession, readEvents } from '../harness/raw-http.ts';
import { openScriptedServer, type ScriptedServer } from '../harness/scripted-server.ts';
import { verifies } from './verifies.ts';

const TOKEN = 'a-grant-for-requirements-of-32-characters';
const WAITING = { name: 'wait_until_cancelled', arguments: {} };
const TEXT = { name: 'test_simple_text', arguments: {} };

let fixture: FixtureServer;
let scripted: ScriptedServer;
let gateway: RunningGateway;
const url = (): string => `${gateway.url}/mcp/remote`;

function stack(document: object): StackFile {
  return {
    servers: [
      { slug: 'remote', http: { url: fixture.url, allow_private: true } },
      { slug: 'scripted', http: { url: scripted.url, allow_private: true } },
    ],
    policies: ['remote', 'scripted'].map((server) => ({ name: `all-of-${server}`, server, document })),
    grants: [{ label: 'tester', token: TOKEN, servers: { remote: 'all-of-remote', scripted: 'all-of-scripted' } }],
  };
}

beforeAll(async () => {
  fixture = await openFixtureServer();
  scripted = await openScriptedServer({
    // Progress for a call that does not exist, then for the one that does.
    'tools/call': ({ message }, reply) => {
      for (const progressToken of ['of nobody', message.params._meta?.progressToken])
        reply.event({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken, progress: 1 } });
      reply.result('{"content":[]}');
    },
  });
  gateway = await startGateway(stack({ version: '1', default: 'allow' }));
});
afterAll(async () => {
  await gateway?.stop();
  await scripted?.close();
  await fixture?.close();
});

const open = (): Promise<RawSession> => RawSession.open(url(), bearer(TOKEN));

verifies(
  'lifecycle.version',
  'every supported version is answered with itself, and no version with an error',
  async () => {
    for (const version of [...INITIALIZE_REVISIONS, '1999-01-01', '2025-12-31']) {
      const session = await RawSession.open(url(), bearer(TOKEN), {}, version);
      const isSupported = (INITIALIZE_REVISIONS as readonly string[]).includes(version);
      expect(session.revision).toBe(isSupported ? version : INITIALIZE_REVISIONS[0]);
      expect(await session.result('ping')).toEqual({});
      await session.end();
    }
  },
);

verifies('lifecycle.capabilities', 'both sides learn what the other can do, less what is withheld', async () => {
  const offered = {
    roots: { listChanged: true },
    sampling: {},
    tasks: { list: {} },
    experimental: { 'x.example/y': { a: 1 } },
  };
  const session = await RawSession.open(`${gateway.url}/mcp/scripted`, bearer(TOKEN), offered);
  expect(session.opened.capabilities).toEqual({ tools: {} });
  const { message } = scripted.received.findLast((received) => received.message.params?.clientInfo?.name === 'raw')!;
  // No policy names sampling, and tasks are not carried.
  expect(message.params.capabilities).toEqual({
    roots: { listChanged: true },
    experimental: { 'x.example/y': { a: 1 } },
  });
  await session.end();
});

verifies('lifecycle.initialize-first', 'without a session only initialize is served', async () => {
  for (const method of ['ping', 'tools/list', 'tools/call', 'resources/read']) {
    const params = { name: 'test_simple_text', uri: 'test://static-text' };
    const { status } = await post(url(), bearer(TOKEN), { jsonrpc: '2.0', id: 1, method, params });
    expect(status).toBe(400);
  }
});

verifies('lifecycle.ping', 'a ping is answered with an empty result', async () => {
  const session = await open();
  expect(await session.result('ping')).toEqual({});
  await session.end();
});

verifies('rpc.id-unused', 'a request with the id of one under way is refused, and the first goes on', async () => {
  const session = await open();
  const server = await watchCalls(() => session.send('tools/call', OBSERVED));
  const call = (params: Json): Promise<Json> =>
    post(url(), session.headers, { jsonrpc: '2.0', id: 'twice', method: 'tools/call', params });
  const first = call(WAITING);
  await server.waits();
  const second = await call(TEXT);
  expect([second.status, second.message.error.code]).toEqual([400, -32600]);
  await session.notify('notifications/cancelled', { requestId: 'twice' });
  await first;
  expect((await call(TEXT)).status).toBe(200);
  await session.end();
});

verifies('http.accepted', 'an accepted notification is answered with 202 and nothing else', async () => {
  const session = await open();
  const { status, message, headers } = await session.notify('notifications/roots/list_changed');
  expect([status, message, headers.get('content-length')]).toEqual([202, undefined, '0']);
  await session.end();
});

verifies('http.not-accepted', 'a notification or response that nobody waits for is an HTTP error', async () => {
  const session = await open();
  expect((await session.respond('nobody asked', {})).status).toBe(400);
  expect((await session.notify('notifications/no-such')).status).toBe(400);
  expect((await session.notify('notifications/cancelled', { requestId: 'nothing' })).status).toBe(400);
  await session.end();
});

verifies('http.answer-forms', 'a request is answered by JSON or by a stream that ends after the answer', async () => {
  const session = await open();
  const response = await fetch(url(), {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...session.headers },
    body: JSON.stringify({ jsonrpc: '2.0', id: 8, method: 'tools/call', params: TEXT }),
  });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const messages = (await allOf(response)).filter(({ data }) => data !== '').map(({ data }) => JSON.parse(data));
  expect(messages.map(({ id }) => id)).toEqual([8]);
  const local = await RawSession.open(`${gateway.url}/mcp/scripted`, bearer(TOKEN));
  expect((await local.send('tools/list')).headers.get('content-type')).toBe('application/json');
  await Promise.all([session.end(), local.end()]);
});

verifies('http.get', 'GET opens the stream that the server has, and is 405 where it has none', async () => {
  const session = await open();
  const stream = await session.listen();
  expect([stream.status, stream.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  await stream.body?.cancel();
  await session.end();
  const without = await RawSession.open(`${gateway.url}/mcp/scripted`, bearer(TOKEN));
  const refused = await without.listen();
  expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'POST, DELETE']);
  await refused.body?.cancel();
  await without.end();
});

verifies('http.one-stream', 'what the gateway itself has to say goes to one stream of a session', async () => {
  const session = await open();
  // A request whose stream was lost is resumed on a second stream of the session.
  const controller = new AbortController();
  const lost = await fetch(url(), {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...session.headers },
    body: JSON.stringify({ jsonrpc: '2.0', id: 3, method: 'tools/call', params: WAITING }),
    signal: controller.signal,
  });
  const { value: priming } = await readEvents(lost).next();
  controller.abort();
  const streams = [await session.listen(), await session.listen(priming.id)].map((stream) => allOf(stream));
  await gateway.apply(stack({ version: '1', default: 'allow', hide: ['test_audio_content'] }));
  await gateway.apply(stack({ version: '1', default: 'allow' }));
  await session.end();
  const heard = (await Promise.all(streams)).flat().filter(({ data }) => data.includes('list_changed'));
  expect(heard.length).toBe(2);
});

verifies('http.event-ids', 'no two events of a session have the same id', async () => {
  const session = await open();
  const ids: (string | undefined)[] = [];
  for (let index = 0; index < 3; index += 1)
    ids.push(...(await session.send('tools/call', TEXT)).events.map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBe(6);
  await session.end();
});

verifies('http.replay', 'a stream is resumed with what it missed, and with nothing of another', async () => {
  const session = await open();
  const [first] = await Promise.all([
    session.send('tools/call', TEXT),
    session.send('tools/call', { name: 'test_logging_tool', arguments: {} }),
  ]);
  const resumed = await session.listen(first.events[0]?.id);
  const events = readEvents(resumed);
  const { value } = await events.next();
  // The answer was already given: the call is over, so nothing of it is said twice, and nothing of the other call at all.
  expect(value).toBeUndefined();
  await session.end();
});

verifies('http.session-id', 'ids are long, of visible ASCII, and never the same', async () => {
  const sessions = await Promise.all([open(), open(), open()]);
  for (const { id } of sessions) expect(id).toMatch(/^[\x21-\x7e]{40,}$/);
  expect(new Set(sessions.map(({ id }) => id)).size).toBe(3);
  for (const { id } of sessions) expect([...fixture.sessions.keys()]).not.toContain(id);
  await Promise.all(sessions.map((session) => session.end()));
});

verifies('http.session-missing', 'a request without its session id is 400', async () => {
  expect((await post(url(), bearer(TOKEN), { jsonrpc: '2.0', id: 1, method: 'tools/list' })).status).toBe(400);
  const get = await fetch(url(), { headers: { accept: 'text/event-stream', ...bearer(TOKEN) } });
  expect(get.status).toBe(400);
  await get.body?.cancel();
});

verifies('http.session-ended', 'an ended session is 404 for every method', async () => {
  const session = await open();
  expect(await session.end()).toBe(200);
  expect((await session.send('ping')).status).toBe(404);
  expect((await session.notify('notifications/initialized')).status).toBe(404);
  expect((await session.listen()).status).toBe(404);
  expect(await session.end()).toBe(404);
});

verifies('http.version-header', 'an unknown version is 400, and none is as good as 2025-03-26', async () => {
  const session = await open();
  const { 'mcp-protocol-version': _version, ...without } = session.headers as Record<string, string>;
  const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
  for (const version of ['1999-01-01', 'latest', ''])
    expect((await post(url(), { ...without, 'mcp-protocol-version': version }, list)).status).toBe(400);
  expect((await post(url(), without, list)).status).toBe(200);
  await session.end();
});

verifies('cancellation.request', 'a request is cancelled by its own session only', async () => {
  const [mine, other] = [await open(), await open()];
  const server = await watchCalls(() => mine.send('tools/call', OBSERVED));
  const call = post(url(), mine.headers, { jsonrpc: '2.0', id: 'mine', method: 'tools/call', params: WAITING });
  await server.waits();
  expect((await other.notify('notifications/cancelled', { requestId: 'mine' })).status).toBe(400);
  expect((await mine.notify('notifications/cancelled', { requestId: 'mine' })).status).toBe(202);
  await server.gaveUp();
  await call;
  await Promise.all([mine.end(), other.end()]);
});

verifies('progress.token', 'progress of a call that is not under way is dropped', async () => {
  const session = await RawSession.open(`${gateway.url}/mcp/scripted`, bearer(TOKEN));
  const { before } = await session.send('tools/call', { name: 'act', arguments: {}, _meta: { progressToken: 'mine' } });
  expect(before.map(({ params }: Json) => params.progressToken)).toEqual(['mine']);
  await session.end();
});

async function allOf(response: Response): Promise<{ readonly data: string }[]> {
  const events = [];
  for await (const event of readEvents(response)) events.push(event);
  return events;
}
