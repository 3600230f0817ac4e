import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { httpHandler, serveHttp, type HttpOptions, type HttpServer } from '../../framework/http.js';
import type { Principal } from '../../framework/index.js';
import { start as startRequest } from '../processes/client.js';
import { echoApp, type EchoApp } from './echo-app.js';
import { until } from '../fixtures/until.js';
import { openSession, send, sessionRequest, STATELESS, statelessRequest } from './send.js';

/** Knows its first caller at once, and those who come after it when it is told to. */
function slowLogin() {
  let identify: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (identify = resolve));
  let asked = 0;
  const authenticate = async (): Promise<Principal> => {
    if (asked++ > 0) await gate;
    return { owner: 'ann', scopes: [] };
  };
  return { authenticate, asked: () => asked, identify };
}

describe('serveHttp', () => {
  let app: EchoApp;
  let server: HttpServer;
  const start = async (options: HttpOptions = {}): Promise<number> => {
    app = echoApp();
    server = await serveHttp(app, { port: 0, ...options });
    return server.port;
  };
  afterEach(() => server.close());

  const takesNobody = (): Promise<boolean> =>
    send(server.port, { method: 'GET', path: '/health/live' }).then(
      () => false,
      () => true,
    );

  // Spec: http.content-type@2026-07-28, http.localhost
  it('answers a stateless request with plain JSON of known length, not to be cached or sniffed', async () => {
    const port = await start();
    expect(server.url).toBe(`http://127.0.0.1:${port}/mcp`);
    const answer = await send(port, { headers: STATELESS, body: statelessRequest('echo', { word: 'été' }) });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ result: { params: { word: 'été' } } });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(answer.body)),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(answer.headers).not.toHaveProperty('x-powered-by');
  });

  it.each(['later', 'echo'])('serves "%s" the same whether the answer comes at once or later', async (method) => {
    const port = await start();
    const { status, body } = await send(port, { headers: STATELESS, body: statelessRequest(method) });
    expect([status, JSON.parse(body)]).toMatchObject([200, { result: {} }]);
  });

  it.each(['throw', 'reject'])('answers with a reference alone when serving fails (%s)', async (method) => {
    const port = await start();
    const { status, body } = await send(port, { headers: STATELESS, body: statelessRequest(method) });
    expect(status).toBe(500);
    expect(JSON.parse(body)).toMatchObject({ error: { code: -32603 } });
    expect(body).not.toMatch(/secret|srv/);
    expect(app.reported).toHaveLength(1);
  });

  // Spec: http.one-endpoint@2026-07-28
  it('serves another path, with a query, and nothing at any other', async () => {
    const port = await start({ path: '/api/mcp' });
    const body = statelessRequest('echo');
    for (const path of ['/api/mcp?x=1', '/api/mcp/', '/api/mcp/?x=1']) {
      expect((await send(port, { path, headers: STATELESS, body })).status).toBe(200);
    }
    for (const path of ['/mcp', '/', '/api/mcp//', '/api/mcp/x', '/api//mcp']) {
      expect((await send(port, { path, headers: STATELESS, body })).status).toBe(404);
    }
  });

  it('is at the same path where that was given with a slash after it, as its card is', async () => {
    const port = await start({ path: '/mcp/', publicUrl: 'http://127.0.0.1/mcp' });
    expect(server.url).toBe(`http://127.0.0.1:${port}/mcp`);
    for (const path of ['/mcp', '/mcp/'])
      expect((await send(port, { path, headers: STATELESS, body: statelessRequest('echo') })).status).toBe(200);
    expect((await send(port, { method: 'GET', path: '/mcp/server-card' })).status).toBe(200);
  });

  it('keeps an idle connection for longer than balancers keep theirs', async () => {
    const headers = { ...STATELESS, connection: 'keep-alive' };
    const answer = await send(await start(), { headers, body: statelessRequest('echo') });
    expect(answer.headers['keep-alive']).toBe('timeout=65');
  });

  it.each(['PUT', 'PATCH', 'HEAD', 'TRACE'])('refuses %s and names what is allowed', async (method) => {
    const { status, headers } = await send(await start(), { method });
    expect([status, headers.allow]).toEqual([405, 'POST, GET, DELETE, OPTIONS']);
  });

  // Spec: http.legacy-methods, http.get
  it.each(['GET', 'DELETE'])('has no %s outside of a session', async (method) => {
    const port = await start();
    const session = await openSession(port);
    const stateless = { ...session, ...STATELESS };
    for (const headers of [{}, STATELESS, stateless]) {
      const answer = await send(port, { method, headers });
      expect([answer.status, answer.headers.allow]).toEqual([405, 'POST']);
    }
    const after = await send(port, { headers: session, body: sessionRequest('echo') });
    expect(after.status).toBe(200);
  });

  // Spec: auth.invalid@2026-07-28, auth.before@2026-07-28, auth.every-request@2026-07-28, elicit.identity@2026-07-28
  it('asks authenticate before it reads a body, and serves as whom it names', async () => {
    const port = await start({
      authenticate: ({ headers }) => {
        if (headers.authorization !== 'Bearer good') throw new Error('no');
        return { owner: 'ann', scopes: [] };
      },
    });
    const refused = await send(port, { headers: STATELESS, body: 'not json' });
    expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    const headers = { ...STATELESS, authorization: 'Bearer good' };
    expect((await send(port, { headers, body: statelessRequest('echo') })).status).toBe(200);
    expect(app.seen).toEqual(['serve echo']);
  });

  // Spec: auth.invalid, auth.before, auth.every-request
  it.each(['POST', 'GET', 'DELETE'])('lets nobody in by %s whom authenticate names nobody', async (method) => {
    let known = true;
    // What a look-up in a table of tokens gives for one that is not there, in code that no compiler checks.
    const authenticate = (() => (known ? { owner: 'ann', scopes: [] } : undefined)) as () => Principal;
    const port = await start({ authenticate });
    const session = await openSession(port);
    known = false;
    const stranger = method === 'POST' ? { headers: STATELESS, body: statelessRequest('echo') } : { headers: session };
    expect((await send(port, { method, ...stranger })).status).toBe(401);
    expect(app.seen).not.toContain('serve echo');
  });

  // Spec: http.authentication
  it('does not start where others can reach it until it is told its names and who may call', async () => {
    const port = await start();
    const refused = (options: HttpOptions): Promise<unknown> => serveHttp(echoApp(), { port: 0, ...options });
    const names = { allowedHosts: ['mcp.example.com'] };
    for (const host of ['0.0.0.0', '::', '192.0.2.1', 'example.com']) {
      await expect(refused({ host })).rejects.toMatchObject({ code: 'UNSAFE_BIND' });
      await expect(refused({ host, ...names })).rejects.toMatchObject({ code: 'UNAUTHENTICATED_BIND' });
    }
    await expect(refused({ port })).rejects.toMatchObject({ code: 'PORT_IN_USE' });
    for (const options of [
      ...[{ path: 'mcp' }, { publicUrl: 'mcp.example.com' }, { maxBodyBytes: 0 }, { port: 70_000 }],
      // Longer than a timer can wait, which would go off at once.
      ...[{ keepAlive: '30d' }, { pingInterval: '30d' }, { pingTimeout: '30d' }, { allowedHeaders: ['*'] }],
    ] as const) {
      await expect(refused(options)).rejects.toMatchObject({ code: 'INVALID_HTTP_OPTION' });
    }
    const open = await serveHttp(echoApp(), { port: 0, host: '0.0.0.0', allowUnauthenticated: true, ...names });
    const body = statelessRequest('echo');
    expect((await send(open.port, { headers: { ...STATELESS, host: 'mcp.example.com' }, body })).status).toBe(200);
    expect((await send(open.port, { headers: STATELESS, body })).status).toBe(403);
    await open.close();
  });

  // Spec: http.get-retry, listen.graceful
  it('finishes what it is serving before it closes, and takes nothing new', async () => {
    const port = await start();
    const session = await openSession(port);
    const kept = { ...session, connection: 'keep-alive' };
    const running = send(port, { headers: kept, body: sessionRequest('wait') });
    const listening = send(port, {
      headers: STATELESS,
      body: statelessRequest('subscriptions/listen', { stream: true, notifications: {} }),
    });
    const stream = await startRequest(port, { method: 'GET', headers: session });
    await until(() => ['serve subscriptions/listen', 'serve wait'].every((each) => app.seen.includes(each)));
    const closed = server.close();
    expect(server.close()).toBe(closed);
    await until(() => stream.isOver);
    expect([stream.messages, stream.retry]).toEqual([[], 500]);
    expect((await listening).body).toContain('"result"');
    await until(takesNobody);
    expect(app.seen).not.toContain('session closed');
    app.release();
    const { status, headers } = await running;
    expect([status, headers.connection]).toEqual([200, 'close']);
    await closed;
    expect(app.seen.slice(-3)).toEqual(['released wait', 'session closed', 'app closed']);
  });

  it('waits too for what goes on without its client, who may come back elsewhere for what it has to say', async () => {
    const port = await start();
    const lost = await startRequest(port, {
      headers: await openSession(port),
      body: sessionRequest('stay', { stream: true }),
    });
    lost.hangUp();
    const closed = server.close();
    // By then it has no connection any more.
    for (let refusals = 0; refusals < 5; refusals++) await until(takesNobody);
    app.release();
    await closed;
    expect(app.seen.slice(-3)).toEqual(['released stay', 'session closed', 'app closed']);
  });

  it('is not held up by connections that were opened for later', async () => {
    const port = await start();
    const silent = connect(port, '127.0.0.1');
    await once(silent, 'connect');
    const running = send(port, { headers: STATELESS, body: statelessRequest('stay') });
    await until(() => app.seen.includes('serve stay'));
    const closed = server.close();
    await once(silent.resume(), 'close');
    app.release();
    expect((await running).status).toBe(200);
    await closed;
  });

  it('serves who came before it began to close, and begins nothing then that would go on by itself', async () => {
    const slow = slowLogin();
    const port = await start({ authenticate: slow.authenticate });
    const session = await openSession(port);
    const sent = [
      send(port, { headers: { ...session, connection: 'keep-alive' }, body: sessionRequest('echo') }),
      send(port, { headers: { ...session, connection: 'keep-alive' }, body: sessionRequest('later') }),
      send(port, { method: 'GET', headers: session }),
      send(port, {
        headers: STATELESS,
        body: statelessRequest('subscriptions/listen', { stream: true, notifications: {} }),
      }),
    ];
    await until(() => slow.asked() === 5);
    const closed = server.close();
    await until(takesNobody);
    slow.identify();
    const answers = await Promise.all(sent);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 503, 503]);
    // The next request of these clients is for another process.
    expect(answers.map(({ headers }) => headers.connection)).toEqual(['close', 'close', 'close', 'close']);
    await closed;
    expect(app.seen.slice(-2)).toEqual(['session closed', 'app closed']);
  });

  it('serves all who had connected before it began to close, though Node takes them in one by one', async () => {
    const port = await start();
    const sent = Array.from({ length: 20 }, () => send(port, { headers: STATELESS, body: statelessRequest('echo') }));
    // By now the system has accepted them, and the event loop has not had a turn.
    await new Promise<void>((resolve) => process.nextTick(resolve));
    const closed = server.close();
    expect((await Promise.all(sent)).map(({ status }) => status)).toEqual(sent.map(() => 200));
    await closed;
  });

  it('leaves the app open when it is told to', async () => {
    await start();
    await server.close({ keepApp: true });
    expect(app.seen).toEqual([]);
  });
});

describe('httpHandler', () => {
  it("serves from a server of one's own, and answers 503 once it is closed", async () => {
    const app = echoApp();
    const handler = httpHandler(app);
    const server = createServer(handler).listen(0, '127.0.0.1');
    await until(() => server.listening);
    const { port } = server.address() as AddressInfo;
    expect((await send(port, { headers: STATELESS, body: statelessRequest('echo') })).status).toBe(200);
    await handler.close();
    const refused = await send(port, { headers: STATELESS, body: statelessRequest('echo') });
    expect([refused.status, refused.headers['retry-after'], refused.headers.connection]).toEqual([503, '1', 'close']);
    expect(app.seen).toEqual(['serve echo']);
    server.close();
  });

  /** In a server of one's own that does something with requests before it hands them on. */
  const mounted = async (
    options: HttpOptions,
    before: (request: IncomingMessage, response: ServerResponse) => void = () => undefined,
  ) => {
    const app = echoApp();
    const handler = httpHandler(app, options);
    const server = createServer((request, response) => {
      before(request, response);
      handler(request, response);
    }).listen(0, '127.0.0.1');
    await until(() => server.listening);
    const { port } = server.address() as AddressInfo;
    const close = async (): Promise<void> => {
      await handler.close();
      server.close();
    };
    return { app, port, close };
  };
  const at = (localAddress: string | undefined) => (request: IncomingMessage) =>
    void Object.defineProperty(request.socket, 'localAddress', { value: localAddress });
  const ECHO = { headers: { ...STATELESS, host: 'localhost' }, body: statelessRequest('echo') };

  // Spec: http.authentication, http.localhost
  it.each(['192.0.2.7', '10.0.0.1', '::ffff:192.0.2.7', '2001:db8::1', 'fe80::1'])(
    'lets nobody in who came in at %s, unless it was told who calls or that anybody may',
    async (address) => {
      const { app, port, close } = await mounted({}, at(address));
      for (let n = 0; n < 2; n++) expect((await send(port, ECHO)).status).toBe(403);
      expect((await send(port, { method: 'GET', path: '/health/live' })).status).toBe(200);
      expect(app.seen).toEqual([]);
      // Whoever reads logs is told once, and strangers cannot fill them.
      expect(app.reported).toEqual([expect.objectContaining({ code: 'UNAUTHENTICATED_BIND' })]);
      await close();
      const authenticate = (): Principal => ({ owner: 'ann', scopes: [] });
      for (const options of [{ authenticate }, { allowUnauthenticated: true }]) {
        const open = await mounted(options, at(address));
        expect((await send(open.port, ECHO)).status).toBe(200);
        await open.close();
      }
    },
  );

  it.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1', undefined])(
    'is for who came in at %s, the machine itself or a socket in its file system',
    async (address) => {
      const { port, close } = await mounted({}, at(address));
      expect((await send(port, ECHO)).status).toBe(200);
      await close();
    },
  );

  it('lives on where the body is read by what tells who calls', async () => {
    const authenticate = async (request: IncomingMessage): Promise<Principal> => {
      for await (const chunk of request) void chunk;
      return { owner: 'ann', scopes: [] };
    };
    const { app, port, close } = await mounted({ authenticate });
    expect((await send(port, ECHO)).status).toBe(500);
    expect(app.reported).toEqual([expect.objectContaining({ code: 'BODY_CONSUMED' })]);
    await close();
  });

  it('lives on where somebody in front answers first', async () => {
    const heads: number[] = [];
    const responses: ServerResponse[] = [];
    const { app, port, close } = await mounted({}, (_, response) => {
      if (responses.push(response) > 1) return;
      const writeHead = response.writeHead.bind(response);
      response.writeHead = (status: number) => (heads.push(status), writeHead(status));
    });
    const late = send(port, { headers: STATELESS, body: statelessRequest('wait') });
    await until(() => app.seen.includes('serve wait'));
    responses[0]?.writeHead(503).end('too late');
    expect((await late).body).toBe('too late');
    app.release();
    expect((await send(port, ECHO)).status).toBe(200);
    // To write a second head would throw, where nobody could catch it.
    expect(heads).toEqual([503]);
    await close();
  });

  it('begins nothing once it stops for who was being identified meanwhile', async () => {
    const slow = slowLogin();
    const { app, port, close } = await mounted({ authenticate: slow.authenticate });
    const session = await openSession(port);
    const sent = [
      send(port, { method: 'GET', headers: session }),
      send(port, { headers: session, body: sessionRequest('echo') }),
      send(port, {
        headers: STATELESS,
        body: statelessRequest('subscriptions/listen', { stream: true, notifications: {} }),
      }),
    ];
    await until(() => slow.asked() === 4);
    const closed = close();
    slow.identify();
    expect((await Promise.all(sent)).map(({ status }) => status)).toEqual([503, 503, 503]);
    await closed;
    expect(app.seen).toEqual(['initialize', 'session closed']);
  });

  it('refuses a parsed body that is nested too deeply to be written again, and lives', async () => {
    let body: unknown = 0;
    for (let depth = 0; depth < 200_000; depth++) body = [body];
    const authenticate = (): Promise<Principal> => Promise.resolve({ owner: 'ann', scopes: [] });
    for (const options of [{ authenticate }, {}]) {
      const { port, close } = await mounted(options, (request) => {
        request.resume();
        Object.defineProperties(request, { body: { value: body }, readableDidRead: { value: true } });
      });
      // Where the engine writes it all the same, it is nested too deeply to be looked at.
      expect([400, 413]).toContain((await send(port, ECHO)).status);
      await close();
    }
  });
});
