import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { processesWith, until } from '../../../../test/fixtures/stdio/processes.ts';
import type { StdioSandbox } from './entry.ts';
import { findSandbox } from './sandbox.ts';
import { type StdioServer, startStdioServer } from './server.ts';

const works = (await findSandbox()).ok;
const root = mkdtempSync(join(tmpdir(), 'callgate-sandbox-'));
const folder = (name: string) => {
  mkdirSync(join(root, name), { recursive: true });
  writeFileSync(join(root, name, 'file'), `content of ${name}`);
  return join(root, name);
};
const dataDirectory = folder('data');
const readable = folder('readable');
const writable = folder('writable');
const other = folder('other');
// The data directory may lie within what is shown; it is hidden all the same.
const within = folder('readable/data');
const program = dirname(process.execPath);
const fixtures = resolve('test/fixtures/stdio');

let marker = '';
const started: StdioServer[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.close()));
  expect(processesWith(`TEST_MARKER=${marker}`)).toEqual([]);
});

async function startIn(sandbox: StdioSandbox, args: string[], data = dataDirectory, user?: string) {
  marker = randomBytes(8).toString('hex');
  const host = {
    platform: process.platform,
    environment: process.env,
    folder: '/usr',
    uid: process.getuid?.(),
    dataDirectory: data,
  };
  const messages: Buffer[] = [];
  const env = { TEST_MARKER: marker };
  const result = await startStdioServer(
    { command: process.execPath, args, env, sandbox, ...(user !== undefined && { user }) },
    { host, onMessage: (line) => messages.push(line) },
  );
  if (!result.ok) return result;
  started.push(result.value);
  await result.value.send('{"jsonrpc":"2.0","id":1,"method":"ask"}');
  await until('it answered', () => messages.length > 0 || result.value.stderr() !== '');
  expect(result.value.stderr()).toBe('');
  return { ok: true as const, server: result.value, answer: JSON.parse(String(messages[0])).result };
}

/** What a sandboxed program can do with a list of files: `can read/can write`. */
const probe = `
const { existsSync, readFileSync, writeFileSync, readdirSync } = require('node:fs');
const able = (action) => { try { action(); return true; } catch { return false; } };
process.stdin.on('data', () => {
  const files = process.argv.slice(1).map((file) =>
    able(() => readFileSync(file)) + '/' + able(() => writeFileSync(file, 'changed')));
  const processes = readdirSync('/proc').filter((name) => /^\\d+$/.test(name)).length;
  process.stdout.write(JSON.stringify({ result: { files, processes, network: Object.keys(require('node:os').networkInterfaces()) } }) + '\\n');
});`;

describe.runIf(works)('a sandboxed server', () => {
  test('reads the readable, writes the writable, and sees neither the data directory nor anything else', async () => {
    const files = [readable, writable, other, dataDirectory].map((path) => join(path, 'file'));
    const result = await startIn({ readable: [program, readable], writable: [writable] }, ['-e', probe, ...files]);
    expect(result).toMatchObject({ ok: true });
    if (!result.ok) return;
    expect(result.answer.files).toEqual(['true/false', 'true/true', 'false/false', 'false/false']);
    expect(readFileSync(join(writable, 'file'), 'utf8')).toBe('changed');
    expect(existsSync(join(dataDirectory, 'file'))).toBe(true);
    expect(result.answer.processes).toBeLessThan(4);
  });

  test('does not see the data directory inside a folder that it may read', async () => {
    const files = [join(readable, 'file'), join(within, 'file')];
    const result = await startIn({ readable: [program, readable] }, ['-e', probe, ...files], within);
    expect(result.ok && result.answer.files).toEqual(['true/false', 'false/false']);
  });

  test('has no network interface but its own when the network is switched off', async () => {
    const result = await startIn({ readable: [program], network: false }, ['-e', probe]);
    expect(result.ok && result.answer.network.filter((name: string) => name !== 'lo')).toEqual([]);
  });

  test('dies with descendants that left its process group and cleared their environment', async () => {
    const escape = `
const { spawn } = require('node:child_process');
spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', '${fixtures}'], { detached: true, stdio: 'ignore', env: {} });
process.stdin.on('data', () => process.stdout.write('{"result":{}}\\n'));`;
    const result = await startIn({ readable: [program] }, ['-e', escape]);
    if (!result.ok) throw new Error(result.error.message);
    const escaped = () => processesRunning(fixtures, '-e\0setInterval');
    await until('the escaped process is there', () => escaped() === 1);
    await result.server.close();
    expect(escaped()).toBe(0);
  });

  test.runIf(process.getuid?.() === 0)('works for another user too', async () => {
    const result = await startIn({ readable: [program] }, ['-e', probe, '/etc/shadow'], dataDirectory, '65534:65534');
    expect(result.ok && result.answer.files).toEqual(['false/false']);
  });

  test('is not started when its command is not in the sandbox', async () => {
    expect(await startIn({}, [])).toMatchObject({ ok: false, error: { kind: 'sandbox_hides_command' } });
  });

  test.each([
    [{ readable: ['relative'] }, 'invalid_entry'],
    [{ readable: ['/no/such'] }, 'folder_missing'],
  ] as const)('is not started with %j', async (sandbox, kind) => {
    expect(await startIn(sandbox, [])).toMatchObject({ ok: false, error: { kind } });
  });
});

test('where bubblewrap is missing or does not work, no sandbox is found, and the reason says which', async () => {
  expect(await findSandbox(undefined, ['/no/such/bwrap'])).toMatchObject({
    ok: false,
    error: { kind: 'sandbox_unavailable', message: expect.stringContaining('is not installed') },
  });
  expect(await findSandbox(undefined, ['/bin/false'])).toMatchObject({
    ok: false,
    error: { kind: 'sandbox_unavailable', message: expect.stringContaining('/bin/false does not work here') },
  });
});

function processesRunning(...texts: string[]): number {
  return processesWith('').filter((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
      return texts.every((text) => line.includes(text)) && !line.includes('bwrap') && !line.includes('callgate-child');
    } catch {
      return false;
    }
  }).length;
}
