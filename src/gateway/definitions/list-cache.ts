/**
 * Edited lists, kept by what they were made from: the bytes the server sent, the state of its pins, and the policy that
 * filtered them. Servers send the same long list again and again; reading two megabytes takes longer than hashing them.
 */
import { hash } from 'node:crypto';

const BYTES_MAX = 32 << 20;
/** Shorter lists are read faster than they are looked up. */
const BYTES_WORTHWHILE = 4 * 1024;

export class ListCache {
  readonly #texts = new Map<string, string>();
  #bytes = 0;

  get(madeFrom: string, resultBytes: Uint8Array): string | undefined {
    if (resultBytes.length < BYTES_WORTHWHILE) return undefined;
    const key = cacheKey(madeFrom, resultBytes);
    const text = this.#texts.get(key);
    if (text !== undefined) {
      // The newest use goes to the end; the oldest is dropped first.
      this.#texts.delete(key);
      this.#texts.set(key, text);
    }
    return text;
  }

  put(madeFrom: string, resultBytes: Uint8Array, text: string): void {
    const key = cacheKey(madeFrom, resultBytes);
    if (resultBytes.length < BYTES_WORTHWHILE || text.length > BYTES_MAX / 4 || this.#texts.has(key)) return;
    this.#texts.set(key, text);
    this.#bytes += text.length;
    for (const [oldest, oldText] of this.#texts) {
      if (this.#bytes <= BYTES_MAX) break;
      this.#texts.delete(oldest);
      this.#bytes -= oldText.length;
    }
  }
}

function cacheKey(madeFrom: string, resultBytes: Uint8Array): string {
  return `${madeFrom}\0${hash('sha256', resultBytes)}`;
}
