import type { IncomingMessage, ServerResponse } from 'node:http';
import { PerduraError } from '../../errors.js';
import type { App } from '../app.js';
import { checkAwaited } from '../check-awaited.js';
import { answers } from './beside-endpoint.js';
import { createGuard } from './guard.js';
import { answerProbe, probeOf } from './health.js';
import { HttpEndpoint } from './endpoint.js';
import { httpSettings, type HttpOptions, type HttpSettings } from './options.js';
import type { InboundRequest, OutboundResponse } from '../http-port.js';
import { noticed } from '../report.js';
import { REFUSAL } from './refusals.js';

/** How long a server that stops waits for what it is serving, in milliseconds. */
export const GRACE = 10_000;

/** A request listener for Node's HTTP server and what is built on it, with an end. */
export interface HttpHandler {
  /**
   * `body` is what a body parser made of a body that it has read already. Where it left that as `request.body`, as Express
   * does, it need not be given; nor is a function taken for one, which is how Express passes `next`.
   */
  (request: IncomingMessage, response: ServerResponse, body?: unknown): void;
  /**
   * Answers what comes from now on with 503, gives what is being served up to 10 s, then ends the sessions. Leaves
   * the app open. Idempotent.
   */
  close(): Promise<void>;
}

/**
 * Serves an app from a server of your own: `http.createServer(httpHandler(app))`. All guards of {@link serveHttp} are
 * on; what belongs to the listening socket (address, timeouts) is the server's. Without `authenticate` or `authorization` it is for
 * this machine alone, wherever that server listens, unless `allowUnauthenticated` opens it. Other paths than `path` are answered
 * with 404, so call it only for what is meant for it. Throws `INVALID_HTTP_OPTION`, `UNSAFE_BIND` or `UNAUTHENTICATED_BIND`.
 */
export function httpHandler(app: App, options: HttpOptions = {}): HttpHandler {
  const { serve, endpoint } = listener(app, httpSettings(options));
  const handle = (request: IncomingMessage, response: ServerResponse, body?: unknown): void =>
    serve(body === undefined || typeof body === 'function' ? request : Object.assign(request, { body }), response);
  return Object.assign(handle, { close: () => endpoint.close(GRACE) });
}

/** What all faces share: it serves a request of any of them, and the endpoint must be closed at the end. */
export function listener(
  app: App,
  settings: HttpSettings,
): { serve: (request: InboundRequest, response: OutboundResponse) => void; endpoint: HttpEndpoint } {
  checkAwaited(app);
  const guard = createGuard(settings);
  const endpoint = new HttpEndpoint(app, settings);
  if (!settings.authorization && !settings.authenticate) refuseScopes(app);
  const answerOf = answers(app, settings);
  const slashed = settings.path === '/' ? '/' : `${settings.path}/`;
  const allowedHeaders = [...OWN_HEADERS, ...settings.allowedHeaders].join(', ');
  let isTold = false;

  const serve = (request: InboundRequest, response: OutboundResponse): void => {
    // A router that was mounted at a path cuts it off.
    const target = path((request.originalUrl ?? request.url) as string);
    // Probes come from inside, by an address rather than by a name that the guards know.
    const probe = probeOf(target, settings.health);
    if (probe === 'live') return answerProbe(response, true);
    if (probe === 'ready') return void endpoint.ready().then((isReady) => answerProbe(response, isReady));
    if (guard.isFromNetwork(request)) {
      const { localAddress } = request.socket ?? {};
      if (!isTold && localAddress)
        app.report(noticed(PerduraError.of('UNAUTHENTICATED_BIND', localAddress)), 'network');
      isTold ||= localAddress !== undefined;
      return endpoint.refuse(request, response, REFUSAL.network);
    }
    const refused = guard.host(request);
    if (refused) return endpoint.refuse(request, response, refused);
    const isEndpoint = target === settings.path || target === slashed;
    // Browsers navigate there, which is no call from a page: each has rules of its own for them.
    const answer = isEndpoint ? undefined : answerOf(target);
    if (answer)
      return endpoint.isClosed ? endpoint.refuse(request, response, REFUSAL.closing) : answer(request, response);
    const { origin } = request.headers;
    if (origin !== undefined) {
      if (!guard.origin(origin)) return endpoint.refuse(request, response, REFUSAL.origin);
      allowPage(response, origin);
    }
    if (!isEndpoint) return endpoint.refuse(request, response, REFUSAL.path);
    switch (request.method) {
      case 'POST':
        return endpoint.post(request, response);
      case 'GET':
        return endpoint.get(request, response);
      case 'DELETE':
        return endpoint.delete(request, response);
      case 'OPTIONS':
        return preflight(request, response, allowedHeaders);
      default:
        return endpoint.refuse(request, response, REFUSAL.method);
    }
  };
  return { serve, endpoint };
}

/** Nobody could ever use what asks for scopes where nobody is told from another. */
function refuseScopes({ catalog }: App): void {
  const all = [
    ...catalog.tools.values(),
    ...catalog.resources.values(),
    ...catalog.templates,
    ...catalog.prompts.values(),
  ];
  const names = all.filter(({ scopes }) => scopes).map(({ name }) => name);
  if (names.length > 0) throw PerduraError.of('SCOPES_WITHOUT_AUTHORIZATION', names);
}

/** The path of a target, which is a path with a query or, from a client that takes us for a proxy, a whole URL. */
function path(target: string): string {
  const from = target.charCodeAt(0) === 47 /* "/" */ ? 0 : target.indexOf('/', target.indexOf('//') + 2);
  const query = target.indexOf('?');
  if (from === 0 && query < 0) return target;
  return target.slice(from < 0 ? target.length : from, query < 0 ? undefined : query) || '/';
}

function allowPage(response: OutboundResponse, origin: string): void {
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('vary', 'origin');
  response.setHeader('access-control-expose-headers', 'mcp-session-id, www-authenticate, retry-after');
}

/** What clients of MCP send, and what traces them. */
const OWN_HEADERS = [
  ...['accept', 'authorization', 'content-type', 'last-event-id', 'traceparent', 'tracestate'],
  ...['mcp-method', 'mcp-name', 'mcp-protocol-version', 'mcp-session-id'],
];

/** Of the Fetch standard: which requests a page may send. `Mcp-Param-*` are named by the tools, so they are echoed (SEP-2243). */
function preflight(request: InboundRequest, response: OutboundResponse, allowed: string): void {
  const asked = request.headers['access-control-request-headers'] ?? '';
  const extra = asked
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => /^mcp-param-[a-z0-9!#$%&'*+.^_`|~-]{1,128}$/.test(name));
  response.writeHead(204, {
    allow: 'POST, GET, DELETE, OPTIONS',
    'access-control-allow-methods': 'POST, GET, DELETE',
    'access-control-allow-headers': [allowed, ...extra].join(', '),
    'access-control-max-age': '600',
  });
  response.end();
}
