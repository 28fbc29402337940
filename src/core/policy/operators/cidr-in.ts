import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { ok } from '../../result.ts';
import { anyOf, type CannotDecide, cannotDecide, operator } from './operator.ts';

/**
 * Decides on addresses written in the one form that all parsers read alike. IPv6 addresses that carry an IPv4 address
 * reach that address through some gateways, so they are in no range for sure.
 */
export const cidrIn = operator({
  op: 'cidr_in',
  summary:
    'The value is an IP address in one of these ranges (`10.0.0.0/8`, `2001:db8::/32`) or one of these addresses. Octal, hexadecimal and short IPv4 forms, zone ids, and IPv6 addresses that carry an IPv4 address cannot be decided.',
  fields: {
    value: z
      .array(
        z.string().refine((text) => parseRange(text) !== undefined, {
          error:
            'a range of addresses is expected, such as `10.0.0.0/8` or `2001:db8::/32`, with zeros behind its prefix',
        }),
        { error: 'a list of address ranges is expected' },
      )
      .min(1)
      .max(1000),
  },
  describe: ({ value }) => `is an address in ${anyOf(value)}`,
  compile: ({ value }) => {
    const ranges = value.map(parseRange).filter((range) => range !== undefined);
    return ok({
      test: (given) => {
        const address = typeof given === 'string' ? readAddress(given) : mustBeAddress;
        if ('cannotDecide' in address) return address;
        return ranges.some(([base, bits]) => base.kind() === address.kind() && address.match(base, bits));
      },
      absent: false,
    });
  },
});

type Address = ipaddr.IPv4 | ipaddr.IPv6;

function readAddress(text: string): Address | CannotDecide {
  const address = parseAddress(text);
  if (address === undefined) return mustBeAddress;
  if (address instanceof ipaddr.IPv4 || ['loopback', 'unspecified'].includes(address.range())) return address;
  return carriersOfIpv4.some(([base, bits]) => address.match(base, bits)) ? carriesIpv4 : address;
}

function parseRange(text: string): readonly [Address, number] | undefined {
  const [, base = '', bitsText] = /^([^/]*)(?:\/(0|[1-9][0-9]{0,2}))?$/.exec(text) ?? [];
  const address = parseAddress(base);
  if (address === undefined) return undefined;
  const width = address.kind() === 'ipv4' ? 32 : 128;
  const bits = bitsText === undefined ? width : Number(bitsText);
  // 10.1.2.3/8 is a slip of the pen, and nobody can tell which part was meant.
  return bits <= width && hasZerosBehind(address.toByteArray(), bits) ? [address, bits] : undefined;
}

/** An address in dotted decimals without leading zeros, or in hexadecimal groups without dots and without a zone. */
function parseAddress(text: string): Address | undefined {
  if (/^(?:(?:0|[1-9][0-9]{0,2})\.){3}(?:0|[1-9][0-9]{0,2})$/.test(text)) {
    return ipaddr.IPv4.isValid(text) ? ipaddr.IPv4.parse(text) : undefined;
  }
  return /^[0-9A-Fa-f:]{2,39}$/.test(text) && ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text) : undefined;
}

function hasZerosBehind(bytes: readonly number[], bits: number): boolean {
  return bytes.every((byte, index) => {
    const fixed = Math.min(8, Math.max(0, bits - index * 8));
    return (byte & (0xff >> fixed)) === 0;
  });
}

/** IPv4-compatible, IPv4-mapped, IPv4-translated, NAT64 (also of local use), Teredo, 6to4. RFC 4291, 6052, 8215, 4380, 3056. */
const carriersOfIpv4 = [
  '::/96',
  '::ffff:0:0/96',
  '::ffff:0:0:0/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '2001::/32',
  '2002::/16',
].map((text) => ipaddr.IPv6.parseCIDR(text));

const mustBeAddress = cannotDecide('must be an IP address in its usual form');
const carriesIpv4 = cannotDecide('must be an IP address that does not carry another one');
