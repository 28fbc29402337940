/**
 * Keeps the gateway's own connections away from addresses that only this machine or network can reach, unless a server
 * entry allows them. The address is checked when the connection is made, on the address that is connected to, so that a
 * name cannot resolve to something else between check and use.
 */
import { type LookupAddress, lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** IANA special-purpose registries (RFC 6890 and successors): what is not globally reachable unicast. */
const blocked = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  blocked.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 96], // unspecified, loopback and the deprecated IPv4-compatible form
  ['64:ff9b::', 96], // NAT64: an IPv4 address inside
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23], // Teredo, ORCHID and other protocol assignments
  ['2001:db8::', 32],
  ['2002::', 16], // 6to4: an IPv4 address inside
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const) {
  blocked.addSubnet(network, prefix, 'ipv6');
}

/** True for an address that is not a public one. IPv4-mapped IPv6 addresses are judged as the IPv4 address they hold. */
export function isPrivateAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const family = isIP(bare);
  if (family === 0) return true;
  if (family === 4) return blocked.check(bare, 'ipv4');
  // Node answers a mapped address against the IPv4 rules as well.
  return blocked.check(bare, 'ipv6');
}

export class PrivateAddressError extends Error {
  readonly code = 'CALLGATE_PRIVATE_ADDRESS';
  constructor(host: string, address: string) {
    super(`${host} is the private address ${address}; set allow_private on the server entry to reach it`);
  }
}

/** A `lookup` for sockets that fails when any address of the name is private. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error !== null) return callback(error, '', 0);
    const wrong = addresses.find((entry) => isPrivateAddress(entry.address));
    if (wrong !== undefined) return callback(new PrivateAddressError(hostname, wrong.address), '', 0);
    if (options.all === true) return callback(null, addresses, 0);
    const first = addresses[0] as LookupAddress;
    return callback(null, first.address, first.family);
  });
};
