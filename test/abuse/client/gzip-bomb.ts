/** Compressed bodies, small ones and bombs: a gigabyte of one text is packed once and its blocks are repeated. */
import { constants, crc32, deflateRawSync, gzipSync } from 'node:zlib';

/** The text, compressed once or twice. */
export function gzipped(text: string, times: 1 | 2): Buffer {
  const once = gzipSync(Buffer.from(text, 'utf8'));
  return times === 1 ? once : gzipSync(once);
}

export interface Bomb {
  /** Compressed bytes. */
  readonly length: number;
  chunks(): Iterable<Buffer>;
}

/** Largest block that is packed in one go, unpacked bytes. */
const BLOCK_BYTES = 32 << 20;

/** A gzip member (RFC 1952) that unpacks to `count` characters of a repeated one-byte text. */
export function gzipBomb(text: string, count: number): Bomb {
  const unit = Buffer.from(text, 'latin1');
  const blockLength = Math.min(BLOCK_BYTES - (BLOCK_BYTES % unit.length), count);
  const block = Buffer.alloc(blockLength, unit);
  const repeats = Math.floor(count / blockLength);
  const rest = block.subarray(0, count % blockLength);
  // A full flush ends each block on a byte and forgets what came before it, so that blocks can be repeated.
  const packed = deflateRawSync(block, { level: 9, finishFlush: constants.Z_FULL_FLUSH });
  const packedRest = deflateRawSync(rest, { level: 9 });
  const head = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
  return {
    length: head.length + packed.length * repeats + packedRest.length + 8,
    *chunks() {
      yield head;
      let sum = 0;
      for (let index = 0; index < repeats; index += 1) {
        yield packed;
        // Only a peer that unpacks everything makes this be worked out.
        sum = crc32(block, sum);
      }
      yield packedRest;
      const tail = Buffer.alloc(8);
      tail.writeUInt32LE(crc32(rest, sum) >>> 0, 0);
      tail.writeUInt32LE(count % 2 ** 32, 4);
      yield tail;
    },
  };
}
