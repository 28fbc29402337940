/** One event stream towards a client: order kept, back-pressure told, silence filled with comments. */
import type { ServerResponse } from 'node:http';
import { encodeEvent } from '../../core/mcp/event-stream.ts';

export interface OutgoingEvent {
  readonly data: string;
  readonly id?: string;
  readonly event?: string;
  readonly retry?: number;
}

export class EventWriter {
  readonly #response: ServerResponse;
  #lastWriteAt = 0;
  #isOver = false;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  /** Sends the head of the answer; headers already set on the response go along. */
  start(headers: Readonly<Record<string, string>> = {}): void {
    this.#response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      // Intermediaries that buffer would hold back events (MCP 2026-07-28 transports).
      'x-accel-buffering': 'no',
      ...headers,
    });
    this.#response.flushHeaders();
  }

  /** False when the client reads slower than the server sends: stop until `onDrain`. */
  send(event: OutgoingEvent): boolean {
    if (this.#isOver) return true;
    this.#lastWriteAt = performance.now();
    return this.#response.write(encodeEvent(event));
  }

  onDrain(callback: () => void): void {
    this.#response.once('drain', callback);
  }

  /** A comment line when nothing was written for `silenceMs`. */
  keepAlive(silenceMs: number): void {
    if (this.#isOver || performance.now() - this.#lastWriteAt < silenceMs) return;
    this.#lastWriteAt = performance.now();
    this.#response.write(': keep-alive\n\n');
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#response.end();
  }

  get isOver(): boolean {
    return this.#isOver || this.#response.destroyed;
  }
}

/** All open streams, so that one timer serves them. */
export class OpenStreams {
  readonly #streams = new Set<EventWriter>();
  readonly #timer: NodeJS.Timeout;

  constructor(keepAliveMs: number) {
    this.#timer = setInterval(
      () => {
        for (const stream of this.#streams) {
          if (stream.isOver) this.#streams.delete(stream);
          else stream.keepAlive(keepAliveMs);
        }
      },
      Math.max(250, keepAliveMs / 3),
    );
    this.#timer.unref();
  }

  add(stream: EventWriter): void {
    this.#streams.add(stream);
  }

  get count(): number {
    return this.#streams.size;
  }

  remove(stream: EventWriter): void {
    this.#streams.delete(stream);
  }

  close(): void {
    clearInterval(this.#timer);
    for (const stream of this.#streams) stream.end();
    this.#streams.clear();
  }
}
