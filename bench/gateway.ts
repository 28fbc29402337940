// What the gateway costs against a bare pass-through on the same Node that copies the same headers. Rounds are interleaved and
// their order rotates; medians and per-round ratios are printed, because machines are noisy. See docs/measured.md.
import { connect } from 'node:net';
import { parseArgs } from 'node:util';
import {
  type Load,
  load,
  residentMb,
  startGateway,
  startNginx,
  startPassThrough,
  startUpstream,
  stopAll,
  type Target,
  withSession,
} from './gateway/processes.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    only: { type: 'string', default: '' },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const isWanted = (part: string): boolean => values.only === '' || values.only.split(',').includes(part);

const echo = JSON.stringify({
  jsonrpc: '2.0',
  id: '__ID__',
  method: 'tools/call',
  params: { name: 'echo', arguments: { text: 'hello world, this is a small call' } },
});
const big = JSON.stringify({
  jsonrpc: '2.0',
  id: '__ID__',
  method: 'tools/call',
  params: { name: 'big', arguments: {} },
});
const list = JSON.stringify({ jsonrpc: '2.0', id: '__ID__', method: 'tools/list', params: {} });

const limit = { counter: 'calls', window: 'day', max: 1_000_000_000, scope: 'grant' };
const conditions = [{ path: 'args.text', op: 'length_lte', value: 1000 }];
const others = Object.fromEntries(
  Array.from({ length: 99 }, (_, index) => [
    `tool_${index}`,
    { deny_if: [{ conditions: [{ path: 'args.field_1', op: 'eq', value: 'x' }] }], rate_limit: '10/minute' },
  ]),
);
/** Everything on: a hundred rules, a condition, the schema check, a durable counter. */
const whole = {
  version: '1',
  default: 'deny',
  tools: { echo: { require: [{ conditions }], limits: [limit] }, big: {}, ...others },
};

const median = (numbers: readonly number[]): number => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0)) / 2;
};

type Sample = Load & { readonly cpuUs: number };

/** Interleaved rounds over all targets; the first is what the others are divided by. */
async function compare(targets: readonly Target[], body: string, connections: number): Promise<Map<string, Sample[]>> {
  const samples = new Map<string, Sample[]>(targets.map((target) => [target.name, []]));
  for (const target of targets) await load(target, body, connections, 1);
  for (let round = 0; round < rounds; round += 1) {
    for (let index = 0; index < targets.length; index += 1) {
      const target = targets[(index + round) % targets.length] as Target;
      const sample = await load(target, body, connections, seconds);
      if (sample.errors > 0) console.log(`  ! ${target.name}: ${sample.errors} errors`);
      samples.get(target.name)?.push(sample);
    }
  }
  return samples;
}

const ratio = (samples: Map<string, Sample[]>, name: string, base: string, of: (sample: Sample) => number): number =>
  median(
    (samples.get(name) ?? []).map((sample, round) => of(sample) / of((samples.get(base) as Sample[])[round] as Sample)),
  );

function printTable(samples: Map<string, Sample[]>, base: string): void {
  console.log('| | calls/s | ÷ bare | CPU µs/call | ÷ bare | p50 ms | p99 ms |\n|---|---:|---:|---:|---:|---:|---:|');
  for (const [name, list] of samples) {
    const calls = (sample: Sample): number => sample.requests / sample.seconds;
    console.log(
      `| ${name} | ${median(list.map(calls)).toFixed(0)} | ${ratio(samples, name, base, calls).toFixed(2)} | ${median(list.map((sample) => sample.cpuUs)).toFixed(0)} | ${ratio(samples, name, base, (sample) => sample.cpuUs).toFixed(2)} | ${(median(list.map((sample) => sample.p50)) / 1000).toFixed(2)} | ${(median(list.map((sample) => sample.p99)) / 1000).toFixed(2)} |`,
    );
  }
}

try {
  console.log(
    `${rounds} rounds of ${seconds} s, Node ${process.version}; load generator, upstream and gateway share this machine`,
  );
  const upstream = await startUpstream();
  const bare = await startPassThrough(upstream);

  if (isWanted('start')) {
    const starts: number[] = [];
    let idle = 0;
    for (let round = 0; round < rounds; round += 1) {
      const gateway = await startGateway('start', upstream, whole);
      starts.push(gateway.startMs);
      await new Promise((resolve) => setTimeout(resolve, 3000));
      idle = residentMb(gateway.pid);
      gateway.child.kill('SIGKILL');
    }
    console.log(
      `\n## Start and rest\nstart to /readyz: median ${median(starts).toFixed(0)} ms (goal 1,000)\nresident, idle after 3 s: ${idle.toFixed(0)} MB (goal 130)`,
    );
  }

  if (isWanted('calls')) {
    const variants = [
      await startGateway('everything on', upstream, whole),
      await startGateway('durability: power', upstream, whole, { durability: 'power' }),
      await startGateway('without a limit', upstream, {
        ...whole,
        tools: { ...whole.tools, echo: { require: [{ conditions }] } },
      }),
      await startGateway('without schema check', upstream, {
        ...whole,
        tools: { ...whole.tools, echo: { validate_arguments: false, require: [{ conditions }], limits: [limit] } },
      }),
      await startGateway('one rule instead of 100', upstream, {
        version: '1',
        default: 'deny',
        tools: { echo: { require: [{ conditions }], limits: [limit] } },
      }),
      await startGateway('no rules (default allow)', upstream, { version: '1', default: 'allow' }),
    ];
    const targets = [await withSession(bare), ...(await Promise.all(variants.map(withSession)))];
    console.log('\n## Calls, 16 connections (goals: calls/s ÷ bare 0.70, CPU ÷ bare 1.5)');
    printTable(await compare(targets, echo, 16), bare.name);
    console.log('\n## Calls, one at a time (goals: added p50 0.3 ms, p99 2 ms)');
    const lone = await compare([targets[0] as Target, targets[1] as Target], echo, 1);
    printTable(lone, bare.name);
    const added = (of: (sample: Sample) => number): number =>
      median(
        (lone.get('everything on') as Sample[]).map(
          (sample, round) => of(sample) - of((lone.get(bare.name) as Sample[])[round] as Sample),
        ),
      );
    console.log(
      `added by the gateway over the pass-through: p50 ${(added((sample) => sample.p50) / 1000).toFixed(2)} ms, p99 ${(added((sample) => sample.p99) / 1000).toFixed(2)} ms`,
    );
    for (const variant of variants) variant.child.kill('SIGKILL');
  }

  if (isWanted('big')) {
    const gateway = await withSession(await startGateway('everything on', upstream, whole));
    const nginx = await startNginx(upstream);
    console.log('\n## 1 MiB results, 4 connections (goal: MB/s ÷ nginx 0.75)');
    if (nginx === undefined) console.log('nginx is not installed: not measured');
    else {
      const samples = await compare([nginx, gateway, await withSession(bare)], big, 4);
      const rate = (sample: Sample): number => sample.bytes / sample.seconds / 1e6;
      for (const [name, list] of samples)
        console.log(
          `${name}: ${median(list.map(rate)).toFixed(0)} MB/s, ÷ nginx ${ratio(samples, name, nginx.name, rate).toFixed(2)}`,
        );
    }
    gateway.child.kill('SIGKILL');
  }

  if (isWanted('list')) {
    const gateway = await withSession(await startGateway('everything on', upstream, whole));
    console.log('\n## tools/list of 400 tools (2 MB), filtered, repeated, 4 connections (goal: CPU ÷ bare 2)');
    printTable(await compare([await withSession(bare), gateway], list, 4), bare.name);
    gateway.child.kill('SIGKILL');
  }

  if (isWanted('streams')) {
    const gateway = await withSession(await startGateway('everything on', upstream, whole));
    const before = residentMb(gateway.pid);
    const streams = 5_000;
    const open = await openStreams(gateway, streams);
    const after = residentMb(gateway.pid);
    console.log(
      `\n## Idle event streams (goal 30 KB each)\n${open} open: ${before.toFixed(0)} → ${after.toFixed(0)} MB, ${(((after - before) * 1024) / open).toFixed(1)} KB each`,
    );
    gateway.child.kill('SIGKILL');
  }
} finally {
  stopAll();
}

/** Opens event streams and resolves with their number when each has its head. */
function openStreams(target: Target, count: number): Promise<number> {
  const head = Object.entries({
    Host: `127.0.0.1:${target.port}`,
    Accept: 'text/event-stream',
    'MCP-Protocol-Version': '2025-11-25',
    ...target.headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  let open = 0;
  return new Promise((resolve) => {
    const begin = (): void => {
      const socket = connect({ port: target.port, host: '127.0.0.1' }, () =>
        socket.write(`GET ${target.path} HTTP/1.1\r\n${head.join('')}\r\n`),
      );
      socket.on('error', () => {});
      socket.once('data', (chunk) => {
        if (!chunk.toString('latin1').startsWith('HTTP/1.1 200'))
          throw new Error(`no stream: ${chunk.toString('latin1').slice(0, 200)}`);
        open += 1;
        if (open === count) setTimeout(() => resolve(open), 3000);
        else if (open + 49 < count) begin();
      });
    };
    for (let index = 0; index < Math.min(50, count); index += 1) begin();
  });
}
