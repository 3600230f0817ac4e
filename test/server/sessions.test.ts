import { once } from 'node:events';
import { request } from 'node:http';
import { serveHttp, type HttpOptions, type HttpServer } from '../../framework/http.js';
import { echoApp, type EchoApp } from './echo-app.js';
import { until } from '../fixtures/until.js';
import { INITIALIZE, openSession, send, sessionRequest, STATELESS } from './send.js';

describe('2025-11-25 sessions over HTTP', () => {
  let app: EchoApp;
  let server: HttpServer;
  let port: number;
  const start = async (options: HttpOptions = {}): Promise<void> => {
    app = echoApp();
    server = await serveHttp(app, { port: 0, ...options });
    ({ port } = server);
  };
  afterEach(async () => {
    app.release();
    await server.close();
  });
  const echo = async (headers: Record<string, string>): Promise<number> =>
    (await send(port, { headers, body: sessionRequest('echo') })).status;

  /** Everybody is who they say they are. */
  const authenticate: HttpOptions['authenticate'] = ({ headers }) => ({
    owner: String(headers.authorization),
    scopes: [],
  });

  // Spec: session.id-random, session.id-ascii
  it('have ids of 128 random bits in visible ASCII', async () => {
    await start();
    const ids = await Promise.all(Array.from({ length: 20 }, async () => (await openSession(port))['mcp-session-id']));
    expect(new Set(ids).size).toBe(20);
    for (const id of ids) expect(id).toMatch(/^[\x21-\x7e]{22,}$/);
  });

  // Spec: session.id-required, session.version-default, session.ended, initialize.first
  it('serve requests with their id: 400 without, 404 for one that is not known', async () => {
    await start();
    const session = await openSession(port);
    expect(await echo(session)).toBe(200);
    expect(await echo({ 'mcp-session-id': session['mcp-session-id'] as string })).toBe(200);
    expect(await echo({ 'mcp-protocol-version': '2025-11-25' })).toBe(400);
    expect(await echo({})).toBe(400);
    expect(await echo({ ...session, 'mcp-session-id': 'other' })).toBe(404);
  });

  // Spec: messages.error-id
  it('refuse a request under its own id, and with headers that fit', async () => {
    await start();
    const session = await openSession(port);
    const cases: [number, string, Record<string, string>][] = [
      [400, 'echo', {}],
      [404, 'echo', { ...session, 'mcp-session-id': 'other' }],
      [400, 'initialize', session],
    ];
    for (const [status, method, headers] of cases) {
      const request = { jsonrpc: '2.0', id: 'ünlike', method, params: INITIALIZE };
      const answer = await send(port, { headers, body: request });
      expect(answer.status).toBe(status);
      expect(answer.headers['content-length']).toBe(String(Buffer.byteLength(answer.body)));
      expect(JSON.parse(answer.body)).toMatchObject({ id: 'ünlike', error: { code: -32600 } });
    }
  });

  // Spec: session.version-invalid
  it.each(['1.0', '2024-13', '2019-01-01', 'latest', ''])('refuse the protocol version "%s"', async (version) => {
    await start();
    const session = await openSession(port);
    const { status, body } = await send(port, {
      headers: { ...session, 'mcp-protocol-version': version },
      body: sessionRequest('echo'),
    });
    expect(status).toBe(400);
    expect(JSON.parse(body)).toMatchObject({
      error: {
        code: -32022,
        data: { supported: expect.arrayContaining(['2026-07-28', '2025-11-25']) as unknown, requested: version },
      },
    });
  });

  it('go by what was agreed where a request says 2025-03-26, the version to assume of one that says nothing', async () => {
    await start();
    const session = await openSession(port);
    expect(await echo({ ...session, 'mcp-protocol-version': '2025-03-26' })).toBe(200);
    expect(await echo({ 'mcp-protocol-version': '2025-03-26' })).toBe(400);
  });

  it('are not known to anybody but their owner', async () => {
    await start({ authenticate });
    const ann = await openSession(port, { authorization: 'ann' });
    expect(await echo({ ...ann, authorization: 'bob' })).toBe(404);
    expect((await send(port, { method: 'DELETE', headers: { ...ann, authorization: 'bob' } })).status).toBe(404);
    expect((await send(port, { method: 'GET', headers: { ...ann, authorization: 'bob' } })).status).toBe(404);
    expect(await echo(ann)).toBe(200);
  });

  it('are not initialised twice', async () => {
    await start();
    const session = await openSession(port);
    const again = await send(port, { headers: session, body: sessionRequest('initialize', INITIALIZE) });
    expect(again.status).toBe(400);
    expect(await echo(session)).toBe(200);
  });

  // Spec: http.accepted, http.not-accepted, initialize.first@2025-11-25
  it('take notifications and responses without an answer, and 2026-07-28 takes no responses', async () => {
    await start();
    const session = await openSession(port);
    const notification = { jsonrpc: '2.0', method: 'notifications/initialized' };
    const response = { jsonrpc: '2.0', id: 'ours', result: {} };
    for (const body of [notification, response]) {
      const answer = await send(port, { headers: session, body });
      expect([answer.status, answer.body]).toEqual([202, '']);
    }
    expect(app.seen).toEqual(['initialize', 'receive notifications/initialized', 'receive response']);
    expect((await send(port, { headers: STATELESS, body: notification })).status).toBe(202);
    expect((await send(port, { headers: STATELESS, body: response })).status).toBe(400);
    expect((await send(port, { body: notification })).status).toBe(400);
    expect(app.seen).toHaveLength(3);
  });

  // Spec: session.ended
  it('end when they have been idle, but not while they serve or stream', async () => {
    await start({ sessions: { idleTtl: 120 } });
    const [idle, serving, streaming] = [
      await openSession(port),
      await openSession(port),
      await openSession(port),
    ] as const;
    const running = send(port, { headers: serving, body: sessionRequest('wait') });
    const stream = send(port, { method: 'GET', headers: streaming });
    await until(() => app.seen.includes('session closed'));
    expect(await echo(idle)).toBe(404);
    app.release();
    expect((await running).status).toBe(200);
    expect(await echo(serving)).toBe(200);
    expect(await echo(streaming)).toBe(200);
    await send(port, { method: 'DELETE', headers: streaming });
    await stream;
  });

  it('end where the client of a stream left before it was known who it is', async () => {
    let asked = false;
    await start({
      sessions: { idleTtl: 120 },
      authenticate: async ({ method, socket }) => {
        asked = method === 'GET';
        if (asked) await once(socket, 'close');
        return { owner: 'ann', scopes: [] };
      },
    });
    const headers = await openSession(port);
    const stream = request({ host: '127.0.0.1', port, path: '/mcp', headers, agent: false });
    stream.on('error', () => undefined).end();
    await until(() => asked);
    stream.destroy();
    await until(() => app.seen.includes('session closed'));
  });

  it('of one owner end oldest first when there are too many, and others keep theirs', async () => {
    await start({ authenticate, sessions: { perOwner: 2 } });
    const bob = await openSession(port, { authorization: 'bob' });
    const open = (): Promise<Record<string, string>> => openSession(port, { authorization: 'ann' });
    const [first, second] = [await open(), await open()];
    expect(await echo(first)).toBe(200);
    const third = await open();
    expect([await echo(first), await echo(second), await echo(third), await echo(bob)]).toEqual([200, 404, 200, 200]);
  });

  it('are bounded altogether, and one that serves is not the first to go', async () => {
    await start({ sessions: { max: 2 } });
    const [busy, idle] = [await openSession(port), await openSession(port)];
    const running = send(port, { headers: busy, body: sessionRequest('wait') });
    await until(() => app.seen.includes('serve wait'));
    await echo(idle);
    const third = await openSession(port);
    expect([await echo(busy), await echo(idle), await echo(third)]).toEqual([200, 404, 200]);
    app.release();
    await running;
  });
});
