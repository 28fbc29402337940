/**
 * What scanning a streamed response costs, in chunks of 64 KiB as sockets give them: `node bench/response-scan.ts`.
 * `JSON.parse` of the same bytes stands beside it for scale.
 */
import { Buffer } from 'node:buffer';
import { ResponseScanner } from '../src/core/mcp/json/scan-response.ts';

const MEBIBYTE = 1024 * 1024;
const text = (content: string) => ({
  jsonrpc: '2.0',
  id: 7,
  result: { content: [{ type: 'text', text: content }], isError: false },
});
const filled = (unit: string) => unit.repeat(Math.ceil(MEBIBYTE / JSON.stringify(unit).length));
const rows = Array.from({ length: 11_000 }, (_, n) => ({
  id: n,
  name: `item ${n}`,
  price: n * 1.5,
  tags: ['a', 'b'],
  ok: true,
}));

const inputs: Readonly<Record<string, unknown>> = {
  'plain text, 1 MiB': text(filled('lorem ipsum dolor sit amet, ')),
  'text beyond Latin-1, 1 MiB': text(filled('lorem ipsüm dolor → sit amet, ')),
  'lines of code, 1 MiB': text(filled('  const greeting = "hello";\n')),
  'JSON inside a string, 1 MiB': text(JSON.stringify(rows)),
  'objects, 1 MiB': { jsonrpc: '2.0', id: 7, result: { structuredContent: { rows }, content: [] } },
  'small answer': text('done'),
};

function median(figures: number[]): number {
  return figures.sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
}

function microseconds(work: () => unknown, times: number): number {
  const start = performance.now();
  for (let n = 0; n < times; n += 1) work();
  return ((performance.now() - start) * 1000) / times;
}

console.log('| response | bytes | scan µs | JSON.parse µs |\n|---|---:|---:|---:|');
for (const [name, value] of Object.entries(inputs)) {
  const bytes = Buffer.from(JSON.stringify(value));
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 65_536) chunks.push(bytes.subarray(at, at + 65_536));
  const scan = () => {
    const scanner = new ResponseScanner();
    for (const chunk of chunks) scanner.push(chunk);
    if (!scanner.finish().ok) throw new Error(`the scanner refuses "${name}"`);
  };
  const parse = () => JSON.parse(bytes.toString()) as unknown;
  const times = Math.max(3, Math.round(3_000_000 / bytes.length));
  const [scanned, parsed]: [number[], number[]] = [[], []];
  for (let round = 0; round < 20; round += 1) {
    const [a, b] = [microseconds(scan, times), microseconds(parse, times)];
    if (round < 5) continue;
    scanned.push(a);
    parsed.push(b);
  }
  console.log(`| ${name} | ${bytes.length} | ${median(scanned).toFixed(1)} | ${median(parsed).toFixed(1)} |`);
}
