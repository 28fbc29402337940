import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { processesWith, until } from '../fixtures/stdio/processes.ts';
import { type RunningGateway, startGateway } from '../harness/gateway.ts';
import { OBSERVED, watchCalls } from '../harness/observed-calls.ts';
import { bearer, RawSession, readEvents, sendStateless } from '../harness/raw-http.ts';

const TOKEN = 'a-grant-with-local-servers-of-32-characters';

// Every process of a server carries this in its environment.
let marker: string;
let gateway: RunningGateway;
const children = (): number[] => processesWith(`TEST_MARKER=${marker}`);
/** Those that are servers; beside each stands the guard that ends it with the gateway. */
const servers = (): number[] =>
  children().filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(process.execPath);
    } catch {
      return false;
    }
  });
const url = (): string => `${gateway.url}/mcp/local`;

async function start(settings: Readonly<Record<string, string>> = {}, entry: object = {}): Promise<void> {
  marker = randomBytes(8).toString('hex');
  gateway = await startGateway(
    {
      servers: [
        {
          slug: 'local',
          stdio: {
            command: process.execPath,
            args: [new URL('../conformance/fixture-stdio.ts', import.meta.url).pathname],
            env: { TEST_MARKER: marker },
            ...entry,
          },
        },
      ],
      policies: [{ name: 'all', server: 'local', document: { version: '1', default: 'allow' } }],
      grants: [{ label: 'tester', token: TOKEN, servers: { local: 'all' } }],
    },
    settings,
  );
}

/** One child for a session, another for the grant's stateless requests, a call under way at each, and an open stream. */
async function useBothEras(): Promise<RawSession> {
  const session = await RawSession.open(url(), bearer(TOKEN));
  const stream = await session.listen();
  const waiting = { name: 'wait_until_cancelled', arguments: {} };
  const isOver = (): undefined => undefined;
  void stream.text().catch(isOver);
  void session.send('tools/call', waiting).catch(isOver);
  void sendStateless(url(), bearer(TOKEN), 'tools/call', waiting).catch(isOver);
  await until('both have their child', () => servers().length >= 2);
  return session;
}

beforeEach(() => {
  marker = 'none';
});
afterEach(async () => {
  await gateway.stop();
  expect(children()).toEqual([]);
});

test('DELETE ends the child of the session, and no other', async () => {
  await start();
  const [first, second] = [await RawSession.open(url(), bearer(TOKEN)), await RawSession.open(url(), bearer(TOKEN))];
  await until('only the two sessions have a server', () => servers().length === 2);
  expect(await first.end()).toBe(200);
  expect(servers().length).toBe(1);
  expect(await second.result('ping')).toEqual({});
});

test('a client that goes away without a word leaves no child for longer than its session may be idle', async () => {
  await start({ session_idle_ms: '1000' });
  const controller = new AbortController();
  const session = await RawSession.open(url(), bearer(TOKEN));
  const stream = await session.listen(undefined, controller.signal);
  void stream.text().catch(() => undefined);
  // An open stream keeps a session alive; that it is gone is noticed at once.
  controller.abort();
  await until('its child is gone', () => children().length === 0);
  expect((await session.send('ping')).status).toBe(404);
});

test('clients that go away without a word do not use up the servers of their grant', async () => {
  await start();
  for (let index = 0; index < 10; index += 1) {
    const controller = new AbortController();
    const session = await RawSession.open(url(), bearer(TOKEN));
    const stream = await session.listen(undefined, controller.signal);
    controller.abort();
    await stream.text().catch(() => undefined);
  }
  expect(servers().length).toBeLessThanOrEqual(8);
});

test('a child without requests is closed when its idle time is over', async () => {
  await start({}, { idle_timeout: 1 });
  await sendStateless(url(), bearer(TOKEN), 'tools/list');
  expect(children().length).toBeGreaterThan(0);
  await until('it is closed', () => children().length === 0);
  const again = await sendStateless(url(), bearer(TOKEN), 'tools/list');
  expect(again.message.result.tools.length).toBeGreaterThan(0);
});

test('a child that dies is a clear error for its call, and the next session has a new one', async () => {
  await start();
  const session = await RawSession.open(url(), bearer(TOKEN));
  const watched = await watchCalls(() => session.send('tools/call', OBSERVED));
  const call = session.send('tools/call', { name: 'wait_until_cancelled', arguments: {} });
  await watched.waits();
  await until('only the session has a server', () => servers().length === 1);
  for (const pid of servers()) process.kill(pid, 'SIGKILL');
  const { status, message } = await call;
  expect([status, message.error]).toEqual([
    502,
    { code: 1004, message: 'Unavailable: the server was ended by SIGKILL' },
  ]);
  expect((await session.send('ping')).status).toBe(404);
  const next = await RawSession.open(url(), bearer(TOKEN));
  expect(await next.result('ping')).toEqual({});
});

test('SIGTERM lets calls under way finish, then leaves no child', async () => {
  await start();
  const session = await RawSession.open(url(), bearer(TOKEN));
  const params = { name: 'test_tool_with_progress', arguments: {}, _meta: { progressToken: 1 } };
  const response = await fetch(url(), {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...session.headers },
    body: JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/call', params }),
  });
  // The first progress has come.
  const stopped = gateway.stop();
  const events = [];
  for await (const event of readEvents(response)) events.push(JSON.parse(event.data));
  expect(events.at(-1).result.content[0].text).toBe('Done.');
  expect(await stopped).toBe(0);
  expect(children()).toEqual([]);
});

test('kill -9 leaves no child, whatever is under way', async () => {
  await start();
  await useBothEras();
  await gateway.kill();
  await until('all children are gone', () => children().length === 0);
});

test('an entry that is removed takes its children along', async () => {
  await start();
  await useBothEras();
  await gateway.apply({ servers: [], policies: [], grants: [] });
  await until('all children are gone', () => children().length === 0);
});
