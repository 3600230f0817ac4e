import { createServer } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { once } from 'node:events';
import { type App, createApp } from 'perdura';
import { httpHandler, serveHttp } from 'perdura/http';
import { serveStdio } from 'perdura/stdio';
import { send, STATELESS, statelessRequest } from './send.js';

const discover = {
  headers: { ...STATELESS, 'mcp-method': 'server/discover' },
  body: statelessRequest('server/discover'),
};

describe('The page on serving', () => {
  let app: App;
  beforeEach(async () => {
    app = await createApp({ name: 'page', version: '1.0.0', use: [] });
  });
  afterEach(() => app.close());

  it('serves over HTTP behind a proxy', async () => {
    const verify = (header: string | undefined): Promise<{ sub: string }> =>
      header === 'Bearer good' ? Promise.resolve({ sub: 'ann' }) : Promise.reject(new Error('bad token'));
    const port = 0;
    //#region http
    const server = await serveHttp(app, {
      host: '0.0.0.0',
      port,
      publicUrl: 'https://mcp.example.com/mcp',
      authenticate: async ({ headers }) => {
        const { sub } = await verify(headers.authorization);
        return { owner: `https://login.example.com ${sub}`, scopes: [] };
      },
    });
    process.once('SIGTERM', () => void server.close());
    //#endregion
    process.removeAllListeners('SIGTERM');
    const headers = { ...discover.headers, host: 'mcp.example.com', authorization: 'Bearer good' };
    expect((await send(server.port, { ...discover, headers })).status).toBe(200);
    expect((await send(server.port, { ...discover, headers: { ...headers, authorization: 'none' } })).status).toBe(401);
    await server.close();
  });

  it("serves beside what a server of one's own serves", async () => {
    //#region handler
    const mcp = httpHandler(app, { path: '/mcp' });
    const server = createServer((request, response) => {
      if (request.url?.startsWith('/mcp')) mcp(request, response);
      else response.writeHead(200).end('ok');
    });
    //#endregion
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    expect((await send(port, { method: 'GET', path: '/health' })).body).toBe('ok');
    expect((await send(port, discover)).status).toBe(200);
    await mcp.close();
    server.close();
  });

  // Spec: transport.framing, transport.custom
  it('serves a socket with the framing of stdio', async () => {
    //#region socket
    const server = createSocketServer((socket) => {
      serveStdio(app, { streams: { input: socket, output: socket } });
    });
    //#endregion
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.write(`${JSON.stringify(discover.body)}\n`);
    const [line] = (await once(client, 'data')) as [Buffer];
    expect(JSON.parse(line.toString())).toMatchObject({ result: { supportedVersions: expect.any(Array) as unknown } });
    client.end();
    await once(client, 'close');
    server.close();
  });
});
