import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteCollector } from './byte-collector.ts';

test('what is taken is all that was appended, in order, and is independent of the pieces', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 5 }),
    fc.tuple(fc.nat(200_000), fc.nat(255)).map(([length, byte]) => new Uint8Array(length).fill(byte)),
  );
  fc.assert(
    fc.property(fc.array(fc.array(piece, { maxLength: 6 }), { maxLength: 3 }), (rounds) => {
      const collector = new ByteCollector();
      for (const pieces of rounds) {
        const expected = Buffer.concat(pieces);
        for (const bytes of pieces) {
          const copy = bytes.slice();
          collector.append(copy);
          copy.fill(0xaa);
        }
        expect(collector.length).toBe(expected.length);
        expect(expected.equals(collector.take())).toBe(true);
        expect(collector.length).toBe(0);
      }
    }),
  );
});

test('what was taken stays as it is when more is collected', () => {
  const collector = new ByteCollector();
  collector.append(Uint8Array.of(1, 2));
  const taken = collector.take();
  collector.append(Uint8Array.of(3, 4));
  expect([...taken]).toEqual([1, 2]);
});
