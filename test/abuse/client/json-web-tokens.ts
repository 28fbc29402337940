/** Tokens that look like an issuer's and must not be believed; each word in the name says what is wrong with one. */
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';

const issuer = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ISSUER = 'https://idp.example.com';

/** Takes a name such as `JWT_ALG_NONE`, `JWT_WRONG_AUD` or `JWT_EXPIRED`, and the audience of the gateway. */
export function badToken(name: string, audience: string): string {
  const has = (...any: string[]): boolean => any.some((word) => name.includes(word));
  const now = Math.floor(Date.now() / 1000);
  const header: Record<string, unknown> = { alg: 'RS256', typ: 'at+jwt', kid: 'k1' };
  const claims: Record<string, unknown> = {
    iss: ISSUER,
    aud: audience,
    sub: 'agent',
    client_id: 'agent',
    iat: now - 10,
    exp: now + 600,
    jti: 'j1',
  };
  if (has('AUD')) claims['aud'] = has('ARRAY') ? ['https://other.example'] : 'https://other.example/mcp';
  if (has('NO_AUD', 'MISSING_AUD')) delete claims['aud'];
  if (has('ISS')) claims['iss'] = `${ISSUER}/`;
  if (has('EXPIRED')) claims['exp'] = now - 60;
  if (has('NO_EXP')) delete claims['exp'];
  if (has('NBF', 'FUTURE')) claims['nbf'] = now + 3600;
  if (has('ID_TOKEN', 'TYP')) header['typ'] = 'JWT';
  if (has('KID', 'TRAVERSAL')) header['kid'] = '../../../../dev/null';
  if (has('JKU')) header['jku'] = 'https://evil.test/jwks.json';
  if (has('X5U')) header['x5u'] = 'https://evil.test/cert.pem';
  if (has('JWK')) header['jwk'] = stranger.publicKey.export({ format: 'jwk' });
  if (has('CRIT')) header['crit'] = ['nobody-knows-this'];
  if (has('NONE')) header['alg'] = has('CASE') ? 'nOnE' : 'none';
  if (has('HS256', 'HMAC', 'CONFUSION')) header['alg'] = 'HS256';
  const signed = `${encode(header)}.${encode(claims)}`;
  if (has('NONE', 'UNSIGNED', 'STRIPPED')) return `${signed}.`;
  if (header['alg'] === 'HS256') {
    // The public key taken for a shared secret.
    const secret = issuer.publicKey.export({ type: 'spki', format: 'pem' });
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
  }
  const key = has('SIGNER', 'STRANGER', 'JKU', 'JWK', 'X5U', 'KID') ? stranger.privateKey : issuer.privateKey;
  const signature = sign('sha256', Buffer.from(signed), key).toString('base64url');
  return `${signed}.${has('SIG', 'TAMPERED') ? `${signature.slice(0, -4)}AAAA` : signature}`;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
