// Who an address belongs to, for counting: the address itself, or the network that one customer gets as a whole.
import { isIP, isIPv6 } from 'node:net';

/** Who has one IPv6 address has the whole /64 around it (RFC 6177). Behind a proxy the address is a header's text. */
export function networkOf(address: string | undefined): string {
  if (address === undefined || isIP(address) === 0) return 'unknown';
  if (!isIPv6(address)) return address;
  // An IPv4 client of a socket that listens on both (RFC 4291, section 2.5.5.2).
  if (address.includes('.')) return address.slice(address.lastIndexOf(':') + 1);
  const [head = '', tail] = address.toLowerCase().split('::');
  const before = head.split(':').filter((group) => group !== '');
  const after = tail === undefined ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return [...before, ...zeros, ...after].slice(0, 4).join(':');
}
