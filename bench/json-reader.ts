/**
 * What the strict reader costs, as a ratio to `JSON.parse` of the decoded bytes: `node bench/json-reader.ts`.
 * Rounds of both are interleaved and the medians compared, so that other work on the machine hits both alike.
 */
import { Buffer } from 'node:buffer';
import { readJson } from '../src/core/mcp/json/read.ts';

const limits = { bytes: 64 * 1024 * 1024, depth: 64, nodes: 10_000_000 };
const decoder = new TextDecoder();

const record = (n: number) => ({
  id: n,
  name: `item ${n}`,
  price: n * 100 + 0.5,
  tags: ['a', 'b', `c${n}`],
  nested: { ok: true, none: null, when: '2026-01-01T00:00:00Z' },
});
const call = (args: object) => ({
  jsonrpc: '2.0',
  id: 17,
  method: 'tools/call',
  params: {
    name: 'create_refund',
    arguments: args,
    _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', progressToken: 'p-1' },
  },
});
const prose = (length: number) => 'lorem ipsum dolor sit amet, consectetur. '.repeat(length / 40).slice(0, length);
const code = (length: number) => '  const greeting = "hello";\n'.repeat(length / 20).slice(0, length);

const inputs: Readonly<Record<string, unknown>> = {
  'call, 300 B': call({
    charge: 'ch_3Pq7',
    amount: 1250,
    currency: 'EUR',
    reason: 'sent back, box opened',
    notify: true,
  }),
  'objects, 1 KB': Array.from({ length: 8 }, (_, n) => record(n)),
  'text, 100 KB': call({ path: '/a', content: prose(100_000) }),
  'text with escapes, 100 KB': call({ path: '/a', content: code(90_000) }),
  'text, 1 MB': call({ path: '/a', content: prose(1_000_000) }),
  'text beyond Latin-1, 1 MB': call({ path: '/a', content: `${prose(830_000)}…`.replaceAll('o', '→') }),
  'objects, 1 MB': Array.from({ length: 8_600 }, (_, n) => record(n)),
};

function microseconds(work: () => unknown, times: number): number {
  const start = performance.now();
  for (let n = 0; n < times; n += 1) work();
  return ((performance.now() - start) * 1000) / times;
}

function median(figures: number[]): number {
  return figures.sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
}

console.log('| text | bytes | JSON.parse µs | readJson µs | ratio |\n|---|---:|---:|---:|---:|');
for (const [name, value] of Object.entries(inputs)) {
  const bytes = Buffer.from(JSON.stringify(value));
  const parse = () => JSON.parse(decoder.decode(bytes)) as unknown;
  const read = () => readJson(bytes, limits);
  if (!read().ok) throw new Error(`the reader refuses "${name}"`);
  const times = Math.max(5, Math.round(3_000_000 / bytes.length));
  microseconds(parse, times);
  microseconds(read, times);
  const parsed: number[] = [];
  const taken: number[] = [];
  for (let round = 0; round < 15; round += 1) {
    parsed.push(microseconds(parse, times));
    taken.push(microseconds(read, times));
  }
  const [a, b] = [median(parsed), median(taken)];
  console.log(`| ${name} | ${bytes.length} | ${a.toFixed(2)} | ${b.toFixed(2)} | ${(b / a).toFixed(2)} |`);
}
