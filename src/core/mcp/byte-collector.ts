const FIRST_BLOCK = 256;
const LARGEST_BLOCK = 64 * 1024;

/**
 * Collects bytes that come in pieces until they are wanted as one. It copies them, because the pieces belong to the
 * caller; every byte is copied at most twice, however many pieces there are, and nothing is kept after `take`.
 */
export class ByteCollector {
  #length = 0;
  #blocks: Uint8Array[] = [];
  /** Bytes used of the last block; the others are full. */
  #used = 0;

  /** How many bytes there are. */
  get length(): number {
    return this.#length;
  }

  append(bytes: Uint8Array): void {
    this.#length += bytes.length;
    const last = this.#blocks.at(-1);
    const room = last === undefined ? 0 : last.length - this.#used;
    const fitting = bytes.length <= room ? bytes : bytes.subarray(0, room);
    last?.set(fitting, this.#used);
    this.#used += fitting.length;
    if (fitting.length === bytes.length) return;

    const rest = bytes.subarray(fitting.length);
    // Blocks grow with what there is, so that single bytes make few blocks and few bytes make small ones.
    const size = Math.max(rest.length, Math.min(LARGEST_BLOCK, Math.max(FIRST_BLOCK, this.#length)));
    const block = new Uint8Array(size);
    block.set(rest);
    this.#blocks.push(block);
    this.#used = rest.length;
  }

  /** All bytes as one; the collector is empty afterwards. */
  take(): Uint8Array {
    const last = this.#blocks.at(-1)?.subarray(0, this.#used);
    const blocks = last === undefined ? [] : [...this.#blocks.slice(0, -1), last];
    const length = this.#length;
    this.clear();
    if (blocks.length === 1 && last !== undefined) return last;
    const whole = new Uint8Array(length);
    let at = 0;
    for (const block of blocks) {
      whole.set(block, at);
      at += block.length;
    }
    return whole;
  }

  clear(): void {
    this.#length = 0;
    this.#blocks = [];
    this.#used = 0;
  }
}
