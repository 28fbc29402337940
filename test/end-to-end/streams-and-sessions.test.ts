import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FixtureServer, openFixtureServer } from '../conformance/fixture-server.ts';
import { type RunningGateway, type StackFile, startGateway } from '../harness/gateway.ts';
import { OBSERVED, watchCalls } from '../harness/observed-calls.ts';
import {
  bearer,
  type Json,
  post,
  type RawEvent,
  RawSession,
  readEvents,
  STATELESS,
  sendStateless,
  statelessHeaders,
  statelessMeta,
} from '../harness/raw-http.ts';

const ONE = 'the-first-grant-of-thirty-two-characters';
const TWO = 'the-second-grant-of-thirty-two-characters';
const SERVERS = ['remote', 'other', 'local'];

let fixture: FixtureServer;
let gateway: RunningGateway;
const urlOf = (slug: string): string => `${gateway.url}/mcp/${slug}`;

function stack(document: object): StackFile {
  const http = { url: fixture.url, allow_private: true };
  const servers = Object.fromEntries(SERVERS.map((slug) => [slug, `rules-of-${slug}`]));
  return {
    servers: [
      { slug: 'remote', http },
      { slug: 'other', http },
      {
        slug: 'local',
        stdio: {
          command: process.execPath,
          args: [new URL('../conformance/fixture-stdio.ts', import.meta.url).pathname],
        },
      },
    ],
    policies: SERVERS.map((server) => ({ name: `rules-of-${server}`, server, document })),
    grants: [
      { label: 'one', token: ONE, servers },
      { label: 'two', token: TWO, servers },
    ],
  };
}

beforeAll(async () => {
  fixture = await openFixtureServer();
  gateway = await startGateway(stack({ version: '1', default: 'allow' }));
});
afterAll(async () => {
  await gateway?.stop();
  await fixture?.close();
});

describe.each(['remote', 'local'])('a call at a %s server', (slug) => {
  test('gets its own progress, under the token it chose, before its answer', async () => {
    const sessions = await Promise.all([ONE, TWO].map((token) => RawSession.open(urlOf(slug), bearer(token))));
    const params = { name: 'test_tool_with_progress', arguments: {}, _meta: { progressToken: 'the same' } };
    const answers = await Promise.all(sessions.map((session) => session.send('tools/call', params)));
    for (const { before, message } of answers) {
      expect(
        before.map(({ method, params: { progressToken, progress } }: Json) => [method, progressToken, progress]),
      ).toEqual([0, 50, 100].map((progress) => ['notifications/progress', 'the same', progress]));
      expect(message.result.content[0].text).toBe('Done.');
    }
    await Promise.all(sessions.map((session) => session.end()));
  });

  test('gets the log messages written during it, at the level the session asked for', async () => {
    const session = await RawSession.open(urlOf(slug), bearer(ONE));
    const logged = async (): Promise<string[]> => {
      const { before } = await session.send('tools/call', { name: 'test_tool_with_logging', arguments: {} });
      return before.map((message: Json) => `${message.method} ${message.params.level} ${message.params.data}`);
    };
    expect(await logged()).toEqual([
      'notifications/message info Tool execution started',
      'notifications/message info Tool processing data',
      'notifications/message info Tool execution completed',
    ]);
    expect(await session.result('logging/setLevel', { level: 'error' })).toEqual({});
    expect(await logged()).toEqual([]);
    await session.end();
  });

  test('is cancelled at the server when the client sends notifications/cancelled', async () => {
    const session = await RawSession.open(urlOf(slug), bearer(ONE));
    const server = await watchCalls(() => session.send('tools/call', OBSERVED));
    const call = post(urlOf(slug), session.headers, waiting('to be cancelled'));
    await server.waits();
    const accepted = await session.notify('notifications/cancelled', { requestId: 'to be cancelled' });
    expect(accepted.status).toBe(202);
    await server.gaveUp();
    // Over HTTP even a cancelled request ends with an answer; whoever cancelled it ignores that.
    expect((await call).message.error).toEqual({ code: -32000, message: 'Request cancelled: by the client' });
    await session.end();
  });

  test('is cancelled at the server when a stateless client closes the connection', async () => {
    const controller = new AbortController();
    const asked = (params: Json, signal?: AbortSignal): Promise<Json> =>
      sendStateless(urlOf(slug), bearer(ONE), 'tools/call', params, {}, signal);
    const server = await watchCalls(() => asked(OBSERVED));
    const call = asked({ name: 'wait_until_cancelled', arguments: {} }, controller.signal).catch(() => 'closed');
    await server.waits();
    controller.abort();
    expect(await call).toBe('closed');
    await server.gaveUp();
  });
});

test('a call that cannot be resumed is cancelled at the server when its client closes the connection', async () => {
  const session = await RawSession.open(urlOf('local'), bearer(ONE));
  const controller = new AbortController();
  const server = await watchCalls(() => session.send('tools/call', OBSERVED));
  const call = post(urlOf('local'), session.headers, waiting('left alone'), controller.signal).catch(() => 'closed');
  await server.waits();
  controller.abort();
  expect(await call).toBe('closed');
  await server.gaveUp();
  await session.end();
});

describe('the stream of a session', () => {
  test('carries what the server says by itself, and ends with the session', async () => {
    const session = await RawSession.open(urlOf('remote'), bearer(ONE));
    const stream = await session.listen();
    expect(stream.status).toBe(200);
    expect(stream.headers.get('content-type')).toBe('text/event-stream');
    await session.result('tools/call', { name: 'test_trigger_tool_change', arguments: {} });
    expect(await firstMessage(stream)).toMatchObject({ method: 'notifications/tools/list_changed' });

    const again = await session.listen();
    expect(await session.end()).toBe(200);
    expect(await collect(again)).toEqual([]);
  });

  test('tells of tools that a policy shows or hides', async () => {
    const session = await RawSession.open(urlOf('local'), bearer(ONE));
    const stream = await session.listen();
    const told = firstMessage(stream);
    await gateway.apply(stack({ version: '1', default: 'allow', hide: ['test_image_content'] }));
    expect(await told).toMatchObject({ method: 'notifications/tools/list_changed' });
    const { tools } = await session.result('tools/list');
    expect(tools.map((tool: Json) => tool.name)).not.toContain('test_image_content');
    await session.end();
    await gateway.apply(stack({ version: '1', default: 'allow' }));
  });
});

describe('resumption', () => {
  test('an answer is found again after the server closed the stream of its request', async () => {
    const session = await RawSession.open(urlOf('remote'), bearer(ONE));
    const params = { name: 'test_reconnection', arguments: {} };
    const answer = await session.send('tools/call', params);
    expect(answer.message).toBeUndefined();
    const priming = answer.events.at(0);
    expect(priming).toMatchObject({ data: '', retry: 100, id: expect.any(String) });
    const resumed = await collect(await session.listen(priming?.id), (message) => message.id !== undefined);
    expect(resumed.at(-1)?.message.result.content[0].text).toBe('Answered after the stream was closed.');
    await session.end();
  });

  test('a client that lost its connection gets what it missed, and not what it had', async () => {
    const session = await RawSession.open(urlOf('remote'), bearer(ONE));
    const controller = new AbortController();
    const params = { name: 'test_tool_with_progress', arguments: {}, _meta: { progressToken: 1 } };
    const response = await fetch(session.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...session.headers,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 5, method: 'tools/call', params }),
      signal: controller.signal,
    });
    const [first] = await collect(response, (message) => message.method !== undefined);
    controller.abort();
    expect(first?.message.params.progress).toBe(0);
    const missed = await collect(await session.listen(first?.event.id), (message) => message.id === 5);
    expect(missed.map(({ message }) => message.params?.progress ?? message.result?.content[0].text)).toEqual([
      50,
      100,
      'Done.',
    ]);
    await session.end();
  });

  test('an event id opens nothing in another session, nor one that the server itself gave', async () => {
    const mine = await RawSession.open(urlOf('remote'), bearer(ONE));
    const other = await RawSession.open(urlOf('remote'), bearer(TWO));
    const answer = await mine.send('tools/call', { name: 'test_reconnection', arguments: {} });
    const id = answer.events.at(0)?.id;
    for (const foreign of [id, '1', 'nonsense']) {
      const stream = await other.listen(foreign);
      expect(stream.status).toBe(404);
      await stream.body?.cancel();
    }
    await Promise.all([mine.end(), other.end()]);
  });
});

describe('a session', () => {
  test.each([
    ['another grant', () => urlOf('remote'), TWO],
    ['another server', () => urlOf('other'), ONE],
  ])('is not found by %s, as if it had never been', async (_who, url, token) => {
    const session = await RawSession.open(urlOf('remote'), bearer(ONE));
    const stranger = { ...session.headers, ...bearer(token) };
    const madeUp = { ...stranger, 'mcp-session-id': 'cgs_no-such-session' };
    const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
    const refused = await post(url(), stranger, list);
    const never = await post(url(), madeUp, list);
    expect([refused.status, refused.message]).toEqual([never.status, never.message]);
    expect(refused.status).toBe(404);
    for (const method of ['GET', 'DELETE'] as const) {
      const answer = await fetch(url(), { method, headers: { ...stranger, accept: 'text/event-stream' } });
      expect(answer.status).toBe(404);
      await answer.body?.cancel();
    }
    expect(await session.result('ping')).toEqual({});
    await session.end();
  });

  test('is over for client and server after DELETE', async () => {
    const before = fixture.sessions.size;
    const session = await RawSession.open(urlOf('remote'), bearer(ONE));
    expect(fixture.sessions.size).toBe(before + 1);
    expect(await session.end()).toBe(200);
    expect(fixture.sessions.size).toBe(before);
    const later = await session.send('tools/list');
    expect([later.status, later.message.error.message]).toEqual([404, 'Session not found: send initialize again']);
    expect(await session.end()).toBe(404);
  });

  test('that ends answers its calls under way', async () => {
    const session = await RawSession.open(urlOf('local'), bearer(ONE));
    const server = await watchCalls(() => session.send('tools/call', OBSERVED));
    const call = session.send('tools/call', { name: 'wait_until_cancelled', arguments: {} });
    await server.waits();
    expect(await session.end()).toBe(200);
    expect((await call).message.error).toEqual({ code: -32000, message: 'Request cancelled: its session ended' });
  });

  test('of a grant that is revoked ends, and so do its calls, streams and subscriptions', async () => {
    const session = await RawSession.open(urlOf('local'), bearer(TWO));
    const stream = collect(await session.listen());
    const server = await watchCalls(() => session.send('tools/call', OBSERVED));
    const call = session.send('tools/call', { name: 'wait_until_cancelled', arguments: {} });
    const stateless = sendStateless(urlOf('remote'), bearer(TWO), 'subscriptions/listen', {
      notifications: { toolsListChanged: true },
    });
    await server.waits();
    const all = stack({ version: '1', default: 'allow' });
    await gateway.apply({ ...all, grants: all.grants.filter(({ label }) => label === 'one') });
    const lost = 'Request cancelled: the grant lost its access to this server';
    expect((await call).message.error).toEqual({ code: -32000, message: lost });
    expect(await stream).toEqual([]);
    expect((await stateless).message.error.message).toBe(lost);
    expect((await session.send('ping')).status).toBe(401);
    await gateway.apply(all);
  });

  test('is opened once for each initialize, and needed by every other message', async () => {
    const answer = await post(urlOf('remote'), bearer(ONE), { jsonrpc: '2.0', id: 1, method: 'tools/list' });
    expect([answer.status, answer.message.error.message]).toEqual([
      400,
      'Bad request: send initialize first, then its Mcp-Session-Id with every message',
    ]);
  });
});

describe('a subscription of 2026-07-28', () => {
  const subscribe = (slug: string, id: string | number, signal: AbortSignal): Promise<Response> => {
    const params = { notifications: { toolsListChanged: true }, _meta: statelessMeta() };
    return fetch(urlOf(slug), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...statelessHeaders('subscriptions/listen', params),
        ...bearer(ONE),
      },
      body: JSON.stringify({ jsonrpc: '2.0', id, method: 'subscriptions/listen', params }),
      signal,
    });
  };
  const isToolChange = (message: Json): boolean => message.method === 'notifications/tools/list_changed';

  test.each(['remote', 'local'])('at a %s server is acknowledged first, and told what it asked for', async (slug) => {
    const controller = new AbortController();
    const heard = collect(await subscribe(slug, 'mine', controller.signal), isToolChange);
    for (const name of ['test_trigger_prompt_change', 'test_trigger_tool_change'])
      await sendStateless(urlOf(slug), bearer(ONE), 'tools/call', { name, arguments: {} });
    const messages = (await heard).map(({ message }) => message);
    expect(messages.map(({ method }) => method)).toEqual([
      'notifications/subscriptions/acknowledged',
      'notifications/tools/list_changed',
    ]);
    for (const { params } of messages) expect(params._meta['io.modelcontextprotocol/subscriptionId']).toBe('mine');
    controller.abort();
  });

  test('is told of tools that a policy shows or hides', async () => {
    const controller = new AbortController();
    const heard = collect(await subscribe('remote', 3, controller.signal), isToolChange);
    await gateway.apply(stack({ version: '1', default: 'allow', hide: ['test_image_content'] }));
    expect((await heard).at(-1)?.message.params._meta['io.modelcontextprotocol/subscriptionId']).toBe(3);
    controller.abort();
    await gateway.apply(stack({ version: '1', default: 'allow' }));
  });

  test.each(['GET', 'DELETE'])('%s belongs to earlier revisions', async (method) => {
    const answer = await fetch(urlOf('remote'), {
      method,
      headers: { accept: 'text/event-stream', 'mcp-protocol-version': STATELESS, ...bearer(ONE) },
    });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    await answer.body?.cancel();
  });
});

interface Heard {
  readonly event: RawEvent;
  readonly message: Json;
}

/** The messages of a stream until the last one wanted, or its end. */
async function collect(response: Response, isLast: (message: Json) => boolean = () => false): Promise<Heard[]> {
  const heard: Heard[] = [];
  for await (const event of readEvents(response)) {
    if (event.data === '') continue;
    const message: Json = JSON.parse(event.data);
    heard.push({ event, message });
    if (isLast(message)) break;
  }
  return heard;
}

async function firstMessage(response: Response): Promise<Json> {
  return (await collect(response, () => true))[0]?.message;
}

function waiting(id: string): Json {
  return { jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'wait_until_cancelled', arguments: {} } };
}
