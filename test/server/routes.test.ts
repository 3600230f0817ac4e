import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { createApp, type App, type Plugin, type RouteHandler, type RouteVisit } from 'perdura';
import { fetchHandler, serveHttp, type HttpOptions, type HttpServer } from 'perdura/http';
import { until } from '../fixtures/until.js';
import { send } from './send.js';

const plugin = (answer: RouteHandler, path = '/side', name = 'side'): Plugin => ({
  name,
  setup: (host) => host.route(path, answer),
});
const errors: unknown[] = [];
const appWith = (...use: Plugin[]): Promise<App> =>
  createApp({ name: 'routes', version: '1.0.0', use, report: (error) => void errors.push(error) });
const codes = (start: Promise<unknown>): Promise<string[]> =>
  start.then(
    () => [],
    ({ mistakes, code }: { mistakes?: { code: string }[]; code: string }) =>
      mistakes?.map((mistake) => mistake.code) ?? [code],
  );

let server: HttpServer | undefined;
const start = async (answer: RouteHandler, options: HttpOptions = {}): Promise<number> => {
  server = await serveHttp(await appWith(plugin(answer)), { port: 0, ...options });
  return server.port;
};
afterEach(async () => {
  await server?.close();
  server = undefined;
  errors.length = 0;
});

describe('A route of a plugin', () => {
  it('answers its path and all below it, with the request as it came', async () => {
    const port = await start(async (request) => {
      const told = [request.method, new URL(request.url).pathname, request.headers.get('x-of'), await request.text()];
      return Response.json(told, {
        status: 201,
        headers: [
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
        ],
      });
    });
    const made = await send(port, { path: '/side/a?b=1', headers: { 'x-of': 'me' }, body: 'text' });
    expect([made.status, JSON.parse(made.body)]).toEqual([201, ['POST', '/side/a', 'me', 'text']]);
    expect(made.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect((await send(port, { method: 'GET', path: '/side' })).status).toBe(201);
    for (const path of ['/sideways', '/', '/sid']) expect((await send(port, { method: 'GET', path })).status).toBe(404);
  });

  it('is told of no host but the one that the guards have seen', async () => {
    const port = await start(({ url }) => new Response(url));
    for (const path of ['http://localhost/side/a?b=1', '/side/..//evil.example.com/a'])
      expect(new URL((await send(port, { method: 'GET', path })).body).host).toBe(`127.0.0.1:${port}`);
  });

  it('is answered with 503 by a handler that is closed', async () => {
    let calls = 0;
    const app = await appWith(plugin(() => new Response(String(calls++))));
    const handle = fetchHandler(app, { allowedHosts: ['localhost'], allowUnauthenticated: true });
    await handle.close();
    expect((await handle(new Request('http://localhost/side'))).status).toBe(503);
    expect(calls).toBe(0);
    await app.close();
  });

  it('is answered by fetchHandler too, which knows of nobody that is local', async () => {
    const visits: RouteVisit[] = [];
    const app = await appWith(
      plugin((_, visit) => {
        visits.push(visit);
        return new Response('here', {
          headers: [
            ['set-cookie', 'a=1'],
            ['set-cookie', 'b=2'],
          ],
        });
      }),
    );
    const handle = fetchHandler(app, { allowedHosts: ['localhost'], allowUnauthenticated: true });
    const answered = await handle(new Request('http://localhost/side/x'));
    expect([await answered.text(), answered.headers.getSetCookie()]).toEqual(['here', ['a=1', 'b=2']]);
    expect(visits).toEqual([{ app, isLocal: false }]);
    await handle.close();
    await app.close();
  });

  it('is behind the guards of the endpoint, and takes nothing from pages of other origins', async () => {
    let calls = 0;
    const port = await start(() => new Response(String(calls++)), { maxBodyBytes: 10 });
    const host = `127.0.0.1:${port}`;
    const status = async (headers: Record<string, string>, body = ''): Promise<number> =>
      (await send(port, { path: '/side', headers, body })).status;
    expect(await status({ host: 'evil.example.com' })).toBe(403);
    // Another page of this machine may call the endpoint, and not this.
    for (const origin of ['https://evil.example.com', 'http://localhost:1', 'null'])
      expect(await status({ host, origin })).toBe(403);
    expect(await status({ host }, 'x'.repeat(11))).toBe(413);
    expect((await send(port, { method: 'TRACE', path: '/side' })).status).toBe(405);
    expect([calls, errors]).toEqual([0, []]);
    expect(await status({ host, origin: `http://${host}` }, 'x'.repeat(10))).toBe(200);
    expect((await send(port, { method: 'GET', path: '/side' })).headers['access-control-allow-origin']).toBeUndefined();
  });

  it('tells who sits at this machine from whom a proxy speaks for', async () => {
    const port = await start((_, { isLocal }) => new Response(String(isLocal)), { allowedHosts: ['mcp.example.com'] });
    const isLocal = async (headers: Record<string, string> = {}): Promise<string> =>
      (await send(port, { method: 'GET', path: '/side', headers })).body;
    expect(await isLocal()).toBe('true');
    for (const host of ['localhost', `127.0.0.1:${port}`, `[::1]:${port}`])
      expect(await isLocal({ host })).toBe('true');
    expect(await isLocal({ host: 'mcp.example.com' })).toBe('false');
    for (const name of ['X-Forwarded-For', 'X-Forwarded-Proto', 'Forwarded', 'Via', 'X-Real-IP', 'CF-Connecting-IP'])
      expect([name, await isLocal({ [name]: '127.0.0.1' })]).toEqual([name, 'false']);
  });

  it('takes nobody for local where the server is there for the public', async () => {
    const port = await start((_, { isLocal }) => new Response(String(isLocal)), {
      publicUrl: 'https://mcp.example.com/mcp',
    });
    const headers = { origin: 'https://mcp.example.com' };
    expect((await send(port, { method: 'GET', path: '/side', headers })).body).toBe('false');
  });

  it('reports what it throws, and tells a reference of it', async () => {
    const port = await start(() => Promise.reject(new Error('secret')));
    const { status, body } = await send(port, { method: 'GET', path: '/side' });
    expect([status, body]).toEqual([500, expect.stringMatching(/^Something went wrong \(reference [\w-]{36}\)\.\n$/)]);
    expect(errors).toMatchObject([{ message: 'secret' }]);
  });

  it('may send a stream, which ends when its reader goes', async () => {
    let isCancelled = false;
    const port = await start(() => {
      const pull = (stream: ReadableStreamDefaultController): void => stream.enqueue(Buffer.alloc(65_536, 'x'));
      return new Response(new ReadableStream({ pull, cancel: () => void (isCancelled = true) }));
    });
    const reader = request({ host: '127.0.0.1', port, path: '/side' }).end();
    const [body] = (await once(reader, 'response')) as [IncomingMessage];
    await once(body, 'data');
    reader.destroy();
    await until(() => isCancelled);
  });
});

describe('The path of a route', () => {
  const side = (path: string, name?: string): Plugin => plugin(() => new Response(), path, name);

  it.each(['', '/', 'side', '/side/', '/a//b', '/a?b', '/ä', '/a/:b'])('cannot be %j', async (path) => {
    expect(await codes(appWith(side(path)))).toEqual(['INVALID_ROUTE']);
  });

  it.each([
    ['/a', '/a'],
    ['/a/b', '/a'],
    ['/a', '/a/b'],
  ])('cannot be shared: %j and %j', async (one, other) => {
    expect(await codes(appWith(side(one), side(other, 'other')))).toEqual(['ROUTE_TAKEN']);
    expect(await codes(appWith(side(`${one}c`), side(`${other}d`, 'other')))).toEqual([]);
  });

  it.each(['/mcp', '/mcp/more', '/health', '/health/live'])('cannot be one of the server: %j', async (path) => {
    const app = await appWith(side(path));
    expect(await codes(serveHttp(app, { port: 0 }))).toEqual(['ROUTE_TAKEN']);
    await app.close();
  });
});
