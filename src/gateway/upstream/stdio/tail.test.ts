import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TailBuffer } from './tail.ts';

test('the tail is the last bytes of everything pushed, whatever the chunks', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 30 })),
      fc.integer({ min: 1, max: 40 }),
      (chunks, size) => {
        const tail = new TailBuffer(size);
        for (const chunk of chunks) tail.push(Buffer.from(chunk));
        const all = chunks.join('');
        expect(tail.text()).toBe(all.slice(-size));
        expect(tail.totalBytes).toBe(all.length);
        expect(tail.isCut).toBe(all.length > size);
      },
    ),
  );
});
