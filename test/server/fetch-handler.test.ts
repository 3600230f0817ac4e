import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type FetchHandler, fetchHandler, type FetchOptions, httpHandler } from '../../framework/http.js';
import { until } from '../fixtures/until.js';
import { echoApp, type EchoApp } from './echo-app.js';
import { events, send, STATELESS, statelessRequest, WELL_BEHAVED } from './send.js';

const URL_ = 'http://localhost/mcp';
const OPEN = { allowedHosts: ['localhost'], allowUnauthenticated: true } as const;

describe('A fetch handler', () => {
  let app: EchoApp;
  let mcp: FetchHandler;
  const serve = (options: FetchOptions = {}): void => {
    app = echoApp();
    mcp = fetchHandler(app, { ...OPEN, ...options });
  };
  afterEach(async () => {
    app.release();
    await mcp.close();
  });

  const requestOf = (body: unknown, init: RequestInit = {}, url = URL_): Request =>
    new Request(url, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...init,
      headers: { ...WELL_BEHAVED, ...STATELESS, ...(init.headers as object) },
    });
  const echo = (init: RequestInit = {}, url = URL_): Promise<Response> =>
    mcp(requestOf(statelessRequest('echo'), init, url));

  it('answers with JSON of a known length and the headers of every answer', async () => {
    serve();
    const response = await echo();
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ result: { params: {} } });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(text)),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
  });

  it('is not made where nothing tells who can reach it', () => {
    serve();
    expect(() => fetchHandler(app, {})).toThrow(expect.objectContaining({ code: 'UNSAFE_MOUNT' }));
    const named = { publicUrl: 'https://mcp.example.com/mcp' };
    expect(() => fetchHandler(app, named)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED_MOUNT' }));
    const wrong = { ...OPEN, path: 'mcp' };
    expect(() => fetchHandler(app, wrong)).toThrow(expect.objectContaining({ code: 'INVALID_HTTP_OPTION' }));
  });

  it.each([
    ['another host in the URL', {}, 'http://evil.example/mcp', 403],
    ['another Host', { headers: { host: 'evil.example' } }, URL_, 403],
    [
      'a Host that is allowed and a URL that is not',
      { headers: { host: 'localhost' } },
      'http://evil.example/mcp',
      403,
    ],
    ['a foreign Origin', { headers: { origin: 'https://evil.example' } }, URL_, 403],
    ['another path', {}, 'http://localhost/other', 404],
    ['another method', { method: 'PUT' }, URL_, 405],
    ['a body that is no JSON', { headers: { 'content-type': 'text/plain' } }, URL_, 415],
    ['an Accept that nothing fits', { headers: { accept: 'image/png' } }, URL_, 406],
    ['text that is no JSON', { body: '{' }, URL_, 400],
    ['bytes that are no text', { body: Buffer.from([0x22, 0xff, 0x22]) }, URL_, 400],
  ])('refuses %s', async (_what, init, url, status) => {
    serve();
    const response = await echo(init as RequestInit, url);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toMatchObject({ jsonrpc: '2.0', error: { code: expect.any(Number) } });
    expect(app.seen).toEqual([]);
  });

  it('refuses a body over the limit, announced or streamed, and stops reading it', async () => {
    serve({ maxBodyBytes: 1_000 });
    expect((await echo({ body: 'x'.repeat(1_001) })).status).toBe(413);
    let pulled = 0;
    let cancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => void (pulled++, controller.enqueue(new Uint8Array(500))),
      cancel: () => void (cancelled = true),
    });
    const init = { method: 'POST', body: endless, duplex: 'half', headers: { ...WELL_BEHAVED, ...STATELESS } };
    expect((await mcp(new Request(URL_, init as RequestInit))).status).toBe(413);
    await until(() => cancelled);
    expect(pulled).toBeLessThan(50);
    expect(app.seen).toEqual([]);
  });

  it('waits for nobody whose body breaks off', async () => {
    serve();
    let pulled = 0;
    const broken = new ReadableStream<Uint8Array>({
      pull: (controller) =>
        pulled++ ? controller.error(new Error('reset')) : controller.enqueue(Buffer.from('{"json')),
    });
    const init = { method: 'POST', body: broken, duplex: 'half', headers: { ...WELL_BEHAVED, ...STATELESS } };
    expect((await mcp(new Request(URL_, init as RequestInit))).status).toBe(499);
    expect(app.seen).toEqual([]);
    expect((await echo()).status).toBe(200);
  });

  it('asks who calls, with headers as Node has them', async () => {
    serve({
      authenticate: ({ headers, method, url }) => {
        if (headers.authorization !== 'Bearer good') throw new Error('no');
        expect({ method, url }).toEqual({ method: 'POST', url: URL_ });
        return { owner: 'ann', scopes: [] };
      },
    });
    expect((await echo({ headers: { authorization: 'Bearer good' } })).status).toBe(200);
    const refused = await echo();
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  });

  it('answers pages of allowed origins, and what they ask beforehand', async () => {
    serve({ allowedOrigins: ['https://app.example.com'] });
    const origin = 'https://app.example.com';
    const asked = await mcp(new Request(URL_, { method: 'OPTIONS', headers: { origin } }));
    expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([204, origin]);
    expect((await echo({ headers: { origin } })).headers.get('access-control-allow-origin')).toBe(origin);
    expect(asked.headers.get('access-control-allow-headers')).toMatch(/mcp-session-id/);
    expect(asked.headers.get('access-control-allow-headers')).not.toMatch(/x-api-key/i);
    serve({ allowedOrigins: [origin], allowedHeaders: ['X-API-Key'] });
    const more = await mcp(new Request(URL_, { method: 'OPTIONS', headers: { origin } }));
    expect(more.headers.get('access-control-allow-headers')?.split(', ')).toContain('x-api-key');
  });

  it('takes a body that somebody has read already', async () => {
    serve();
    const request = requestOf(statelessRequest('echo', { a: 1 }));
    const body = (await request.json()) as object;
    for (const given of [body, JSON.stringify(body), Buffer.from(JSON.stringify(body))]) {
      expect(await (await mcp(request, given)).json()).toMatchObject({ result: { params: { a: 1 } } });
    }
    expect((await mcp(request, { ...body, jsonrpc: '1.0' })).status).toBe(400);
    expect((await mcp(request, '[]')).status).toBe(400);
  });

  it('tells its author where a body was read and lost', async () => {
    serve();
    const request = requestOf(statelessRequest('echo'));
    await request.text();
    const response = await mcp(request);
    expect([response.status, await response.text()]).toEqual([500, expect.not.stringContaining('parser')]);
    expect(app.reported).toEqual([expect.objectContaining({ code: 'BODY_CONSUMED' })]);
  });

  it('streams, and ends the stream with the result', async () => {
    serve();
    const response = await mcp(requestOf(statelessRequest('talk', { count: 3 })));
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const messages = events(await response.text());
    expect(messages).toHaveLength(4);
    expect(messages.at(-1)).toMatchObject({ result: { done: true } });
  });

  it('hands the head out with the first message, and comments while it is quiet', async () => {
    serve({ keepAlive: 20 });
    const response = await mcp(requestOf(statelessRequest('wait', { stream: true })));
    const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while ((text.match(/^:$/gm) ?? []).length < 2) text += (await reader.read()).value ?? '';
    app.release();
    for (let read = await reader.read(); !read.done; read = await reader.read()) text += read.value;
    expect(events(text)).toHaveLength(2);
  });

  it('tells the call when its client goes, streaming or not', async () => {
    serve();
    const streaming = await mcp(requestOf(statelessRequest('wait', { stream: true })));
    await streaming.body?.cancel();
    await until(() => app.seen.filter((entry) => entry === 'closed wait').length === 1);

    const stop = new AbortController();
    const silent = mcp(requestOf(statelessRequest('wait'), { signal: stop.signal }));
    await until(() => app.seen.filter((entry) => entry === 'serve wait').length === 2);
    stop.abort();
    await until(() => app.seen.filter((entry) => entry === 'closed wait').length === 2);
    expect((await silent).status).toBe(499);

    const aborted = new AbortController();
    const started = await mcp(requestOf(statelessRequest('wait', { stream: true }), { signal: aborted.signal }));
    aborted.abort();
    await expect(started.text()).rejects.toThrow();
    await until(() => app.seen.filter((entry) => entry === 'closed wait').length === 3);
  });

  it('keeps only the latest progress for a reader that is slow, and the result comes last', async () => {
    serve();
    const response = await mcp(requestOf(statelessRequest('talk', { count: 5_000, size: 1_000 })));
    await until(() => app.seen.includes('said'));
    const body = await response.text();
    // 5 MB were said, and one is what waits for a reader.
    expect(body.length).toBeLessThan(1.5 * 1024 * 1024);
    const messages = events(body);
    expect(messages.at(-1)).toMatchObject({ result: { done: true } });
    expect(messages.at(-2)).toMatchObject({ params: { progress: 5_000 } });
  });

  it('cuts a reader that takes nothing of what must not be lost', async () => {
    serve();
    const method = 'notifications/resources/updated';
    const response = await mcp(requestOf(statelessRequest('talk', { count: 5_000, size: 1_000, method })));
    await until(() => app.seen.includes('closed talk'));
    await expect(response.text()).rejects.toThrow();
  });

  it('cuts a reader that takes nothing for long', async () => {
    serve({ keepAlive: 20 });
    const response = await mcp(requestOf(statelessRequest('talk', { count: 100, size: 1_000, hold: true })));
    await until(() => app.seen.includes('closed talk'));
    await expect(response.text()).rejects.toThrow();
  });

  it('takes nothing new once it is closed, and waits for what it serves', async () => {
    serve();
    const waiting = mcp(requestOf(statelessRequest('wait')));
    await until(() => app.seen.includes('serve wait'));
    const closing = mcp.close();
    expect((await echo()).status).toBe(503);
    app.release();
    expect((await waiting).status).toBe(200);
    await closing;
  });

  it('answers probes wherever they come from', async () => {
    serve();
    const live = await mcp(new Request('http://10.0.0.7/health/live'));
    expect([live.status, await live.text()]).toEqual([200, 'ok\n']);
  });
});

describe('A Node handler behind a body parser', () => {
  it('tells its author where a body was read and lost', async () => {
    const app = echoApp();
    const mcp = httpHandler(app);
    const server = createServer((request, response) => {
      request.resume().on('end', () => mcp(request, response));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const sent = { headers: STATELESS, body: statelessRequest('echo') };
    expect((await send(port, sent)).status).toBe(500);
    expect(app.reported).toEqual([expect.objectContaining({ code: 'BODY_CONSUMED' })]);
    await mcp.close();
    server.close();
  });
});
