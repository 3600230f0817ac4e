import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type App, createApp, Resource, Tool } from 'perdura';
import { type HttpHandler, httpHandler } from 'perdura/http';
import { until } from '../fixtures/until.js';
import { type Answering, message, openSession, start, startStateless } from '../processes/client.js';
import { send, STATELESS, statelessRequest } from './send.js';

/** URIs this long fill a reader's budget (1 MiB, beside what the sockets of both sides hold) within some thousand updates. */
const URI = `news://${'n'.repeat(1_900)}`;

@Resource({ name: 'news', uri: URI })
class News {
  read(): string {
    return 'news';
  }
}

@Tool({ name: 'print', description: 'Says more than the sockets of both sides hold.' })
class Print {
  call(): string {
    return 'p'.repeat(48 * 1024 * 1024);
  }
}

@Tool({ name: 'add', description: 'Adds.' })
class Add {
  call(): string {
    return 'added';
  }
}

describe('Clients that do not read', () => {
  let app: App;
  let handler: HttpHandler;
  let server: Server;
  let port: number;
  const sockets = new Set<Socket>();
  beforeEach(async () => {
    app = await createApp({ name: 'news', version: '1', use: [News, Add] });
    handler = httpHandler(app);
    server = createServer(handler).listen(0, '127.0.0.1');
    server.on('connection', (socket) => sockets.add(socket.once('close', () => sockets.delete(socket))));
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  afterEach(async () => {
    server.close();
    server.closeAllConnections();
    await handler.close();
    await app.close();
  });

  /** Tells of updates until no more than so many connections are open, while others are served. */
  const flood = async (left: number): Promise<void> => {
    const headers = { ...STATELESS, 'mcp-method': 'tools/call', 'mcp-name': 'add' };
    await until(async () => {
      for (let n = 0; n < 500; n++) {
        app.catalog.resourceUpdated(URI);
        // Updates that come while one is being told are one.
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect((await send(port, { headers, body: statelessRequest('tools/call', { name: 'add' }) })).status).toBe(200);
      return sockets.size <= left;
    });
  };

  it('of subscriptions/listen are cut when their budget is full, and everybody else is served', async () => {
    const notifications = { resourceSubscriptions: [URI] };
    const listen = (): Promise<Answering> => startStateless(port, 'subscriptions/listen', { notifications });
    const deaf = await Promise.all([listen(), listen(), listen()]);
    const reading = await listen();
    for (const { incoming } of deaf) incoming.pause();
    await flood(1);
    const told = reading.messages.length;
    app.catalog.resourceUpdated(URI);
    await until(() => reading.messages.length > told);
    for (const { incoming } of [...deaf, reading]) incoming.destroy();
  });

  it('of a session’s stream are cut as well, and come back to their session', async () => {
    const headers = await openSession(port);
    await (await start(port, { headers, body: message('resources/subscribe', { uri: URI }) })).response();
    const deaf = await start(port, { method: 'GET', headers });
    deaf.incoming.pause();
    await flood(0);
    const again = await start(port, { method: 'GET', headers });
    app.catalog.resourceUpdated(URI);
    await until(() => again.messages.length > 0);
    for (const { incoming } of [deaf, again]) incoming.destroy();
  });
});

describe('A client that does not read a plain answer', () => {
  it('is cut off once it has taken nothing of it for a while', async () => {
    const limits = { resultBytes: 64 * 1024 * 1024 };
    const app = await createApp({ name: 'print', version: '1', use: [Print], limits });
    const handler = httpHandler(app, { keepAlive: 20 });
    const server = createServer(handler).listen(0, '127.0.0.1');
    let isCut = false;
    server.on('connection', (socket) => socket.once('close', () => (isCut = true)));
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { incoming } = await startStateless(port, 'tools/call', { name: 'print' });
    incoming.pause();
    await until(() => isCut);
    expect(incoming.complete).toBe(false);
    incoming.destroy();
    server.close();
    await handler.close();
    await app.close();
  });
});
