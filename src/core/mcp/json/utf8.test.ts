import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeUtf8, firstIllFormedByte, utf8Length } from './utf8.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const text = fc.string({ unit: 'binary', maxLength: 30 }).map((drawn) => drawn.toWellFormed());

describe('UTF-8', () => {
  test('bytes have an ill-formed place exactly when they do not decode, and everything before it decodes', () => {
    const mixed = fc
      .array(
        fc.oneof(
          text.map((drawn) => [...encode(drawn)]),
          fc.array(fc.integer({ min: 0x70, max: 0xff }), { maxLength: 4 }),
        ),
        {
          maxLength: 4,
        },
      )
      .map((parts) => Uint8Array.from(parts.flat()));
    fc.assert(
      fc.property(mixed, (bytes) => {
        const at = firstIllFormedByte(bytes);
        expect(at === bytes.length).toBe(decodeUtf8(bytes) !== undefined);
        expect(decodeUtf8(bytes.subarray(0, at))).toBeDefined();
        // No continuation makes the place well-formed: up to three more bytes would have to.
        if (at < bytes.length && at + 4 <= bytes.length) {
          expect([1, 2, 3, 4].some((n) => decodeUtf8(bytes.subarray(at, at + n)) !== undefined)).toBe(false);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test('decoding gives back what was encoded, a byte order mark included', () => {
    fc.assert(
      fc.property(text, (drawn) => {
        expect(decodeUtf8(encode(`\ufeff${drawn}`))).toBe(`\ufeff${drawn}`);
      }),
    );
  });

  test('the length is that of the encoded text', () => {
    fc.assert(
      fc.property(text, (drawn) => {
        expect(utf8Length(drawn)).toBe(encode(drawn).length);
      }),
    );
  });
});
