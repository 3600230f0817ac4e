import { hostName, isLoopback } from '../host-names.js';
import type { HttpSettings } from './options.js';
import type { InboundRequest } from '../http-port.js';
import { REFUSAL, type Refusal } from './refusals.js';

/** Decides by its connection and its headers alone whether a request may be looked at. */
export interface Guard {
  /** Whether it came in where others on the network could come too, though they may not. */
  isFromNetwork(request: InboundRequest): boolean;
  /** Why the request is refused for the host that it names: its `Host`, and its target's where that is a whole URL. */
  host(request: InboundRequest): Refusal | undefined;
  /** Whether a page of this origin may call the server. */
  origin(origin: string): boolean;
}

/** How many values a memo keeps: more than any honest set of clients sends, and nothing that a flood could grow. */
const REMEMBERED = 256;

/**
 * Protects from DNS rebinding (a page's own name made to point at this machine) and from calls by other sites' pages:
 * `basic/transports` of both revisions, "Security". On for every server, as rules compiled once.
 */
export function createGuard(settings: Pick<HttpSettings, 'allowedHosts' | 'allowedOrigins' | 'ownMachineOnly'>): Guard {
  const { ownMachineOnly } = settings;
  const hosts = new Set(settings.allowedHosts);
  const origins = settings.allowedOrigins && new Set(settings.allowedOrigins);

  const hostAllowed = memo((host) => {
    const parsed = hostName(host);
    return parsed !== undefined && (hosts.has(parsed.name) || hosts.has(`${parsed.name}:${parsed.port ?? ''}`));
  });

  const originAllowed = memo((origin) => {
    if (origins) return origins.has(origin.toLowerCase());
    const [, host] = /^https?:\/\/(.*)$/i.exec(origin) ?? [];
    const parsed = host === undefined ? undefined : hostName(host);
    return parsed !== undefined && isLoopback(parsed.name);
  });

  const isLocal = memo((address) => isLoopback(address.replace(/^::ffff:/, '')));

  return {
    isFromNetwork({ socket }) {
      if (!ownMachineOnly || !socket) return false;
      const { localAddress, destroyed } = socket;
      // A socket of the file system has no address, and one that was closed has lost it.
      return localAddress === undefined ? destroyed === true : !isLocal(localAddress);
    },
    host(request) {
      const { host } = request.headers;
      if (host === undefined || !hostAllowed(host)) return REFUSAL.host;
      if (namesTwoHosts(request.rawHeaders)) return REFUSAL.host;
      // RFC 9112, 3.2.2: where the target is a whole URL, it is what names the host.
      const target = request.url as string;
      if (target.charCodeAt(0) === 47 /* "/" */) return undefined;
      const [, authority] = /^https?:\/\/([^/?#]*)/i.exec(target) ?? [];
      return authority !== undefined && hostAllowed(authority) ? undefined : REFUSAL.host;
    },
    origin: originAllowed,
  };
}

/** Whether there is more than one `Host`, of which a proxy on the way may have looked at the other (RFC 9112, 3.2). */
function namesTwoHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  return hosts > 1;
}

/** Answers a header's value that was seen before without looking into it again. */
function memo(decide: (value: string) => boolean): (value: string) => boolean {
  const decided = new Map<string, boolean>();
  return (value) => {
    let verdict = decided.get(value);
    if (verdict === undefined) {
      verdict = decide(value);
      if (decided.size >= REMEMBERED) decided.clear();
      decided.set(value, verdict);
    }
    return verdict;
  };
}
