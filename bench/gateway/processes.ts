// Starts what is measured and reads what the system says of it (Linux: /proc).
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const started = new Set<ChildProcess>();
const folders: string[] = [];

export interface Target {
  readonly name: string;
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly pid: number;
}

/** Runs a program and resolves with what `find` makes of its output, once it makes something. */
export function launch<T>(
  file: string,
  args: readonly string[],
  find: (output: string) => T | undefined,
  env: Record<string, string> = {},
): Promise<{ readonly child: ChildProcess; readonly found: T }> {
  const child = spawn(file, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } });
  started.add(child);
  let output = '';
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const found = find(output);
      if (found !== undefined) resolve({ child, found });
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}: ${output}`)));
  });
}

const address = (output: string): number | undefined => {
  const match = /"port":(\d+)/.exec(output);
  return match === null ? undefined : Number(match[1]);
};

export async function startUpstream(): Promise<number> {
  const { found } = await launch(process.execPath, [join(root, 'bench/gateway/upstream.ts')], address);
  return found;
}

export async function startPassThrough(upstreamPort: number): Promise<Target> {
  const { child, found } = await launch(
    process.execPath,
    [join(root, 'bench/gateway/pass-through.ts'), `http://127.0.0.1:${upstreamPort}/mcp`],
    address,
  );
  return { name: 'bare pass-through', port: found, path: '/mcp', headers: {}, pid: child.pid as number };
}

const TOKEN = 'a grant for measuring, longer than 32'.replaceAll(/\W/g, '-');

/** The gateway with one HTTP server behind it and one grant; `policy` is the document for it. */
export async function startGateway(
  name: string,
  upstreamPort: number,
  policy: object,
  options: { readonly durability?: string; readonly nodeArguments?: readonly string[] } = {},
): Promise<Target & { readonly child: ChildProcess; readonly startMs: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'callgate-bench-'));
  folders.push(folder);
  const stack = {
    version: '1',
    servers: [{ slug: 'bench', http: { url: `http://127.0.0.1:${upstreamPort}/mcp`, allow_private: true } }],
    policies: [{ name: 'bench', server: 'bench', document: policy }],
    grants: [{ label: 'bench', token: TOKEN, servers: { bench: 'bench' } }],
  };
  writeFileSync(join(folder, 'stack.json'), JSON.stringify(stack));
  const begun = performance.now();
  const { child, found } = await launch(
    process.execPath,
    [
      ...(options.nodeArguments ?? []),
      join(root, 'bin/callgate.js'),
      'serve',
      '--apply',
      join(folder, 'stack.json'),
      '--data-dir',
      join(folder, 'data'),
      '--listen',
      '127.0.0.1:0',
      '--control-listen',
      '127.0.0.1:0',
      '--log-level',
      'error',
      '--durability',
      options.durability ?? 'process',
    ],
    (output) => {
      const gateway = /gateway http:\/\/127\.0\.0\.1:(\d+)/.exec(output);
      const control = /control (http:\S+)/.exec(output);
      return gateway === null || control === null
        ? undefined
        : { port: Number(gateway[1]), control: control[1] as string };
    },
    { CALLGATE_SESSIONS: '10000', CALLGATE_STREAMS: '10000', CALLGATE_CONCURRENT_CALLS: '10000' },
  );
  const ready = await fetch(`${found.control}/readyz`);
  if (!ready.ok) throw new Error(`the gateway is not ready: ${await ready.text()}`);
  return {
    name,
    port: found.port,
    path: '/mcp/bench',
    headers: { Authorization: `Bearer ${TOKEN}` },
    pid: child.pid as number,
    child,
    startMs: performance.now() - begun,
  };
}

/** nginx with `proxy_pass`, where it is installed. */
export async function startNginx(upstreamPort: number): Promise<Target | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'callgate-bench-'));
  folders.push(folder);
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; worker_processes 1; pid ${folder}/pid; error_log stderr error;
events { worker_connections 4096; }
http { access_log off; client_body_temp_path ${folder}/a; proxy_temp_path ${folder}/b; fastcgi_temp_path ${folder}/c; uwsgi_temp_path ${folder}/d; scgi_temp_path ${folder}/e;
  upstream up { server 127.0.0.1:${upstreamPort}; keepalive 64; }
  server { listen 127.0.0.1:${port}; location / { proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering on; } } }`,
  );
  const child = spawn('nginx', ['-c', join(folder, 'nginx.conf'), '-p', folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  started.add(child);
  const isThere = await new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(false));
    child.once('spawn', () => setTimeout(() => resolve(child.exitCode === null), 500));
  });
  return isThere ? { name: 'nginx proxy_pass', port, path: '/mcp', headers: {}, pid: child.pid as number } : undefined;
}

/** CPU time of a process and its threads, milliseconds. */
export function cpuMs(pid: number): number {
  const fields = statOf(pid);
  // Clock ticks of 10 ms, as on every Linux since 2.6.
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

export function residentMb(pid: number): number {
  const match = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1] ?? 0) / 1024;
}

function statOf(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

export interface Load {
  readonly requests: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
  readonly bytes: number;
  readonly errors: number;
}

/** Puts load on a target for some seconds, from another process. */
export async function load(
  target: Target,
  body: string,
  connections: number,
  seconds: number,
): Promise<Load & { readonly cpuUs: number }> {
  const headers = {
    'Content-Type': 'application/json',
    Accept: 'application/json, text/event-stream',
    'MCP-Protocol-Version': '2025-11-25',
    ...target.headers,
  };
  const before = cpuMs(target.pid);
  const order = JSON.stringify({ port: target.port, path: target.path, headers, body, connections, seconds });
  const { found } = await launch(process.execPath, [join(root, 'bench/gateway/load.ts'), order], (output) =>
    output.includes('}') ? (JSON.parse(output) as Load) : undefined,
  );
  return { ...found, cpuUs: ((cpuMs(target.pid) - before) * 1000) / Math.max(1, found.requests) };
}

/** Opens a session and gives the target with its id, as all its requests carry it. */
export async function withSession<T extends Target>(target: T): Promise<T> {
  const answer = await fetch(`http://127.0.0.1:${target.port}${target.path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...target.headers },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '1' } },
    }),
  });
  await answer.text();
  const session = answer.headers.get('mcp-session-id');
  return session === null ? target : { ...target, headers: { ...target.headers, 'Mcp-Session-Id': session } };
}

export function stopAll(): void {
  for (const child of started) child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}
