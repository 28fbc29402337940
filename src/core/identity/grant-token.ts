/**
 * Grant tokens: `cg_` + 256 random bits (base64url) + a checksum of six base-62 digits. The prefix lets secret scanners
 * find them; the checksum lets them, and us, tell a typo from a revoked token without asking a store.
 */
const PREFIX = 'cg_';
const RANDOM_BYTES = 32;
const RANDOM_TEXT_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A token the operator brings along must be at least this long (characters): about 128 bits even in hexadecimal. */
export const OWN_TOKEN_LENGTH_MIN = 32;

/** The token made of 32 random bytes. Throws when given another number of bytes: a caller's bug. */
export function createGrantToken(randomBytes: Uint8Array): string {
  if (randomBytes.length !== RANDOM_BYTES) throw new RangeError(`a grant token needs ${RANDOM_BYTES} random bytes`);
  const body = PREFIX + base64Url(randomBytes);
  return body + checksum(body);
}

/** False for text that looks like a token of ours and cannot be one: wrong length or checksum. */
export function isPlausibleGrantToken(token: string): boolean {
  if (!token.startsWith(PREFIX)) return token.length >= OWN_TOKEN_LENGTH_MIN;
  if (token.length !== PREFIX.length + RANDOM_TEXT_LENGTH + CHECKSUM_LENGTH)
    return token.length >= OWN_TOKEN_LENGTH_MIN;
  const body = token.slice(0, -CHECKSUM_LENGTH);
  return checksum(body) === token.slice(-CHECKSUM_LENGTH);
}

function base64Url(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function checksum(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let index = 0; index < CHECKSUM_LENGTH; index += 1) {
    digits = (BASE62[rest % 62] as string) + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

function crc32(text: string): number {
  let crc = ~0;
  for (let index = 0; index < text.length; index += 1) {
    crc ^= text.charCodeAt(index);
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
