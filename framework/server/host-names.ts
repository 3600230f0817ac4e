/**
 * A `Host` value, or the authority of a URL: a name, an IPv4 or a bracketed IPv6 address, perhaps with the dot of a fully
 * qualified name, perhaps with a port. User information, spaces and lists do not match, so they are never allowed.
 */
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?)\.?(?::(\d{1,5}))?$/i;

const LAST_PORT = 65_535;

/** The name and the port of a `Host` value; undefined for what is none. */
export function hostName(host: string): { readonly name: string; readonly port?: string } | undefined {
  const [, name, port] = HOST.exec(host) ?? [];
  if (name === undefined || Number(port) > LAST_PORT) return undefined;
  return { name: name.toLowerCase(), ...(port !== undefined && { port }) };
}

/** Whether only this machine can reach the address or name. */
export function isLoopback(name: string): boolean {
  return /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[?::1\]?)$/i.test(name);
}

/** The network of an address: of IPv6 whoever has one address has all that begin with the same 64 bits. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = [], tail = []] = address.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const skipped = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0');
  return [...head, ...skipped, ...tail].slice(0, 4).join(':');
}
