/**
 * What running a server as a guarded child costs: `node bench/stdio.ts`. Linux. The bare child is the same program under
 * `spawn` alone; arms are interleaved and medians are given. Compare ratios: milliseconds are this machine's.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { openStdioConnection } from '../src/gateway/upstream/stdio/connection.ts';
import type { StdioHost } from '../src/gateway/upstream/stdio/launch.ts';
import { startStdioServer } from '../src/gateway/upstream/stdio/server.ts';

const host: StdioHost = {
  platform: process.platform,
  environment: { PATH: process.env['PATH'] },
  folder: process.cwd(),
  uid: process.getuid?.(),
  dataDirectory: '/nonexistent',
};
const echo = { command: process.execPath, args: ['test/fixtures/stdio/server.js', 'echo'] };
const hello = { command: '/bin/echo', args: ['{}'] };

const firstByte = { bare: [] as number[], guarded: [] as number[] };
const gone: number[] = [];
for (let round = 0; round < 40; round += 1) {
  const start = performance.now();
  const bare = spawn(hello.command, hello.args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  await once(bare.stdout, 'data');
  firstByte.bare.push(performance.now() - start);
  await once(bare, 'close');

  const began = performance.now();
  const first = Promise.withResolvers<number>();
  const server = await startStdioServer(hello, { host, onMessage: () => first.resolve(performance.now()) });
  if (!server.ok) throw new Error(server.error.message);
  firstByte.guarded.push((await first.promise) - began);
  const before = performance.now();
  await server.value.ended;
  gone.push(performance.now() - before);
}
console.log(`start to first byte: bare ${median(firstByte.bare)} ms, guarded ${median(firstByte.guarded)} ms`);
console.log(`from the first byte to exited, swept and gone: ${median(gone)} ms`);

const connection = await openStdioConnection(echo, { host, sharing: 'shared', onNotification: () => {} });
if (!connection.ok) throw new Error(connection.error.message);
await connection.value.request(request(0), { timeoutMs: 10_000 });
console.log(`memory of the guard: ${guardMemory(connection.value.server.pid)}`);

// Detached as well: the kernel shares time between sessions, which alone makes a difference on a busy machine.
const bare = spawn(echo.command, echo.args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
const waiting = new Map<number, () => void>();
createInterface({ input: bare.stdout }).on('line', (line) => {
  const { id } = JSON.parse(line) as { id: number };
  waiting.get(id)?.();
});
const calls = 2_000;
let lastId = 0;
const arms = {
  bare: () =>
    new Promise<void>((resolve) => {
      lastId += 1;
      waiting.set(lastId, resolve);
      bare.stdin.write(`${JSON.stringify(request(lastId))}\n`);
    }),
  connection: async () => {
    lastId += 1;
    await connection.value.request(request(lastId), { timeoutMs: 10_000 });
  },
};
for (const inFlight of [1, 16]) {
  const rates = { bare: [] as number[], connection: [] as number[] };
  const cpu = { bare: [] as number[], connection: [] as number[] };
  for (let round = 0; round < 9; round += 1) {
    for (const name of ['bare', 'connection'] as const) {
      const used = process.cpuUsage();
      rates[name].push(await callsPerSecond(arms[name], inFlight));
      const { user, system } = process.cpuUsage(used);
      cpu[name].push((user + system) / calls);
    }
  }
  for (const name of ['bare', 'connection'] as const) {
    console.log(
      `${inFlight} in flight, ${name}: ${median(rates[name])} calls/s, ${median(cpu[name])} µs CPU a call here`,
    );
  }
}
bare.kill();
await connection.value.close();

async function callsPerSecond(call: () => Promise<void>, inFlight: number): Promise<number> {
  const start = performance.now();
  let left = calls;
  const worker = async () => {
    while (left-- > 0) await call();
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return (calls * 1000) / (performance.now() - start);
}

function request(id: number) {
  return { jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'echo', arguments: { text: 'x'.repeat(200) } } };
}

/** The guard is the other member of the server's process group. */
function guardMemory(group: number): string {
  const guard = readdirSync('/proc').find((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === group) return false;
    const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? '';
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]) === group;
  });
  const rollup = attempt(() => readFileSync(`/proc/${guard}/smaps_rollup`, 'utf8')) ?? '';
  return ['Pss', 'Private_Dirty']
    .map((name) => `${name} ${new RegExp(`^${name}: +(.*)$`, 'm').exec(rollup)?.[1]}`)
    .join(', ');
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

function median(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return middle >= 100 ? middle.toFixed(0) : middle.toFixed(2);
}
