import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { processesWith, until } from '../../../../test/fixtures/stdio/processes.ts';
import type { StdioEntry } from './entry.ts';
import type { StdioHost } from './launch.ts';
import type { StdioLimits } from './limits.ts';
import type { LongLine } from './lines.ts';
import { type StdioServer, startStdioServer } from './server.ts';

const fixture = resolve('test/fixtures/stdio/server.js');
const host: StdioHost = {
  platform: process.platform,
  environment: process.env,
  folder: process.cwd(),
  uid: process.getuid?.(),
  dataDirectory: mkdtempSync(join(tmpdir(), 'callgate-data-')),
};

// Every process of a test carries this in its environment; none may be left when the test is over.
let marker = '';
const started: StdioServer[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.close()));
  expect(processesWith(`TEST_MARKER=${marker}`)).toEqual([]);
});

interface Running {
  readonly server: StdioServer;
  readonly messages: Buffer[];
  readonly longLines: LongLine[];
}

async function start(
  mode: string,
  limits: Partial<StdioLimits> = {},
  entry: Partial<StdioEntry> = {},
): Promise<Running> {
  marker = randomBytes(8).toString('hex');
  const messages: Buffer[] = [];
  const longLines: LongLine[] = [];
  const result = await startStdioServer(
    { command: process.execPath, args: [fixture, mode], ...entry, env: { TEST_MARKER: marker, ...entry.env } },
    { host, onMessage: (line) => messages.push(line), onLongLine: (line) => longLines.push(line), limits },
  );
  if (!result.ok) throw new Error(result.error.message);
  started.push(result.value);
  return { server: result.value, messages, longLines };
}

const request = (id: number, params: object = {}): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method: 'ask', params });
const parsed = (line: Buffer | undefined): any => JSON.parse(String(line));

describe('messages', () => {
  test('go down and come up in order, one line each', async () => {
    const { server, messages } = await start('echo');
    for (let id = 0; id < 50; id++) expect(await server.send(request(id, { id }))).toEqual({ ok: true });
    await until('50 answers are there', () => messages.length === 50);
    expect(messages.map((line) => parsed(line).id)).toEqual([...Array(50).keys()]);
  });

  test('may arrive one byte at a time and end with CR LF', async () => {
    const { server, messages } = await start('dribble');
    await server.send(request(1));
    await until('the answer is there', () => messages.length === 1);
    expect(parsed(messages[0]).result.text).toBe('größer ✓');
    expect(messages[0]?.at(-1)).toBe('}'.charCodeAt(0));
  });

  test('written just before the exit still come up', async () => {
    const { server, messages } = await start('last-words');
    await server.send(request(1));
    expect((await server.ended).cause).toBe('exited');
    expect(parsed(messages[0]).result.size).toHaveLength(200_000);
  });

  test('a line over the bound is skipped and reported, and the next one comes up', async () => {
    const { server, messages, longLines } = await start('long-line', { lineBytesMax: 100_000 });
    await server.send(request(1, { length: 300_000 }));
    await server.send(request(2, { length: 50_000 }));
    await until('the second answer is there', () => messages.length === 1);
    expect(parsed(messages[0]).id).toBe(2);
    expect(longLines).toHaveLength(1);
    expect(String(longLines[0]?.head)).toMatch(/^\{"jsonrpc":"2.0","id":1,/);
    expect(longLines[0]?.bytes).toBeGreaterThan(300_000);
  });

  test('lines that are no messages are counted and do no harm', async () => {
    const { server, messages } = await start('noise');
    await server.send(request(1));
    await until('the answer is there', () => messages.length === 1);
    expect(server.noise.lines).toBe(3);
    expect(server.noise.sample).toBe('starting up…');
  });

  test('are refused when the server does not read and the queue is full', async () => {
    const { server } = await start('never-read', { sendQueueBytesMax: 1_000_000 });
    const big = request(1, { text: 'x'.repeat(900_000) });
    const first = server.send(big);
    expect(await server.send(big)).toEqual({ ok: false, error: 'queue_full' });
    await server.close();
    expect(await first).toEqual({ ok: false, error: 'broken_pipe' });
    expect(await server.send('{}')).toEqual({ ok: false, error: 'closed' });
  });
});

describe('the end', () => {
  test('of a server that exits at once is told', async () => {
    const { server } = await start('exit-0');
    expect(await server.ended).toMatchObject({ cause: 'exited', exitCode: 0, signal: null });
  });

  test('of a crash names the code and the last line of stderr', async () => {
    const { server } = await start('crash-at-start');
    const end = await server.ended;
    expect(end).toMatchObject({ cause: 'crashed', exitCode: 7 });
    expect(end.message).toBe('the server exited with code 7; its last line on stderr: fatal: no licence file');
    expect(end.stderr).toContain('cannot open the configuration');
  });

  test('is polite first: a server that watches its input exits by itself', async () => {
    const { server } = await start('echo', { closeGraceMs: 10_000 });
    await server.send(request(1));
    expect(await server.close()).toMatchObject({ cause: 'closed', exitCode: 0, signal: null });
  });

  test('comes by force to a server that ignores its input and SIGTERM', async () => {
    const { server, messages } = await start('ignore-term', { closeGraceMs: 50, termGraceMs: 50 });
    await server.send(request(1));
    await until('the handler is set', () => messages.length === 1);
    expect(await server.close()).toMatchObject({ cause: 'closed', signal: 'SIGKILL' });
  });

  test('takes grandchildren along, also those that left the process group', async () => {
    const { server, messages } = await start('grandchildren');
    await server.send(request(1));
    await until('the server is up', () => messages.length === 1);
    await until('it has forked', () => processesWith(`TEST_MARKER=${marker}`).length === 4);
    await server.close();
    expect(processesWith(`TEST_MARKER=${marker}`)).toEqual([]);
  });

  test('takes them along after a crash too, and does not wait for the pipes they hold', async () => {
    const { server } = await start('crash-beside-grandchildren');
    expect(await server.ended).toMatchObject({ cause: 'crashed', exitCode: 3 });
    expect(processesWith(`TEST_MARKER=${marker}`)).toEqual([]);
  });

  test('comes to a server that closes its output and lives on', async () => {
    const { server } = await start('close-stdout');
    expect((await server.ended).cause).toBe('stdout_closed');
  });

  test('comes to a server that floods its output without a line end', async () => {
    const { server, messages } = await start('flood-stdout', { lineBytesMax: 100_000, noiseBytesMax: 1_000_000 });
    expect((await server.ended).cause).toBe('noise');
    expect(messages).toEqual([]);
  });

  test('comes to a server that does not answer its first message in time', async () => {
    const { server } = await start('hang', { startTimeoutMs: 100 });
    await server.send(request(1));
    expect((await server.ended).cause).toBe('start_timeout');
  });

  test('comes to a server that killed its guard', async () => {
    const { server } = await start('kill-guard');
    expect((await server.ended).cause).toBe('lifeline_lost');
  });
});

describe('stderr', () => {
  test('is kept to its last lines, without the values of variables', async () => {
    const { server, messages } = await start('flood-stderr', {}, { env: { PASSWORD: 'correct-horse' } });
    await server.send(request(1));
    await until('the server is up', () => messages.length === 1);
    const lines = server.stderr().split('\n');
    expect(lines).toHaveLength(20);
    expect(lines.at(-1)).toBe('line 19999 password=[PASSWORD]');
  });
});

describe('a start', () => {
  test('gives the server the allowed variables, its own, and nothing else of the gateway', async () => {
    marker = randomBytes(8).toString('hex');
    const messages: Buffer[] = [];
    const environment = {
      PATH: process.env['PATH'],
      LC_ALL: 'C',
      CALLGATE_DATABASE_URL: 'postgres://x',
      AWS_SECRET: 'y',
    };
    const result = await startStdioServer(
      { command: process.execPath, args: [fixture, 'environment'], env: { TEST_MARKER: marker, LANG: 'de' } },
      { host: { ...host, environment }, onMessage: (line) => messages.push(line) },
    );
    if (!result.ok) throw new Error(result.error.message);
    started.push(result.value);
    await result.value.send(request(1));
    await until('the answer is there', () => messages.length === 1);
    const seen = parsed(messages[0]).result;
    expect(seen.CALLGATE_CHILD).toMatch(/^[0-9a-f]{32}$/);
    // The shell on the way adds the working folder; some shells add three more.
    for (const name of ['CALLGATE_CHILD', 'PWD', 'SHLVL', 'OLDPWD', '_']) delete seen[name];
    expect(seen).toEqual({ PATH: process.env['PATH'], LC_ALL: 'C', LANG: 'de', TEST_MARKER: marker });
  });

  test.runIf(process.getuid?.() === 0)('as another user leaves no group of root behind', async () => {
    const { server, messages } = await start('identity', {}, { user: '65534:65534', cwd: '/', args: ['-e', identity] });
    await server.send(request(1));
    await until('the answer is there', () => messages.length === 1);
    expect(parsed(messages[0]).result).toEqual({ uid: 65534, groups: [65534], cwd: '/' });
  });

  test.each([
    [{ command: 'no-such-server' }, 'command_not_found', /"no-such-server": not found on PATH \(\/\S+\)/],
    [{ command: './no-such-server' }, 'command_not_found', /no file \/\S+\/no-such-server/],
    [{ command: resolve('package.json') }, 'command_not_executable', /package\.json is not an executable file/],
    [{ command: process.execPath, cwd: '/no/such/folder' }, 'folder_missing', /\/no\/such\/folder/],
    [{ command: process.execPath, env: { 'A-B': 'x' } }, 'invalid_entry', /"A-B"/],
    [{ command: process.execPath, env: { A: 'x\0y' } }, 'invalid_entry', /env\.A contains a NUL/],
    [{ command: process.execPath, args: ['a\0'] }, 'invalid_entry', /NUL/],
    [{ command: '' }, 'invalid_entry', /command is empty/],
    [{ command: process.execPath, args: ['x'.repeat(3_000_000)] }, 'spawn_failed', /E2BIG/],
  ] as const)('of %j fails with %s', async (entry, kind, message) => {
    marker = randomBytes(8).toString('hex');
    const result = await startStdioServer(entry, { host, onMessage: () => {} });
    expect(result).toMatchObject({ ok: false, error: { kind } });
    expect(result.ok ? '' : result.error.message).toMatch(message);
  });
});

describe('kill -9', () => {
  test('of the process that started servers kills them and all their descendants', async () => {
    marker = randomBytes(8).toString('hex');
    const parent = spawn(process.execPath, ['test/fixtures/stdio/parent.js', fixture, 'grandchildren', '3'], {
      env: { ...process.env, FORWARD_MARKER: marker },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(parent.stdout, 'data');
    await until('all are there', () => processesWith(`TEST_MARKER=${marker}`).length === 12);
    parent.kill('SIGKILL');
    await until('all are gone', () => processesWith(`TEST_MARKER=${marker}`).length === 0);
  });

  test('also while a server is being asked to end', async () => {
    marker = randomBytes(8).toString('hex');
    const parent = spawn(process.execPath, ['test/fixtures/stdio/parent.js', fixture, 'ignore-term', '1', 'closing'], {
      env: { ...process.env, FORWARD_MARKER: marker },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(parent.stdout, 'data');
    expect(processesWith(`TEST_MARKER=${marker}`)).toHaveLength(2);
    parent.kill('SIGKILL');
    await until('all are gone', () => processesWith(`TEST_MARKER=${marker}`).length === 0);
  });
});

const identity = `
process.stdin.on('data', () => {
  const result = { uid: process.getuid(), groups: process.getgroups(), cwd: process.cwd() };
  process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id: 1, result }) + '\\n');
});`;
