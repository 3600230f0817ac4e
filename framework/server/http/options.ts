import type { IncomingMessage } from 'node:http';
import { PerduraError } from '../../errors.js';
import { milliseconds } from '../../metadata/duration.js';
import type { Duration } from '../../metadata/options.js';
import type { Principal } from '../../runtime/principal.js';
import { LONGEST_TIMER } from '../../runtime/at-time.js';
import { Authorization, type AuthorizationOptions } from './authorization.js';
import { hostName, isLoopback } from '../host-names.js';
import type { HttpRequest, InboundRequest } from '../http-port.js';
import type { PingSettings } from '../streams/keep-pinging.js';
import type { CardOptions } from '../identity/server-card.js';

/** How an app is served over Streamable HTTP. Everything has a safe default for a server on one's own machine. */
export interface HttpOptions {
  /** The address to listen on. Default `'127.0.0.1'`; any other than a loopback address needs `publicUrl` or `allowedHosts`. */
  readonly host?: string;
  /** The port to listen on; 0 takes a free one. Default 3000. */
  readonly port?: number;
  /** The path of the endpoint, which answers with a slash after it too. Default `'/mcp'`. */
  readonly path?: string;
  /**
   * Where `GET <health>/live` and `GET <health>/ready` answer probes: 200, or 503 while requests would fail (Redis is away,
   * the server is closing). No guard applies to them. False for none. Default `'/health'`.
   */
  readonly health?: string | false;
  /** The URL by which clients reach the server from outside, such as `https://mcp.example.com/mcp`. Its host and origin are allowed. */
  readonly publicUrl?: string | undefined;
  /** Values of `Host` to accept: `name` at any port, `name:port` at that one. Loopback names are added on a loopback address. */
  readonly allowedHosts?: readonly string[];
  /**
   * Origins of web pages that may call the server, such as `https://app.example.com`; `[]` lets none. Default: the origin
   * of `publicUrl`, or pages of this machine where the server listens on a loopback address without one.
   */
  readonly allowedOrigins?: readonly string[];
  /**
   * Names of headers that those pages may send beside MCP's own, such as `x-api-key` where `authenticate` looks for it. Default: none.
   */
  readonly allowedHeaders?: readonly string[];
  /** The most bytes of a request's body. Default 1 MiB. */
  readonly maxBodyBytes?: number;
  /**
   * Tells who sends a request; runs after the guards and before the body is read. Throw or reject to refuse it with 401, or with 503
   * where the error has a `retryAfter`, in seconds.
   * Default: everybody is `ANONYMOUS`.
   */
  readonly authenticate?: (request: IncomingMessage) => Principal | Promise<Principal>;
  /**
   * In place of `authenticate`, for OAuth: serves the metadata by which clients find where to log in (RFC 9728), and takes only
   * access tokens that were issued for this server. Needs `publicUrl`, or a `resource` of its own.
   */
  readonly authorization?: AuthorizationOptions<IncomingMessage>;
  /**
   * Lets anybody on the network in where there is no `authenticate`. Without it such a server does not start, and a handler that is
   * mounted in one answers 403 to what comes in at any but a loopback address.
   */
  readonly allowUnauthenticated?: boolean;
  /** Bounds on 2025-11-25 sessions. */
  readonly sessions?: SessionLimits;
  /**
   * After how long the connection of a 2025-11-25 stream is closed for its client to come back (SEP-1699): below the limit of a
   * proxy that cuts long answers. Nothing is lost by it. Default: never.
   */
  readonly maxConnectionTime?: Duration;
  /**
   * What the server card says that is served at `<path>/server-card` (and at `/.well-known/mcp/server-card.json`) where
   * there is a `publicUrl`; false for no card. Default: what the app says of itself.
   * @experimental SEP-2127
   */
  readonly card?: CardOptions | false;
  /**
   * How often `authenticate`, or `verify` of `authorization`, is asked again with the request that opened a stream: the stream ends
   * once it says no, or grants less than it did. False: never, so that a token that is revoked is good for its open streams until it
   * expires. Default `'1m'`.
   */
  readonly recheck?: Duration | false;
  /** How often a quiet stream is sent a comment, so that nothing on the way closes it. Default `'15s'`. */
  readonly keepAlive?: Duration;
  /**
   * For how long a 2025-11-25 client that listens may say nothing before it is asked for a sign of life (`ping`), on the stream that
   * belongs to no request; false: never. Default `'2m'`.
   */
  readonly pingInterval?: Duration | false;
  /** How long the answer to a ping may take. After two in a row without one, the stream is closed. Default `'30s'`. */
  readonly pingTimeout?: Duration;
}

/** How an app is served to a fetch-style server. */
export interface FetchOptions extends Omit<HttpOptions, 'host' | 'port' | 'authenticate' | 'authorization'> {
  /**
   * Tells who sends a request; runs after the guards and before the body is read. Throw or reject to refuse it with 401, or with 503
   * where the error has a `retryAfter`, in seconds.
   * Default: everybody is `ANONYMOUS`.
   */
  readonly authenticate?: (request: HttpRequest) => Principal | Promise<Principal>;
  /**
   * In place of `authenticate`, for OAuth: serves the metadata by which clients find where to log in (RFC 9728), and takes only
   * access tokens that were issued for this server. Needs `publicUrl`, or a `resource` of its own.
   */
  readonly authorization?: AuthorizationOptions<HttpRequest>;
}

/** Bounds on 2025-11-25 sessions; where one is reached, the session that was idle longest is ended. */
export interface SessionLimits {
  /** How long a session lives without a request or an open stream. Default `'30m'`. */
  readonly idleTtl?: Duration;
  /** The most sessions of one authenticated owner. Default 20. */
  readonly perOwner?: number;
  /** The most sessions altogether. Default 10,000. */
  readonly max?: number;
}

/** The options once checked, with every default filled in. */
export interface HttpSettings {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Undefined where there are no probes. */
  readonly health: string | undefined;
  readonly allowedHosts: readonly string[];
  /** Undefined where every origin of this machine is allowed. */
  readonly allowedOrigins: readonly string[] | undefined;
  readonly allowedHeaders: readonly string[];
  readonly maxBodyBytes: number;
  readonly authenticate: ((request: InboundRequest) => Principal | Promise<Principal>) | undefined;
  readonly authorization: Authorization | undefined;
  /** Nobody says who calls, and nobody was to come from the network: who does is refused. */
  readonly ownMachineOnly: boolean;
  /** Undefined where nobody is asked for again. */
  readonly recheck: number | undefined;
  readonly sessions: { readonly idleTtl: number; readonly perOwner: number; readonly max: number };
  readonly keepAlive: number;
  /** Undefined where clients are not pinged. */
  readonly pings: PingSettings | undefined;
  readonly publicUrl: URL | undefined;
  readonly card: CardOptions | false;
  readonly maxConnectionTime: number | undefined;
}

/** The name of a header, and no wildcard (RFC 9110, 5.6.2). */
const HEADER = /^[a-z0-9!#$%&'+.^_`|~-]{1,128}$/i;
const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Fills in the defaults. Throws `INVALID_HTTP_OPTION` for a value that cannot be meant, `UNSAFE_BIND` and
 * `UNAUTHENTICATED_BIND` for an address that others can reach without what protects it.
 */
export function httpSettings(options: HttpOptions): HttpSettings {
  const { host = '127.0.0.1' } = options;
  // Node's faces hand in Node's own requests.
  const authenticate = options.authenticate as HttpSettings['authenticate'];
  const authorization = options.authorization as OurAuthorization;
  return settingsOf({ ...options, host, authenticate, authorization, local: isLoopback(host) }, (unsafe) =>
    PerduraError.of(unsafe ? 'UNSAFE_BIND' : 'UNAUTHENTICATED_BIND', host),
  );
}

/**
 * The same for a handler that is mounted somewhere: who can reach it is not known, so that it counts as open to the network.
 * Throws `INVALID_HTTP_OPTION`, `UNSAFE_MOUNT` and `UNAUTHENTICATED_MOUNT`.
 */
export function mountSettings({ authenticate, authorization, ...options }: FetchOptions): HttpSettings {
  return settingsOf({ ...options, host: '', authenticate, authorization, local: false }, (unsafe) =>
    PerduraError.of(unsafe ? 'UNSAFE_MOUNT' : 'UNAUTHENTICATED_MOUNT'),
  );
}

type OurAuthorization = AuthorizationOptions<InboundRequest> | undefined;
type Reach = Pick<HttpSettings, 'host' | 'authenticate'> & {
  readonly local: boolean;
  readonly authorization: OurAuthorization;
};

function settingsOf(
  options: Omit<HttpOptions, 'authenticate' | 'authorization' | 'host'> & Reach,
  refused: (unsafe: boolean) => PerduraError,
): HttpSettings {
  const { host, local, port = 3000, path = '/mcp', maxBodyBytes = 1024 * 1024, sessions = {} } = options;
  const { allowedHosts = [], authenticate, health = '/health' } = options;
  const publicUrl = options.publicUrl === undefined ? undefined : url('publicUrl', options.publicUrl);
  if (!path.startsWith('/') || /[?#]/.test(path)) throw invalid('path', path, "a path such as '/mcp'");
  if (health !== false && !/^(\/[^/?#]+)*$/.test(health)) throw invalid('health', health, "a path such as '/health'");
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw invalid('port', port, 'a number from 0 to 65535');
  if (!local && !publicUrl && allowedHosts.length === 0) throw refused(true);
  const { authorization } = options;
  if (authenticate && authorization) throw invalid('authenticate', 'set', 'nothing where there is authorization');
  const isOpen = !authenticate && !authorization && !options.allowUnauthenticated;
  if (!local && isOpen) throw refused(false);
  return {
    host,
    port,
    path: path.replace(/(?<=.)\/$/, ''),
    health: health === false ? undefined : health,
    allowedHosts: [
      ...allowedHosts.map((name) => {
        if (hostName(name) === undefined) throw invalid('allowedHosts', name, "a name such as 'mcp.example.com'");
        return name.toLowerCase();
      }),
      ...(publicUrl ? [publicUrl.hostname] : []),
      ...(local ? [...LOOPBACK_NAMES, host.includes(':') && !host.startsWith('[') ? `[${host}]` : host] : []),
    ],
    allowedOrigins: options.allowedOrigins
      ? options.allowedOrigins.map((origin) => url('allowedOrigins', origin).origin)
      : publicUrl
        ? [publicUrl.origin]
        : local
          ? undefined
          : [],
    allowedHeaders: (options.allowedHeaders ?? []).map((name) => {
      if (!HEADER.test(name)) throw invalid('allowedHeaders', name, "names of headers such as 'x-api-key'");
      return name.toLowerCase();
    }),
    maxBodyBytes: positive('maxBodyBytes', maxBodyBytes),
    authenticate,
    authorization: authorization && new Authorization(authorization, publicUrl),
    ownMachineOnly: isOpen,
    recheck:
      options.recheck === false || (!authenticate && !authorization)
        ? undefined
        : timer('recheck', options.recheck ?? '1m'),
    sessions: {
      idleTtl: positive('sessions.idleTtl', milliseconds(sessions.idleTtl ?? '30m')),
      perOwner: positive('sessions.perOwner', sessions.perOwner ?? 20),
      max: positive('sessions.max', sessions.max ?? 10_000),
    },
    publicUrl,
    card: options.card ?? {},
    keepAlive: timer('keepAlive', options.keepAlive ?? '15s'),
    pings:
      options.pingInterval === false
        ? undefined
        : {
            interval: timer('pingInterval', options.pingInterval ?? '2m'),
            timeout: timer('pingTimeout', options.pingTimeout ?? '30s'),
          },
    maxConnectionTime:
      options.maxConnectionTime === undefined
        ? undefined
        : positive('maxConnectionTime', milliseconds(options.maxConnectionTime)),
  };
}

function url(option: string, given: string): URL {
  const parsed = URL.canParse(given) ? new URL(given) : undefined;
  if (parsed?.protocol === 'https:' || parsed?.protocol === 'http:') return parsed;
  throw invalid(option, given, "a URL such as 'https://mcp.example.com'");
}

function positive(option: string, given: number): number {
  if (Number.isFinite(given) && given > 0) return given;
  throw invalid(option, given, 'a number greater than 0');
}

/** Node's timers go off at once where they are to wait for longer than they can, and a stream would be sent comments without a pause. */
function timer(option: string, given: Duration): number {
  const wait = positive(option, milliseconds(given));
  if (wait <= LONGEST_TIMER) return wait;
  throw invalid(option, given, 'at most 24 days');
}

function invalid(option: string, given: unknown, expected: string): PerduraError {
  return PerduraError.of('INVALID_HTTP_OPTION', option, String(given), expected);
}
