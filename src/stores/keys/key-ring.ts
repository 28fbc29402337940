/**
 * The instance's keys: one file in the data directory, readable by its owner only. Sealing keys are versioned and can be
 * replaced; the hashing key cannot, because hashes made with it are looked up for as long as grants live.
 */
import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const KeyFile = z.strictObject({
  version: z.literal(1),
  current: z.string(),
  sealing: z.record(z.string().regex(/^k\d+$/), z.string()),
  hashing: z.string(),
});
type KeyFile = z.infer<typeof KeyFile>;

export interface KeyRing {
  /**
   * Seals text under the current key with AES-256-GCM. `context` is bound in (organisation, server, field): sealed text
   * opens only under the same context. Form: `<key id>.<base64url of nonce, ciphertext and tag>`.
   */
  seal(plaintext: string, context: string): string;
  /** The plaintext; undefined when the text was not sealed here, under this context, or was changed. */
  open(sealed: string, context: string): string | undefined;
  /** Keyed hash for looking up tokens: HMAC-SHA-256, base64url. */
  hashToken(token: string): string;
  /** Keyed hash of canonical arguments for the decision log, so that values cannot be guessed from it. */
  hashArguments(canonicalText: string): string;
  /** A key of its own for each purpose, derived from the hashing key (HKDF-SHA-256). */
  derive(purpose: string): Buffer;
  readonly currentKeyId: string;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Of SHA-256. */
const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;

/** Reads the key file of a data directory, or makes it. Throws when it is unreadable, malformed or open to others. */
export function openKeyRing(dataDirectory: string): KeyRing {
  const path = join(dataDirectory, 'keys.json');
  if (!existsSync(path))
    writeKeyFile(path, { version: 1, current: 'k1', sealing: { k1: randomKey() }, hashing: randomKey() });
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
    throw new Error(`${path} can be read by others; set its mode to 0600`);
  }
  const parsed = KeyFile.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!parsed.success) throw new Error(`${path} is not a key file of this version`);
  return keyRing(parsed.data);
}

function keyRing(file: KeyFile): KeyRing {
  const keys = new Map(Object.entries(file.sealing).map(([id, key]) => [id, Buffer.from(key, 'base64')]));
  const hashing = Buffer.from(file.hashing, 'base64');
  const derive = (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', hashing, Buffer.alloc(0), `callgate ${purpose}`, 32));
  const tokenKey = derive('grant tokens');
  const argumentsKey = derive('arguments');
  return {
    currentKeyId: file.current,
    seal(plaintext, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', keys.get(file.current) as Buffer, nonce);
      cipher.setAAD(Buffer.from(`${file.current}\0${context}`));
      const sealed = Buffer.concat([nonce, cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `${file.current}.${sealed.toString('base64url')}`;
    },
    open(sealed, context) {
      const dot = sealed.indexOf('.');
      const key = keys.get(sealed.slice(0, dot));
      if (key === undefined) return undefined;
      const bytes = Buffer.from(sealed.slice(dot + 1), 'base64url');
      if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES));
        decipher.setAAD(Buffer.from(`${sealed.slice(0, dot)}\0${context}`));
        decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
        return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
      } catch {
        return undefined;
      }
    },
    hashToken: hmacSha256(tokenKey),
    hashArguments: hmacSha256(argumentsKey),
    derive,
  };
}

/**
 * HMAC-SHA-256 (RFC 2104) under one key, as a function of short texts. The padded keys are made once and the digests by the
 * one-shot hash: several times faster than a Hmac object for each text, of which every call needs one.
 */
export function hmacSha256(key: Buffer): (text: string) => string {
  const inner = Buffer.alloc(BLOCK_BYTES);
  const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);
  for (let index = 0; index < BLOCK_BYTES; index += 1) {
    inner[index] = (key[index] ?? 0) ^ 0x36;
    outer[index] = (key[index] ?? 0) ^ 0x5c;
  }
  return (text) => {
    hash('sha256', Buffer.concat([inner, Buffer.from(text)]), 'buffer').copy(outer, BLOCK_BYTES);
    return hash('sha256', outer, 'base64url');
  };
}

function randomKey(): string {
  return randomBytes(32).toString('base64');
}

function writeKeyFile(path: string, file: KeyFile): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.new`;
  const descriptor = openSync(temporary, 'wx', 0o600);
  writeFileSync(descriptor, `${JSON.stringify(file, null, 2)}\n`);
  fsyncSync(descriptor);
  closeSync(descriptor);
  chmodSync(temporary, 0o600);
  renameSync(temporary, path);
}
