import { serveHttp, type HttpServer } from '../../framework/http.js';
import { echoApp } from './echo-app.js';
import { send } from './send.js';

describe('Probes', () => {
  let server: HttpServer | undefined;
  afterEach(() => server?.close());

  const start = async (options: Parameters<typeof serveHttp>[1], ready: () => Promise<boolean>): Promise<number> => {
    server = await serveHttp({ ...echoApp(), ready }, { port: 0, ...options });
    return server.port;
  };
  const probe = async (port: number, path: string): Promise<readonly [number, string]> => {
    // As a platform asks: by the address of the container, with no name that the server knows, nor credentials.
    const { status, body } = await send(port, { method: 'GET', path, headers: { host: '10.0.0.7:3000' } });
    return [status, body];
  };

  it('say that the process lives, and whether the app is ready, to whoever asks', async () => {
    let isReady = true;
    const port = await start({ authenticate: () => Promise.reject(new Error('nobody')) }, async () => isReady);
    expect(await probe(port, '/health/live')).toEqual([200, 'ok\n']);
    expect(await probe(port, '/health/ready?full')).toEqual([200, 'ok\n']);
    isReady = false;
    expect(await probe(port, '/health/live')).toEqual([200, 'ok\n']);
    expect(await probe(port, '/health/ready')).toEqual([503, 'unavailable\n']);
  });

  it('tell no more of what goes wrong', async () => {
    const port = await start({}, () => Promise.reject(new Error('redis://:secret@db')));
    expect(await probe(port, '/health/ready')).toEqual([503, 'unavailable\n']);
  });

  it('have a place of their own choice, or none', async () => {
    const port = await start({ health: '/internal' }, async () => true);
    expect((await probe(port, '/internal/ready'))[0]).toBe(200);
    for (const path of ['/health/ready', '/internal', '/internal/', '/internal/other']) {
      expect((await probe(port, path))[0]).toBe(403);
    }
    await server?.close();
    const without = await start({ health: false }, async () => true);
    expect((await probe(without, '/health/live'))[0]).toBe(403);
    await expect(serveHttp(echoApp(), { health: 'health' })).rejects.toMatchObject({ code: 'INVALID_HTTP_OPTION' });
  });
});
