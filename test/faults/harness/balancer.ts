import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How often a request is passed on before its client is told to try again. */
const TRIES = 5;

/** Knows of no session: each request goes to the next of its servers. One that takes no connection is passed over. */
export class Balancer {
  /** The ports of the servers that requests are sent to. */
  targets: readonly number[] = [];
  #turn = 0;

  private constructor(private readonly server: Server) {
    server.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) => void this.#serve(incoming, outgoing));
  }

  static async start(): Promise<Balancer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Balancer(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await bodyOf(incoming).catch(() => undefined);
    for (let tries = 0; body && tries < TRIES; tries++) {
      const port = this.targets[this.#turn++ % this.targets.length];
      try {
        return await pass(port, incoming, body, outgoing);
      } catch (error) {
        if (outgoing.headersSent) return void outgoing.destroy();
        // Whoever has taken it may have done it: only its client knows whether it may be done again.
        if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') return void outgoing.writeHead(502).end();
      }
    }
    if (!outgoing.headersSent) outgoing.writeHead(503, { 'retry-after': '1' }).end();
  }
}

async function pass(
  port: number | undefined,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
  outgoing: ServerResponse,
): Promise<void> {
  const onward = request({ host: '127.0.0.1', port, method, path: url, headers, agent: false });
  outgoing.once('close', () => onward.destroy());
  onward.end(body);
  const [answer] = (await once(onward, 'response')) as [IncomingMessage];
  onward.on('error', () => outgoing.destroy());
  if (answer.headers['content-type'] === 'text/event-stream') {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers).flushHeaders();
    answer.on('error', () => outgoing.destroy());
    answer.pipe(outgoing);
  } else {
    const whole = await bodyOf(answer);
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(whole);
  }
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
