// A closed-loop load generator in a process of its own: every connection sends its next request when its answer is
// complete. Prints one JSON line: requests, seconds, latency percentiles in microseconds, bytes, errors.
import { connect, type Socket } from 'node:net';

interface Order {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly connections: number;
  readonly seconds: number;
}

const order = JSON.parse(process.argv[2] ?? '{}') as Order;
const { port, path, headers, body, connections, seconds } = order;
const lines = Object.entries({ Host: `127.0.0.1:${port}`, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
/** Ids differ, so that an answer to another request would be noticed by its length only where ids are as long. */
const requests = Array.from({ length: 1000 }, (_, index) => {
  const text = body.replace('"__ID__"', String(100_000 + index));
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\n${lines.join('')}Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
});

const latencies: number[] = [];
let bytes = 0;
let errors = 0;
let sent = 0;
let isOver = false;

function run(socket: Socket): void {
  let startedAt = 0;
  let head = '';
  let remaining = -1;
  const next = (): void => {
    if (isOver) return void socket.destroy();
    startedAt = performance.now();
    head = '';
    remaining = -1;
    sent += 1;
    socket.write(requests[sent % requests.length] as Buffer);
  };
  socket.setNoDelay(true);
  socket.on('connect', next);
  socket.on('error', () => {
    if (!isOver) errors += 1;
  });
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    let body = chunk.length;
    if (remaining < 0) {
      head += chunk.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = /\r\ncontent-length: *(\d+)/i.exec(head);
      const isChunked = /\r\ntransfer-encoding: *chunked/i.test(head);
      if (!head.startsWith('HTTP/1.1 200')) errors += 1;
      body = head.length - end - 4;
      // A chunked answer ends with its last chunk; lengths of pieces need not be read for that.
      remaining = isChunked ? Number.POSITIVE_INFINITY : Number(length?.[1] ?? 0);
    }
    if (remaining === Number.POSITIVE_INFINITY) {
      if (!chunk.subarray(-5).equals(LAST_CHUNK)) return;
    } else {
      remaining -= body;
      if (remaining > 0) return;
    }
    latencies.push((performance.now() - startedAt) * 1000);
    next();
  });
}

const LAST_CHUNK = Buffer.from('0\r\n\r\n');
const begun = performance.now();
for (let index = 0; index < connections; index += 1) run(connect({ port, host: '127.0.0.1' }));
setTimeout(() => {
  isOver = true;
  const elapsed = (performance.now() - begun) / 1000;
  latencies.sort((a, b) => a - b);
  const at = (share: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  console.log(
    JSON.stringify({ requests: latencies.length, seconds: elapsed, p50: at(0.5), p99: at(0.99), bytes, errors }),
  );
  process.exit(0);
}, seconds * 1000);
