import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { PerduraError } from '../../errors.js';
import { atMost } from '../../runtime/at-most.js';
import type { App } from '../app.js';
import { isLoopback } from '../host-names.js';
import { GRACE, listener } from './handler.js';
import { httpSettings, type HttpOptions, type HttpSettings } from './options.js';

/** An app that is being served over HTTP. */
export interface HttpServer {
  /** Where the endpoint is, as this machine sees it. */
  readonly url: string;
  /** The port that it listens on, also where the system chose it. */
  readonly port: number;
  /**
   * Stops: accepts no connection any more, ends the streams, waits up to 10 s for what is being served, closes the connections, and
   * then the app. A request that comes meanwhile over a connection that is there already is served. Idempotent.
   */
  close(options?: CloseOptions): Promise<void>;
}

/** How a server is closed. */
export interface CloseOptions {
  /** Leaves the app open, for one that is served elsewhere too. Default false. */
  readonly keepApp?: boolean;
}

/**
 * Bounds on how long a client may take to send a request; none of them bounds an answer, which may be a stream. An idle connection
 * is kept for longer than balancers keep theirs (mostly 60 s): a POST that one sends on a connection as it is closed fails, for it
 * must not be sent twice.
 */
const TIMEOUTS = {
  headersTimeout: 15_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
};

/** The most turns of the event loop for which a server that closes takes in who has come: more than a queue of the system's holds. */
const MOST_TURNS = 1000;

/** How often a server that closes looks for connections that nobody uses, in milliseconds. */
const LOOK = 20;

/** After so many looks a connection on which nothing was sent yet was opened for later, and not for a request that is on its way. */
const SILENT_LOOKS = 25;

/**
 * Serves an app over Streamable HTTP, both revisions at one endpoint, with every guard on: Host and Origin checked,
 * bodies bounded, sessions bounded. Throws `INVALID_HTTP_OPTION`, `UNSAFE_BIND` or `UNAUTHENTICATED_BIND` for options that
 * are not safe, `PORT_IN_USE` where the port is taken.
 */
export async function serveHttp(app: App, options: HttpOptions = {}): Promise<HttpServer> {
  const settings = httpSettings(options);
  const { serve, endpoint } = listener(app, settings);
  const server = createServer(TIMEOUTS, serve);
  const connections = new Set<Socket>();
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  await started(server, settings).catch(async (error: unknown) => {
    await endpoint.close(0);
    throw error;
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://${urlHost(settings.host)}:${port}${settings.path}`;
  if (options.publicUrl !== undefined) app.pages?.listening(options.publicUrl);
  else if (isLoopback(settings.host)) app.pages?.listening(url);

  let closed: Promise<void> | undefined;
  const close = async ({ keepApp = false }: CloseOptions): Promise<void> => {
    // One deadline for everything: a client that stopped reading or sending must not hold the process.
    const cut = setTimeout(() => server.closeAllConnections(), GRACE + 500);
    const end = performance.now() + GRACE;
    const left = (): number => Math.max(0, end - performance.now());
    await allTaken(server);
    const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
    // Every listener of the app hears of its end, so subscriptions end with their result rather than broken.
    if (!keepApp) app.protocol.close();
    endpoint.leave();
    // A connection turns idle a moment after its answer was handed to it.
    let looks = 0;
    const idle = setInterval(() => {
      server.closeIdleConnections();
      // Those that were never used are not idle for Node.
      if (++looks > SILENT_LOOKS) for (const socket of connections) if (socket.bytesRead === 0) socket.destroy();
    }, LOOK);
    await atMost(left(), stopped);
    // What runs on without its client, who may come back to another process, has the rest of the time.
    await endpoint.close(left());
    await stopped;
    clearInterval(idle);
    clearTimeout(cut);
    if (!keepApp) await app.close();
  };
  return {
    url,
    port,
    close: (closeOptions = {}) => (closed ??= close(closeOptions)),
  };
}

/**
 * Resolves when no connection waits that the system has accepted and Node has not: it would be reset, with the request that was sent on
 * it. Node takes one each turn of the event loop, so that there are none once it took none in a whole turn.
 */
async function allTaken(server: Server): Promise<void> {
  let quiet = 0;
  const taken = (): void => void (quiet = 0);
  server.on('connection', taken);
  // The first turn may have begun with the signal that made the server close.
  for (let turn = 0; quiet < 2 && turn < MOST_TURNS; turn++) {
    quiet++;
    await new Promise(setImmediate);
  }
  server.off('connection', taken);
}

function started(server: Server, { host, port }: HttpSettings): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? PerduraError.of('PORT_IN_USE', host, port) : error);
    });
    server.listen(port, host.replace(/^\[|\]$/g, ''), resolve);
  });
}

/** A host as a URL on this machine names it: brackets for IPv6, and an address that can be connected to for "all". */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::' || host === '[::]') return '127.0.0.1';
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
