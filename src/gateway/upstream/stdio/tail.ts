/** Keeps the last bytes of a stream, in a buffer that is allocated when the first byte comes. */
export class TailBuffer {
  readonly #capacity: number;
  #ring: Buffer | undefined;
  #written = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  push(chunk: Buffer): void {
    this.#ring ??= Buffer.alloc(this.#capacity);
    const kept = chunk.subarray(-this.#capacity);
    this.#written += chunk.length - kept.length;
    let at = this.#written % this.#capacity;
    for (let from = 0; from < kept.length; at = 0) {
      from += kept.copy(this.#ring, at, from);
    }
    this.#written += kept.length;
  }

  /** Bytes that went through, kept or not. */
  get totalBytes(): number {
    return this.#written;
  }

  /** Whether older bytes were dropped, so that the first line may be half a line. */
  get isCut(): boolean {
    return this.#written > this.#capacity;
  }

  text(): string {
    if (this.#ring === undefined) return '';
    if (!this.isCut) return this.#ring.toString('utf8', 0, this.#written);
    const at = this.#written % this.#capacity;
    return Buffer.concat([this.#ring.subarray(at), this.#ring.subarray(0, at)]).toString('utf8');
  }
}
