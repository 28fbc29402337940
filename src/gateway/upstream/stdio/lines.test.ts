import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineSplitter, type LongLine } from './lines.ts';

/** Splits `bytes`, given in chunks that end at `cuts`. */
function split(bytes: Buffer, cuts: readonly number[], lineBytesMax: number) {
  const lines: string[] = [];
  const long: LongLine[] = [];
  let skipped = 0;
  const splitter = new LineSplitter(lineBytesMax, {
    onLine: (line) => lines.push(line.toString('latin1')),
    onSkipped: (count) => {
      skipped += count;
    },
    onLongLine: (line) => long.push(line),
  });
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b).concat(bytes.length)) {
    splitter.push(bytes.subarray(from, cut));
    from = Math.max(from, cut);
  }
  return { lines, long, skipped, unfinished: splitter.unfinishedBytes };
}

describe('lines', () => {
  test('are the same however the bytes are cut into chunks', () => {
    const text = fc.array(fc.constantFrom('{', 'é', '\r', '\n', '\r\n', 'x'.repeat(40)), { maxLength: 40 });
    fc.assert(
      fc.property(text, fc.array(fc.nat(800), { maxLength: 20 }), (parts, cuts) => {
        const bytes = Buffer.from(parts.join(''));
        const inside = cuts.filter((cut) => cut <= bytes.length);
        const expected = bytes.toString('latin1').split('\n');
        const last = expected.pop() ?? '';
        const result = split(bytes, inside, 10_000);
        expect(result.lines).toEqual(expected.map((line) => line.replace(/\r$/, '')));
        expect(result.unfinished).toBe(last.length);
      }),
    );
  });

  test('over the bound are skipped, reported with both ends, and counted, however they are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3000), { maxLength: 20 }), (cuts) => {
        const long = `head${'-'.repeat(2000)}tail`;
        const result = split(Buffer.from(`before\n${long}\nafter\n`), cuts, 1000);
        expect(result.lines).toEqual(['before', 'after']);
        expect(result.skipped).toBe(long.length);
        expect(result.long).toHaveLength(1);
        expect(String(result.long[0]?.head)).toBe(long.slice(0, 256));
        expect(String(result.long[0]?.tail)).toBe(long.slice(-256));
        expect(result.long[0]?.bytes).toBe(long.length);
      }),
    );
  });

  test('of exactly the bound pass, and one byte more does not', () => {
    expect(split(Buffer.from(`${'a'.repeat(100)}\n`), [50], 100).lines).toEqual(['a'.repeat(100)]);
    expect(split(Buffer.from(`${'a'.repeat(101)}\n`), [50], 100).lines).toEqual([]);
    expect(split(Buffer.from(`${'a'.repeat(101)}\n`), [], 100).lines).toEqual([]);
  });

  test('that arrive a byte at a time cost no more memory than their bytes', () => {
    const splitter = new LineSplitter(2_000_000, { onLine: () => {}, onSkipped: () => {}, onLongLine: () => {} });
    const before = process.memoryUsage().arrayBuffers;
    for (let byte = 0; byte < 1_000_000; byte++) splitter.push(Buffer.of(120));
    expect(splitter.unfinishedBytes).toBe(1_000_000);
    globalThis.gc?.();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
  });
});
