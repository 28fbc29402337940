import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { gzipBomb, gzipped } from './gzip-bomb.ts';

test('a bomb unpacks to what it says, over several blocks, and knows its length', () => {
  const bomb = gzipBomb('ab', (32 << 20) * 2 + 7);
  const bytes = Buffer.concat([...bomb.chunks()]);
  expect(bytes.length).toBe(bomb.length);
  expect(bytes.length).toBeLessThan(200_000);
  const unpacked = gunzipSync(bytes);
  expect(unpacked.length).toBe((32 << 20) * 2 + 7);
  expect(unpacked.subarray(-3).toString()).toMatch(/^(?:aba|bab)$/);
});

test('a body can be compressed twice', () => {
  expect(gunzipSync(gunzipSync(gzipped('x', 2))).toString()).toBe('x');
});
