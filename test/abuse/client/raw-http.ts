/**
 * An HTTP/1.1 client that writes exactly the bytes it is given and reads whatever comes back, several answers on one
 * connection too. Duplicate headers, odd names and broken framing go out as they are.
 */
import { connect, type Socket } from 'node:net';
import type { Address } from '../gateway-under-test.ts';

export interface RawAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  /** As far as it came. */
  body: Buffer;
  /** False while an event stream is open, and for what broke off. */
  isComplete: boolean;
}

export interface Exchanged {
  readonly answers: readonly RawAnswer[];
  /** Why the connection ended where it was not us who ended it. */
  readonly error: string | undefined;
  /** True when the deadline passed before an answer was complete. */
  readonly isTimedOut: boolean;
  readonly durationMs: number;
}

export interface ExchangeOptions {
  readonly timeoutMs: number;
  /** How long to wait for a further answer after a complete one. */
  readonly lingerMs?: number;
  /** An event stream that is silent for so long after its first event is taken as answered. */
  readonly streamSilenceMs?: number;
  /** Closes the sending half after the last byte. */
  readonly endsSending?: boolean;
}

/** Writes the chunks, as fast as they are taken, and gives what came back. Never rejects. */
export function exchange(
  address: Address,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  options: ExchangeOptions,
): Promise<Exchanged> {
  const startedAt = performance.now();
  const { promise, resolve } = Promise.withResolvers<Exchanged>();
  const reader = new AnswerReader();
  const socket = connect(address.port, address.host);
  let isOver = false;
  let waiting: NodeJS.Timeout | undefined;
  const finish = (error: string | undefined, isTimedOut = false): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(deadline);
    clearTimeout(waiting);
    socket.destroy();
    resolve({ answers: reader.answers, error, isTimedOut, durationMs: performance.now() - startedAt });
  };
  const deadline = setTimeout(() => finish(undefined, true), options.timeoutMs);
  const waitFor = (ms: number): void => {
    clearTimeout(waiting);
    waiting = setTimeout(() => finish(undefined), ms);
  };
  socket.on('data', (chunk: Buffer) => {
    reader.push(chunk);
    const last = reader.answers.at(-1);
    if (last === undefined) return;
    if (last.isComplete) waitFor(options.lingerMs ?? 0);
    else if (isEventStream(last) && last.body.includes('\n\n')) waitFor(options.streamSilenceMs ?? 400);
    else clearTimeout(waiting);
  });
  socket.on('end', () => {
    reader.end();
    finish(undefined);
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    // A peer that answers and closes while we still write resets the connection; what it said came before.
    reader.end();
    finish(error.code ?? error.message);
  });
  socket.on('close', () => finish('closed'));
  socket.on('connect', () => {
    write(socket, chunks, () => isOver).then(
      () => {
        if (options.endsSending === true && !isOver) socket.end();
      },
      () => {},
    );
  });
  return promise;
}

export function isEventStream(answer: RawAnswer): boolean {
  return (answer.headers.get('content-type') ?? '').startsWith('text/event-stream');
}

async function write(
  socket: Socket,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  isOver: () => boolean,
): Promise<void> {
  for await (const chunk of chunks) {
    if (isOver() || socket.destroyed) return;
    if (socket.write(chunk)) continue;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        socket.off('drain', go);
        socket.off('close', go);
        resolve();
      };
      socket.on('drain', go);
      socket.on('close', go);
    });
  }
}

/** Cuts what comes into answers: by Content-Length, chunks, or the end of the connection. */
class AnswerReader {
  readonly answers: RawAnswer[] = [];
  #buffered: Buffer = Buffer.alloc(0);
  #current: RawAnswer | undefined;
  /** Bytes of the body that are still to come; undefined for chunked ones and those that end with the connection. */
  #remaining: number | undefined;
  #isChunked = false;
  readonly #chunks: Buffer[] = [];

  push(chunk: Buffer): void {
    this.#buffered = this.#buffered.length === 0 ? chunk : Buffer.concat([this.#buffered, chunk]);
    while (this.#step()) {}
    if (this.#current !== undefined && this.#chunks.length > 0) this.#collect();
  }

  /** The connection has ended: a body without a length ends with it. */
  end(): void {
    if (this.#current === undefined || this.#isChunked || this.#remaining !== undefined) return;
    this.#current.isComplete = true;
    this.#current = undefined;
  }

  /** True when something was taken from the buffer and more may be. */
  #step(): boolean {
    if (this.#current === undefined) return this.#readHead();
    if (this.#isChunked) return this.#readChunk(this.#current);
    if (this.#buffered.length === 0 && this.#remaining !== 0) return false;
    const take = Math.min(this.#remaining ?? this.#buffered.length, this.#buffered.length);
    this.#chunks.push(this.#buffered.subarray(0, take));
    this.#buffered = this.#buffered.subarray(take);
    if (this.#remaining === undefined) return false;
    this.#remaining -= take;
    if (this.#remaining > 0) return false;
    this.#complete(this.#current);
    return true;
  }

  #readHead(): boolean {
    const end = this.#buffered.indexOf('\r\n\r\n');
    if (end === -1) return false;
    const [statusLine = '', ...lines] = this.#buffered.subarray(0, end).toString('latin1').split('\r\n');
    this.#buffered = this.#buffered.subarray(end + 4);
    const headers = new Map<string, string>();
    for (const line of lines) {
      const colon = line.indexOf(':');
      const name = line.slice(0, colon).toLowerCase();
      const value = line.slice(colon + 1).trim();
      headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value);
    }
    const status = Number(statusLine.split(' ')[1] ?? '0');
    // Interim answers (100 Continue) come before the answer.
    if (status >= 100 && status < 200 && status !== 101) return true;
    const current: RawAnswer = { status, headers, body: Buffer.alloc(0), isComplete: false };
    this.answers.push(current);
    this.#current = current;
    this.#chunks.length = 0;
    this.#isChunked = (headers.get('transfer-encoding') ?? '').toLowerCase() === 'chunked';
    const length = headers.get('content-length');
    this.#remaining = status === 204 || status === 304 ? 0 : length === undefined ? undefined : Number(length);
    return true;
  }

  #readChunk(current: RawAnswer): boolean {
    const lineEnd = this.#buffered.indexOf('\r\n');
    if (lineEnd === -1) return false;
    const size = Number.parseInt(this.#buffered.subarray(0, lineEnd).toString('latin1'), 16);
    const end = lineEnd + 2 + size;
    if (this.#buffered.length < end + 2) return false;
    if (size > 0) this.#chunks.push(this.#buffered.subarray(lineEnd + 2, end));
    this.#buffered = this.#buffered.subarray(end + 2);
    if (size === 0) this.#complete(current);
    return true;
  }

  #complete(current: RawAnswer): void {
    this.#collect();
    current.isComplete = true;
    this.#current = undefined;
    this.#isChunked = false;
  }

  #collect(): void {
    if (this.#current === undefined) return;
    this.#current.body = Buffer.concat([this.#current.body, ...this.#chunks]);
    this.#chunks.length = 0;
  }
}
