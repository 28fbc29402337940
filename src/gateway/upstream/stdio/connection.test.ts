import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { processesWith, until } from '../../../../test/fixtures/stdio/processes.ts';
import { CLIENT_MESSAGE_LIMITS } from '../../../core/mcp/json/limits.ts';
import { readJsonText } from '../../../core/mcp/json/read.ts';
import type { JsonObject } from '../../../core/mcp/json/value.ts';
import {
  openStdioConnection,
  type StdioConnection,
  type StdioConnectionOptions,
  type StdioRequestOptions,
} from './connection.ts';
import type { StdioHost } from './launch.ts';
import { SharedStdioServer } from './shared.ts';

const fixture = resolve('test/fixtures/stdio/server.js');
const host: StdioHost = {
  platform: process.platform,
  environment: process.env,
  folder: process.cwd(),
  uid: process.getuid?.(),
  dataDirectory: mkdtempSync(join(tmpdir(), 'callgate-data-')),
};

let marker = '';
const opened: StdioConnection[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((connection) => connection.close()));
  expect(processesWith(`TEST_MARKER=${marker}`)).toEqual([]);
});

interface Open {
  readonly connection: StdioConnection;
  /** What came up without a request, as `audience method`. */
  readonly notifications: string[];
  readonly ask: (
    params?: JsonObject,
    options?: Partial<StdioRequestOptions>,
    id?: string | number,
  ) => ReturnType<StdioConnection['request']>;
}

async function open(args: readonly string[], options: Partial<StdioConnectionOptions> = {}): Promise<Open> {
  marker = randomBytes(8).toString('hex');
  const notifications: string[] = [];
  const result = await openStdioConnection(
    { command: process.execPath, args, env: { TEST_MARKER: marker } },
    {
      host,
      sharing: 'exclusive',
      onNotification: (message, audience) => notifications.push(`${audience} ${JSON.stringify(message['method'])}`),
      ...options,
      limits: { closeGraceMs: 1_000, ...options.limits },
    },
  );
  if (!result.ok) throw new Error(result.error.message);
  const connection = result.value;
  opened.push(connection);
  return {
    connection,
    notifications,
    ask: (params = {}, options = {}, id = 1) =>
      connection.request({ jsonrpc: '2.0', id, method: 'ask', params }, { timeoutMs: 20_000, ...options }),
  };
}

/** The answer as parsed JSON; fails when there is none. */
function answer(outcome: Awaited<ReturnType<StdioConnection['request']>>): any {
  if (!outcome.ok) throw new Error(`${outcome.error.kind}: ${outcome.error.message}`);
  return JSON.parse(String(outcome.value.bytes));
}

describe('requests', () => {
  test('of clients that use the same ids each get their own answer, whatever the order of answers', async () => {
    const { ask } = await open([fixture, 'reverse'], { sharing: 'shared' });
    const marks = ['a', 'b', 'c', 'd'];
    const outcomes = await Promise.all(marks.map((mark) => ask({ mark, wait: 4 }, {}, 'same id')));
    expect(outcomes.map(answer)).toEqual(marks.map((mark) => ({ jsonrpc: '2.0', id: 'same id', result: { mark } })));
  });

  test('keep numbers verbatim both ways, ids included', async () => {
    const { connection } = await open([fixture, 'verbatim']);
    const text = '{"jsonrpc":"2.0","id":1.50,"method":"ask","params":{"n":9007199254740993,"m":1.0,"e":1e2}}';
    const read = readJsonText(text, CLIENT_MESSAGE_LIMITS);
    const outcome = await connection.request((read.ok ? read.value : {}) as JsonObject, { timeoutMs: 20_000 });
    expect(outcome.ok && String(outcome.value.bytes)).toBe(
      '{"jsonrpc":"2.0","id":1.50,"result":{"n":9007199254740993,"m":1.0,"e":1e2}}',
    );
  });

  test('are answered once: what comes again, late or for nobody is dropped and counted', async () => {
    const { connection, ask } = await open([fixture, 'duplicate']);
    expect(answer(await ask()).result).toEqual({ first: true });
    await vi.waitFor(() => expect(connection.counts).toMatchObject({ late: 1, unknown: 1 }));
  });

  test('time out, which the server is told, and an answer after that is late', async () => {
    const { connection, ask } = await open([fixture, 'answer-when-cancelled']);
    expect(await ask({}, { timeoutMs: 200 })).toMatchObject({ ok: false, error: { kind: 'timeout', sent: true } });
    await vi.waitFor(() => expect(connection.counts.late).toBe(1));
    expect(connection.inFlight).toBe(0);
  });

  test('are cancelled by their signal, which the server is told', async () => {
    const { connection, ask } = await open([fixture, 'answer-when-cancelled']);
    const controller = new AbortController();
    const asked = ask({}, { signal: controller.signal });
    controller.abort();
    expect(await asked).toMatchObject({ ok: false, error: { kind: 'cancelled', sent: true } });
    await vi.waitFor(() => expect(connection.counts.late).toBe(1));
  });

  test('that are cancelled before they are sent are never sent', async () => {
    const { ask } = await open([fixture, 'echo']);
    expect(await ask({}, { signal: AbortSignal.abort() })).toMatchObject({
      ok: false,
      error: { kind: 'cancelled', sent: false },
    });
  });

  test('in flight when the server crashes fail with its reason, and later ones are not sent', async () => {
    const { ask } = await open([fixture, 'crash-mid-call']);
    expect(await Promise.all([ask(), ask()])).toMatchObject([
      { ok: false, error: { kind: 'server_ended', sent: true, end: { cause: 'crashed', exitCode: 1 } } },
      { ok: false, error: { kind: 'server_ended', sent: true, message: expect.stringContaining('out of cheese') } },
    ]);
    expect(await ask()).toMatchObject({ ok: false, error: { kind: 'closed', sent: false } });
  });

  test('whose answer is too long fail at once and alone; the next one is answered', async () => {
    const { ask } = await open([fixture, 'long-line'], { limits: { lineBytesMax: 100_000 } });
    const [long, short] = await Promise.all([ask({ length: 200_000 }), ask({ length: 10 })]);
    expect(long).toMatchObject({ ok: false, error: { kind: 'unreadable', sent: true } });
    expect(answer(short).result.text).toHaveLength(10);
  });

  test('whose answer breaks the protocol fail at once', async () => {
    const { connection, ask } = await open([fixture, 'broken-answer']);
    expect(await ask()).toMatchObject({ ok: false, error: { kind: 'unreadable', sent: true } });
    expect(connection.counts.unreadable).toBe(1);
  });
});

describe('notifications of the server', () => {
  test('about progress go to the request with the token, under the token it gave', async () => {
    const { connection, notifications, ask } = await open([fixture, 'progress'], { sharing: 'shared' });
    const seen: unknown[] = [];
    const withToken = (token: string) =>
      ask({ _meta: { progressToken: token } }, { onNotification: (message) => seen.push([token, message['params']]) });
    const without = ask({}, { onNotification: (message) => seen.push(['without', message]) });
    await Promise.all([withToken('x'), withToken('y'), without]);
    expect(seen).toEqual([
      ['x', { progressToken: 'x', progress: 1 }],
      ['y', { progressToken: 'y', progress: 1 }],
    ]);
    // Progress for a request that asked for none, and for one that is over.
    await vi.waitFor(() => expect(connection.counts.stray).toBe(1 + 3));
    expect(notifications).toEqual([]);
  });

  test('that name no request come with whom they can concern', async () => {
    const { notifications, ask } = await open([fixture, 'notify'], { sharing: 'shared' });
    await ask();
    expect(notifications).toEqual([
      'everyone "notifications/tools/list_changed"',
      'subscribers "notifications/resources/updated"',
      'unknown "notifications/message"',
      'unknown "notifications/tasks/status"',
    ]);
  });

  test('of a subscription go to its request, until the server ends it', async () => {
    const { connection } = await open([fixture, 'listen'], { sharing: 'shared' });
    const seen: unknown[] = [];
    const outcome = await connection.request(
      { jsonrpc: '2.0', id: 'sub', method: 'subscriptions/listen', params: {} },
      { timeoutMs: 20_000, onNotification: (message) => seen.push(message) },
    );
    const params = { _meta: { 'io.modelcontextprotocol/subscriptionId': 'sub' } };
    expect(seen).toEqual([{ jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged', params }]);
    expect(outcome).toMatchObject({ ok: false, error: { kind: 'ended_by_server', sent: true } });
  });
});

describe('requests of the server', () => {
  const answerRoots = async () => ({ result: { roots: [] } });

  test('are answered by the only request in flight that can', async () => {
    const { ask } = await open([fixture, 'ask-back']);
    const outcome = await ask({}, { onServerRequest: answerRoots });
    expect(answer(outcome).result).toEqual({ ping: { result: {} }, 'roots/list': { result: { roots: [] } } });
  });

  test('are answered by the connection when no single request can', async () => {
    const { ask } = await open([fixture, 'ask-back'], { onServerRequest: answerRoots });
    expect(answer(await ask()).result['roots/list']).toEqual({ result: { roots: [] } });
  });

  test('are refused on a shared server, since nobody can say which client is asked', async () => {
    const never = vi.fn(answerRoots);
    const { connection, ask } = await open([fixture, 'ask-back'], { sharing: 'shared', onServerRequest: never });
    const { result } = answer(await ask({}, { onServerRequest: never }));
    expect(result['roots/list'].error).toMatchObject({ code: -32601, message: expect.stringContaining('shared') });
    expect(result.ping).toEqual({ result: {} });
    expect(connection.counts.refused).toBe(1);
    expect(never).not.toHaveBeenCalled();
  });

  test('are refused when nobody can answer, and get an error when the answer fails', async () => {
    const nobody = await open([fixture, 'ask-back']);
    expect(answer(await nobody.ask()).result['roots/list'].error.code).toBe(-32601);
    await nobody.connection.close();
    const failing = await open([fixture, 'ask-back'], { onServerRequest: () => Promise.reject(new Error('secret')) });
    const { error } = answer(await failing.ask()).result['roots/list'];
    expect(error.code).toBe(-32603);
    expect(error.message).not.toContain('secret');
  });

  test('that the server takes back abort their signal and get no answer', async () => {
    const aborted = Promise.withResolvers<void>();
    const { ask } = await open([fixture, 'take-back'], {
      onServerRequest: async (_request, signal) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        aborted.resolve();
        return { result: {} };
      },
    });
    const outcome = await ask();
    await aborted.promise;
    expect(answer(outcome).result).toEqual({ answers: 0 });
  });
});

describe('a connection', () => {
  test('that is idle is closed, and one with a request in flight is not', async () => {
    const { connection, ask } = await open([fixture, 'slow'], { limits: { idleMs: 150 } });
    expect(answer(await ask({ ms: 600 })).result).toEqual({ ms: 600 });
    expect((await connection.ended).cause).toBe('idle');
  });

  test('past its lifetime finishes what is in flight, takes nothing new, and is closed', async () => {
    const { connection, ask } = await open([fixture, 'slow'], { limits: { lifetimeMs: 300 } });
    const inFlight = ask({ ms: 800 });
    await vi.waitUntil(async () => {
      const outcome = await ask({ ms: 0 });
      return !outcome.ok && outcome.error.kind === 'draining' && !outcome.error.sent;
    });
    expect(answer(await inFlight).result).toEqual({ ms: 800 });
    expect((await connection.ended).cause).toBe('lifetime');
  });
});

describe('a shared server', () => {
  test('is started once for callers at once, fails fast after a crash, and is started again after the backoff', async () => {
    let starts = 0;
    let now = 0;
    const shared = new SharedStdioServer({
      now: () => now,
      backoff: { firstMs: 1_000, maxMs: 60_000, stableMs: 60_000 },
      open: async () => {
        starts += 1;
        const { connection } = await open([fixture, 'crash-mid-call'], { sharing: 'shared' });
        return { ok: true, value: connection };
      },
    });
    const [one, two] = await Promise.all([shared.connection(), shared.connection()]);
    if (!one.ok || !two.ok) throw new Error('not started');
    expect(starts).toBe(1);
    expect(one.value).toBe(two.value);
    await one.value.request({ jsonrpc: '2.0', id: 1, method: 'ask' }, { timeoutMs: 20_000 });
    await one.value.ended;
    now = 400;
    const refused = await shared.connection();
    expect(refused).toMatchObject({ ok: false, error: { kind: 'restarting', retryAfterMs: 600 } });
    expect(refused.ok ? '' : refused.error.message).toBe(
      'the server exited with code 1; its last line on stderr: Error: out of cheese; it is started again in 1 s at the earliest',
    );
    now = 1_000;
    expect((await shared.connection()).ok).toBe(true);
    expect(starts).toBe(2);
    await shared.close();
  });

  test('that cannot be started is not tried again before the backoff is over', async () => {
    let starts = 0;
    const shared = new SharedStdioServer({
      now: () => 0,
      open: async () => {
        starts += 1;
        return await openStdioConnection({ command: 'no-such' }, { host, sharing: 'shared', onNotification: () => {} });
      },
    });
    expect(await shared.connection()).toMatchObject({ ok: false, error: { kind: 'command_not_found' } });
    expect(await shared.connection()).toMatchObject({ ok: false, error: { kind: 'restarting' } });
    expect(starts).toBe(1);
  });
});

describe('a real server', () => {
  const find = createRequire(import.meta.url).resolve;
  const everything = find('@modelcontextprotocol/server-everything/dist/index.js');
  const filesystem = find('@modelcontextprotocol/server-filesystem/dist/index.js');

  async function handshake(connection: StdioConnection): Promise<any> {
    const outcome = await connection.request(
      {
        jsonrpc: '2.0',
        id: 'init',
        method: 'initialize',
        params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
      },
      { timeoutMs: 20_000 },
    );
    await connection.notify({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return answer(outcome).result;
  }

  const call = (connection: StdioConnection, name: string, args: JsonObject, more: JsonObject = {}, options = {}) =>
    connection.request(
      { jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name, arguments: args, ...more } },
      { timeoutMs: 20_000, ...options },
    );

  test('server-everything shakes hands, lists, calls and reports progress', async () => {
    const { connection } = await open([everything, 'stdio']);
    expect((await handshake(connection)).protocolVersion).toBe('2025-11-25');
    const list = await connection.request({ jsonrpc: '2.0', id: 2, method: 'tools/list' }, { timeoutMs: 20_000 });
    const names = answer(list).result.tools.map((tool: { name: string }) => tool.name);
    expect(names).toEqual(expect.arrayContaining(['echo', 'get-sum']));
    const echoed = answer(await call(connection, 'echo', { message: 'grüße' }));
    expect(echoed).toMatchObject({ id: 7, result: { content: [{ text: 'Echo: grüße' }] } });
    const progress: any[] = [];
    const meta = { _meta: { progressToken: 'mine' } };
    const options = { onNotification: (message: JsonObject) => progress.push(message['params']) };
    await call(connection, 'trigger-long-running-operation', { duration: 1, steps: 2 }, meta, options);
    expect(progress.map(({ progressToken }) => progressToken)).toEqual(['mine', 'mine']);
  });

  test('server-filesystem reads a file where it may and refuses elsewhere', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'callgate-files-'));
    writeFileSync(join(folder, 'a.txt'), 'what it says');
    const { connection } = await open([filesystem, folder]);
    await handshake(connection);
    const read = (path: string) => call(connection, 'read_text_file', { path });
    expect(answer(await read(join(folder, 'a.txt'))).result.content[0].text).toBe('what it says');
    expect(answer(await read('/etc/passwd')).result.isError).toBe(true);
  });

  test('serves two clients over one connection without mixing their answers', async () => {
    const { connection } = await open([everything, 'stdio'], { sharing: 'shared' });
    await handshake(connection);
    const messages = Array.from({ length: 40 }, (_, index) => `client ${index % 2}, call ${index}`);
    const outcomes = await Promise.all(messages.map((message) => call(connection, 'echo', { message })));
    expect(outcomes.map((outcome) => answer(outcome).result.content[0].text)).toEqual(
      messages.map((message) => `Echo: ${message}`),
    );
    await until('nothing is in flight', () => connection.inFlight === 0);
  });
});
