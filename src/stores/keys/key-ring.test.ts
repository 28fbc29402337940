import { createHmac, randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hmacSha256, openKeyRing } from './key-ring.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keys-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('sealed text', () => {
  test('opens under the context it was sealed for, and under no other', () => {
    const keys = openKeyRing(folder);
    const sealed = keys.seal('secret', 'org/server/field');
    expect(keys.open(sealed, 'org/server/field')).toBe('secret');
    expect(keys.open(sealed, 'org/server/other')).toBeUndefined();
    expect(sealed).toMatch(/^k1\.[\w-]+$/);
    expect(sealed).not.toContain('secret');
  });

  test('never opens when a single character was changed', () => {
    const keys = openKeyRing(folder);
    const sealed = keys.seal('x'.repeat(20), 'c');
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.constantFrom('A', 'a', '0', '-', '_', 'k', '.'), (at, character) => {
        const changed = sealed.slice(0, at) + character + sealed.slice(at + 1);
        const opened = keys.open(changed, 'c');
        // The last characters of base64url may differ in bits that stand for nothing.
        expect(
          opened === undefined ||
            Buffer.from(changed.slice(3), 'base64url').equals(Buffer.from(sealed.slice(3), 'base64url')),
        ).toBe(true);
      }),
    );
  });

  test('is different every time', () => {
    const keys = openKeyRing(folder);
    expect(keys.seal('a', 'c')).not.toBe(keys.seal('a', 'c'));
  });
});

describe('the key file', () => {
  test('is made once, readable by its owner only, and read again', () => {
    const sealed = openKeyRing(folder).seal('secret', 'c');
    expect(statSync(join(folder, 'keys.json')).mode & 0o777).toBe(0o600);
    expect(openKeyRing(folder).open(sealed, 'c')).toBe('secret');
  });

  test('is refused when others can read it', () => {
    openKeyRing(folder);
    chmodSync(join(folder, 'keys.json'), 0o644);
    expect(() => openKeyRing(folder)).toThrow('can be read by others');
  });

  test('holds no key in what is derived for a purpose', () => {
    const keys = openKeyRing(folder);
    expect(readFileSync(join(folder, 'keys.json'), 'utf8')).not.toContain(keys.derive('x').toString('base64'));
    expect(keys.derive('x').equals(keys.derive('y'))).toBe(false);
  });
});

test('the one-shot HMAC is the HMAC of RFC 2104', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const key = randomBytes(32);
      expect(hmacSha256(key)(text)).toBe(createHmac('sha256', key).update(text).digest('base64url'));
    }),
  );
});
