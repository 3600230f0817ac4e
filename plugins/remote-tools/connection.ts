import type { Client, Transport } from '@modelcontextprotocol/client';
import { PerduraError } from 'perdura';
import { optionalPackage } from '../optional-package.js';
import { childEnvironment, type HttpServer, type RemoteServer } from './remote-server.js';

/** How to connect. */
export interface ConnectionSettings {
  readonly name: string;
  readonly server: RemoteServer;
  readonly revision: 'auto' | '2025-11-25' | '2026-07-28';
  /** Milliseconds that a connection, and each request on it, may take. */
  readonly timeout: number;
}

const MESSAGE_BYTES = 10 * 1024 * 1024;

/** One connection for all agents: opened when it is first used, and opened again after it was lost. */
export class Connection {
  #client: Promise<Client> | undefined;

  constructor(private readonly settings: ConnectionSettings) {}

  /**
   * Does something with the client; once more with a new one where the server has forgotten the session, and so has done nothing
   * (2025-11-25 `basic/transports`, Session Management).
   * @throws PerduraError `PACKAGE_MISSING`, `REMOTE_SERVER_UNAVAILABLE`; whatever `act` throws
   */
  async use<T>(act: (client: Client) => Promise<T>): Promise<T> {
    const opened = (this.#client ??= this.#open());
    const client = await opened;
    try {
      return await act(client);
    } catch (error) {
      if ((error as { readonly status?: unknown }).status !== 404) throw error;
      if (this.#client === opened) this.#client = undefined;
      return act(await (this.#client ??= this.#open()));
    }
  }

  async close(): Promise<void> {
    const open = this.#client;
    this.#client = undefined;
    await open?.then(
      (client) => client.close(),
      () => {},
    );
  }

  #open(): Promise<Client> {
    const opening = this.#connect(() => {
      // The next use opens another; what was under way has failed already.
      if (this.#client === opening) this.#client = undefined;
    });
    opening.catch(() => {
      if (this.#client === opening) this.#client = undefined;
    });
    return opening;
  }

  async #connect(lost: () => void): Promise<Client> {
    const { name, server, revision, timeout } = this.settings;
    const sdk = await loadClient();
    const mode = revision === 'auto' ? 'auto' : revision === '2025-11-25' ? 'legacy' : { pin: revision };
    const client = new sdk.Client({ name: 'perdura', version: '1.0.0' }, { versionNegotiation: { mode } });
    client.onclose = lost;
    try {
      const transport =
        'command' in server ? await stdioTransport(server) : httpTransport(sdk.StreamableHTTPClientTransport, server);
      await client.connect(transport, { timeout });
      return client;
    } catch (cause) {
      await client.close().catch(() => {});
      throw PerduraError.from(cause, 'REMOTE_SERVER_UNAVAILABLE', name, 'it cannot be reached');
    }
  }
}

async function stdioTransport(server: Extract<RemoteServer, { readonly command: string }>): Promise<Transport> {
  const { StdioClientTransport } = await import('@modelcontextprotocol/client/stdio');
  const { command, args = [], cwd, stderr = 'inherit' } = server;
  return new StdioClientTransport({
    command,
    args: [...args],
    env: childEnvironment(server),
    stderr,
    maxBufferSize: MESSAGE_BYTES,
    ...(cwd !== undefined && { cwd }),
  });
}

type HttpTransport = typeof import('@modelcontextprotocol/client').StreamableHTTPClientTransport;

function httpTransport(Http: HttpTransport, { url, headers = {} }: HttpServer): Transport {
  const add: typeof fetch = async (input, init) => {
    const all = new Headers(init?.headers);
    const own = typeof headers === 'function' ? await headers() : headers;
    for (const [name, value] of Object.entries(own)) all.set(name, value);
    // A redirect would take the headers, and what agents say, to where nobody sent them.
    const response = await fetch(input, { ...init, headers: all, redirect: 'error' });
    // What is asked for has an end; the stream that a GET opens need not.
    return init?.method === 'POST' ? bounded(response) : response;
  };
  return new Http(new URL(url), { fetch: add });
}

/** The answer, which breaks off where it has more bytes than a message may. */
function bounded(response: Response): Response {
  if (response.body === null) return response;
  let bytes = 0;
  const count = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      if ((bytes += chunk.length) <= MESSAGE_BYTES) controller.enqueue(chunk);
      else controller.error(new Error(`The answer has more than ${MESSAGE_BYTES} bytes.`));
    },
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(count), { status, statusText, headers });
}

/** Loads the SDK's client, an optional peer of the package. */
export const loadClient = (): Promise<typeof import('@modelcontextprotocol/client')> =>
  optionalPackage('remoteTools()', '@modelcontextprotocol/client', () => import('@modelcontextprotocol/client'));
