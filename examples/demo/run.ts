// Plays a whole session against a real server: what is allowed, what is refused and why, what is hidden, and the record
// of it all. Run it with `npm run demo`; it leaves nothing behind.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const dataDirectory = mkdtempSync(join(tmpdir(), 'callgate-demo-'));
const callgate = (...args: string[]): ReturnType<typeof spawn> =>
  spawn(process.execPath, [join(root, 'bin/callgate.js'), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });

const say = (text = ''): void => console.log(text);

/** Starts the gateway on free ports and gives its address and the grant's token. */
async function start(): Promise<{
  readonly gateway: string;
  readonly token: string;
  readonly stop: () => Promise<void>;
}> {
  const server = callgate(
    'serve',
    '--example',
    '--data-dir',
    dataDirectory,
    '--listen',
    '127.0.0.1:0',
    '--control-listen',
    '127.0.0.1:0',
    '--log-level',
    'error',
  );
  let printed = '';
  await new Promise<void>((resolve, reject) => {
    server.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if (printed.includes('Ctrl-C')) resolve();
    });
    server.once('exit', (code) => reject(new Error(`the gateway ended with code ${code}`)));
  });
  const gateway = /gateway +(http:\S+)/.exec(printed)?.[1];
  if (gateway === undefined) throw new Error('the gateway did not print its address');
  return {
    gateway,
    token: readFileSync(join(dataDirectory, 'example-token'), 'utf8').trim(),
    stop: () =>
      new Promise((resolve) => {
        server.once('exit', () => resolve());
        server.kill('SIGTERM');
      }),
  };
}

/** The limit counts by the minute: a burst that began in its last seconds would be spread over two of them. */
async function waitForFreshMinute(): Promise<void> {
  const left = 60 - (Math.floor(Date.now() / 1000) % 60);
  if (left >= 20) return;
  say(`  (waiting ${left} s for the next minute, so that all twelve calls fall into one)`);
  await pause(left * 1000 + 200);
}

interface ToolResult {
  readonly isError?: boolean;
  readonly content: readonly { readonly type: string; readonly text?: string }[];
  readonly _meta?: { readonly 'callgate/decision'?: { readonly rule: string; readonly retryAfterSeconds?: number } };
}

const { gateway, token, stop } = await start();
let isAsExpected = true;
const expect = (condition: boolean, what: string): void => {
  if (condition) return;
  isAsExpected = false;
  say(`  NOT AS EXPECTED: ${what}`);
};

try {
  say(`A gateway runs at ${gateway}, a real MCP file server behind it, a policy of a few rules in front.`);
  const client = new Client({ name: 'demo', version: '1' });
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${gateway}/mcp/files`), {
      requestInit: { headers: { Authorization: `Bearer ${token}` } },
    }),
  );
  const call = async (name: string, args: Record<string, unknown>): Promise<ToolResult> =>
    (await client.callTool({ name, arguments: args })) as ToolResult;
  const textOf = (result: ToolResult): string => (result.content[0]?.text ?? '').split('\n')[0] ?? '';

  say('\n1. What the agent sees');
  const tools = (await client.listTools()).tools.map((tool) => tool.name);
  say(`  ${tools.join(', ')}`);
  say(`  move_file is hidden: ${tools.includes('move_file') ? 'no' : 'yes, it is not in the list'}`);
  expect(!tools.includes('move_file') && tools.includes('write_file'), 'move_file is hidden, write_file is listed');

  say('\n2. Twelve reads; the rule allows ten a minute');
  await waitForFreshMinute();
  const results: ToolResult[] = [];
  for (let index = 1; index <= 12; index += 1) {
    const result = await call('read_text_file', { path: 'notes.txt' });
    results.push(result);
    const retry = result._meta?.['callgate/decision']?.retryAfterSeconds;
    say(
      `  ${String(index).padStart(2)}  ${result.isError === true ? `${textOf(result)}${retry === undefined ? '' : `  (retry in ${retry} s)`}` : 'allowed'}`,
    );
  }
  const refused = results.filter((result) => result.isError === true);
  expect(
    refused.length === 2 &&
      refused.every(
        (result) =>
          textOf(result).startsWith('[POLICY DENIED]') &&
          result._meta?.['callgate/decision']?.retryAfterSeconds !== undefined,
      ),
    'ten are allowed, two are refused and say when to retry',
  );

  say('\n3. Refusals that tell the agent why');
  for (const [name, args] of [
    ['write_file', { path: 'notes.txt', content: 'changed' }],
    ['create_directory', { path: 'new' }],
    ['move_file', { source: 'notes.txt', destination: 'gone.txt' }],
    ['list_directory', { path: '.', Path: '/etc' }],
  ] as const) {
    const result = await call(name, args);
    say(`  ${name.padEnd(17)} ${textOf(result)}`);
    expect(result.isError === true, `${name} is refused`);
  }
  expect(
    !readFileSync(join(root, 'examples/files/data/notes.txt'), 'utf8').includes('changed'),
    'the file is as it was',
  );
  await client.close();

  say('\n4. What was decided, from the log (npm run -s callgate -- logs)');
  const logs = callgate('logs', '--method', 'tools/call', '-n', '20', '--data-dir', dataDirectory);
  let log = '';
  logs.stdout?.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  await new Promise((resolve) => logs.once('exit', resolve));
  say(log.replaceAll(/^/gm, '  ').trimEnd());
  expect(log.trim().split('\n').length === 16, 'every call has its row');
} finally {
  await stop();
  rmSync(dataDirectory, { recursive: true, force: true });
}
say(isAsExpected ? '\nAll as expected.' : '\nSomething was not as expected.');
process.exitCode = isAsExpected ? 0 : 1;
