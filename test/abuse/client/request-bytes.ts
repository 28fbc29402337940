/** From a row to the bytes on the wire: nothing is corrected on the way. */
import type { BodyGen, RawRequest } from '../row.ts';
import { gzipBomb, gzipped } from './gzip-bomb.ts';

export interface RequestBytes {
  readonly chunks: () => Iterable<Uint8Array>;
}

const CHUNK_BYTES = 64 * 1024;

/** The request of `transport: http`, with every placeholder filled already. */
export function httpRequestBytes(request: RawRequest, host: string): RequestBytes {
  const headers = (request.headers ?? []).map(([name, value]) => [expandRuns(name), expandRuns(value)] as const);
  const has = (wanted: string): boolean => headers.some(([name]) => name.trim().toLowerCase() === wanted);
  const body = bodyOf(request);
  const method = request.method ?? 'POST';
  const lines = [
    `${method} ${expandRuns(request.path ?? '/')} HTTP/1.1`,
    ...(has('host') ? [] : [`Host: ${host}`]),
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  const coding = headers.find(([name]) => name.toLowerCase() === 'transfer-encoding')?.[1];
  const isFramed = has('content-length') || coding !== undefined;
  if (!isFramed && (body !== undefined || method === 'POST')) lines.push(`Content-Length: ${body?.length ?? 0}`);
  const head = encodeText(`${lines.join('\r\n')}\r\n\r\n`);
  const isChunked = coding?.trim().toLowerCase() === 'chunked';
  return {
    *chunks() {
      yield head;
      if (body === undefined) return;
      if (!isChunked) return yield* body.chunks();
      for (const chunk of body.chunks()) {
        if (chunk.length === 0) continue;
        yield Buffer.from(`${chunk.length.toString(16)}\r\n`);
        yield chunk;
        yield Buffer.from('\r\n');
      }
      yield Buffer.from('0\r\n\r\n');
    },
  };
}

/** The bytes of `transport: raw-tcp`. */
export function rawBytes(request: RawRequest): RequestBytes {
  const bytes =
    request.bytesB64 === undefined
      ? encodeText(expandRuns(request.bytes ?? ''))
      : Buffer.from(request.bytesB64, 'base64');
  return { chunks: () => [bytes] };
}

/** `<65536 x a>` stands for 65,536 times `a`: a file of cases would be too long otherwise. */
export function expandRuns(text: string): string {
  return text.replaceAll(/<(\d{1,9}) x ([^>]+)>/g, (_, count: string, unit: string) => unit.repeat(Number(count)));
}

interface Body {
  readonly length: number;
  chunks(): Iterable<Uint8Array>;
}

function bodyOf(request: RawRequest): Body | undefined {
  if (request.body !== undefined) return ofBytes(Buffer.from(request.body, 'utf8'));
  if (request.bodyB64 !== undefined) return ofBytes(Buffer.from(request.bodyB64, 'base64'));
  if (request.bodyGz !== undefined) return ofBytes(gzipped(request.bodyGz, 1));
  if (request.bodyGz2 !== undefined) return ofBytes(gzipped(request.bodyGz2, 2));
  if (request.bodyGen !== undefined) return generated(request.bodyGen);
  return undefined;
}

function ofBytes(bytes: Uint8Array): Body {
  return { length: bytes.length, chunks: () => [bytes] };
}

/** A body too long to be written down: made while it is sent. */
function generated(gen: BodyGen): Body {
  const count = gen.count ?? 1;
  if (gen.gzipOf !== undefined) return gzipBomb(gen.gzipOf, count);
  const parts: readonly (readonly [string, number])[] =
    gen.unit === undefined
      ? [
          [gen.prefix ?? '', 1],
          [gen.open ?? '', count],
          [gen.core ?? '', 1],
          [gen.close ?? '', count],
          [gen.suffix ?? '', 1],
        ]
      : [
          [gen.prefix ?? '', 1],
          [gen.unit, count],
          [gen.suffix ?? '', 1],
        ];
  return {
    length: parts.reduce((sum, [text, times]) => sum + Buffer.byteLength(text) * times, 0),
    *chunks() {
      for (const [text, times] of parts) yield* repeated(text, times);
    },
  };
}

function* repeated(text: string, times: number): Generator<Uint8Array> {
  const unit = Buffer.from(text, 'utf8');
  if (unit.length === 0) return;
  const perBlock = Math.max(1, Math.floor(CHUNK_BYTES / unit.length));
  const block = Buffer.alloc(Math.min(perBlock, times) * unit.length, unit);
  let left = times;
  for (; left >= perBlock; left -= perBlock) yield block;
  if (left > 0) yield block.subarray(0, left * unit.length);
}

/** One character a byte, as HTTP heads are written; text beyond Latin-1 as UTF-8. */
function encodeText(text: string): Buffer {
  // oxlint-disable-next-line no-control-regex -- Latin-1 is what is asked for
  return /^[\0-\xff]*$/.test(text) ? Buffer.from(text, 'latin1') : Buffer.from(text, 'utf8');
}
