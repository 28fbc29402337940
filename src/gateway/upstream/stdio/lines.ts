/**
 * Cuts a stream of bytes into lines, whatever the chunks look like. A line ends with LF; a CR before it is dropped.
 *
 * Memory is bounded: a line longer than `lineBytesMax` is skipped to its end and reported by its first and last bytes,
 * and what arrives in tiny pieces is copied into one buffer instead of being kept piece by piece.
 */
export class LineSplitter {
  readonly #lineBytesMax: number;
  readonly #sink: LineSink;
  #pending: Buffer = empty;
  #pendingBytes = 0;
  #skipped: { head: Buffer; tail: Buffer; bytes: number } | undefined;

  constructor(lineBytesMax: number, sink: LineSink) {
    this.#lineBytesMax = lineBytesMax;
    this.#sink = sink;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(lf, start); end !== -1; end = chunk.indexOf(lf, start)) {
      this.#endLine(chunk.subarray(start, end));
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
  }

  /** Bytes of a line that has not ended; at the end of the stream they belong to no message. */
  get unfinishedBytes(): number {
    return this.#skipped?.bytes ?? this.#pendingBytes;
  }

  #endLine(rest: Buffer): void {
    if (this.#skipped === undefined && this.#pendingBytes === 0 && rest.length <= this.#lineBytesMax) {
      this.#sink.onLine(withoutCr(rest));
      return;
    }
    this.#keep(rest);
    if (this.#skipped !== undefined) {
      const skipped = this.#skipped;
      this.#skipped = undefined;
      this.#sink.onLongLine(skipped);
      return;
    }
    const line = this.#pending.subarray(0, this.#pendingBytes);
    // The buffer goes with the line; the next long line gets its own.
    this.#pending = empty;
    this.#pendingBytes = 0;
    this.#sink.onLine(withoutCr(line));
  }

  #keep(piece: Buffer): void {
    if (this.#skipped !== undefined) {
      this.#skip(piece);
      return;
    }
    const bytes = this.#pendingBytes + piece.length;
    if (bytes > this.#lineBytesMax) {
      const head = Buffer.concat([this.#pending.subarray(0, this.#pendingBytes), piece.subarray(0, edgeBytes)]);
      this.#skipped = {
        head: Buffer.from(head.subarray(0, edgeBytes)),
        tail: Buffer.from(this.#pending.subarray(Math.max(0, this.#pendingBytes - edgeBytes), this.#pendingBytes)),
        bytes: this.#pendingBytes,
      };
      if (this.#pendingBytes > 0) this.#sink.onSkipped(this.#pendingBytes);
      this.#pending = empty;
      this.#pendingBytes = 0;
      this.#skip(piece);
      return;
    }
    if (bytes > this.#pending.length) {
      const grown = Buffer.allocUnsafeSlow(
        Math.min(this.#lineBytesMax, Math.max(bytes, this.#pending.length * 2, 1024)),
      );
      this.#pending.copy(grown, 0, 0, this.#pendingBytes);
      this.#pending = grown;
    }
    piece.copy(this.#pending, this.#pendingBytes);
    this.#pendingBytes = bytes;
  }

  #skip(piece: Buffer): void {
    const skipped = this.#skipped;
    if (skipped === undefined || piece.length === 0) return;
    skipped.bytes += piece.length;
    skipped.tail = Buffer.concat([skipped.tail, piece.subarray(-edgeBytes)]).subarray(-edgeBytes);
    this.#sink.onSkipped(piece.length);
  }
}

export interface LineSink {
  /** One line without its end. The bytes belong to the receiver. */
  onLine(line: Buffer): void;
  /** Bytes of a line that is too long, as they pass; for whoever bounds their total. */
  onSkipped(bytes: number): void;
  /** A line that was too long has ended. */
  onLongLine(line: LongLine): void;
}

/** What is known of a line that was too long to keep: its first and last 256 bytes and its length. */
export interface LongLine {
  readonly head: Buffer;
  readonly tail: Buffer;
  readonly bytes: number;
}

const lf = 0x0a;
const cr = 0x0d;
const empty = Buffer.alloc(0);
// Enough for `{"jsonrpc":"2.0","id":…,` at either end.
const edgeBytes = 256;

function withoutCr(line: Buffer): Buffer {
  return line.at(-1) === cr ? line.subarray(0, -1) : line;
}
