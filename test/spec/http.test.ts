import type { App } from 'perdura';
import { type HttpServer, serveHttp } from 'perdura/http';
import { until } from '../fixtures/until.js';
import { type Answering, openSession, start, startStateless } from '../processes/client.js';
import { send, STATELESS } from '../server/send.js';
import { hotelApp, Ledger } from './hotel-app.js';
import type { Fields } from './raw-client.js';

const TOKEN = 'a-token-that-nobody-keeps';

describe.each(['2025-11-25', '2026-07-28'] as const)('the hotel over HTTP on %s', (revision) => {
  let app: App;
  let server: HttpServer;
  let ledger: Ledger;
  let session: Record<string, string>;

  beforeAll(async () => {
    ledger = new Ledger();
    app = await hotelApp({ providers: [{ provide: Ledger, useValue: ledger }] });
    const authenticate = ({ headers }: { headers: Fields }) => ({
      owner: String(headers['authorization']).slice(0, 3),
      scopes: [],
    });
    server = await serveHttp(app, { port: 0, authenticate });
    session = await openSession(server.port);
  });
  afterAll(() => server.close());

  let id = 0;
  const ask = (method: string, params: Fields = {}, owner = 'ada'): Promise<Answering> =>
    revision === '2026-07-28'
      ? startStateless(server.port, method, params, owner)
      : start(server.port, {
          headers: { ...session, authorization: owner },
          body: { jsonrpc: '2.0', id: `r${++id}`, method, params },
        });
  const tell = (progressToken: string): Promise<Answering> =>
    ask('tools/call', { name: 'tell', ...(revision === '2025-11-25' && { _meta: { progressToken } }) });
  const typeOf = ({ incoming }: Answering): unknown => incoming.headers['content-type'];

  // Spec: http.one-endpoint, http.sse-transport@2026-07-28
  it('is at one path, and nothing is at those of the transport of 2024-11-05', async () => {
    const headers = revision === '2026-07-28' ? STATELESS : session;
    for (const path of ['/', '/sse', '/messages', '/message', '/mcp/sse']) {
      for (const method of ['POST', 'GET'])
        expect((await send(server.port, { method, path, headers })).status).toBe(404);
    }
    expect((await ask('tools/list')).status).toBe(200);
  });

  // Spec: http.content-type
  it('answers with JSON or with a stream of events', async () => {
    const plain = await ask('tools/list');
    await plain.response();
    expect([plain.status, typeOf(plain)]).toEqual([200, 'application/json']);
    const parts = await tell('p');
    await parts.response();
    // On 2026-07-28 a request that asks neither for progress nor for log messages gets none, and needs no stream.
    const type = revision === '2025-11-25' ? 'text/event-stream' : 'application/json';
    expect([parts.status, typeOf(parts)]).toEqual([200, type]);
  });

  // Spec: elicit.identity, auth.before, auth.every-request
  it('knows who calls from authenticate alone, on every request', async () => {
    const made = await ask('tools/call', { name: 'simmer', ...(revision === '2025-11-25' && { task: {} }) });
    const { result } = await made.response();
    const taskId = (result.taskId ?? result.task.taskId) as string;
    expect((await (await ask('tasks/get', { taskId })).response())['result']).toMatchObject({ taskId });
    const stranger = await ask('tasks/get', { taskId, _meta: { owner: 'ada' } }, 'eve');
    expect(stranger.status === 404 || (await stranger.response())['error'].code === -32602).toBe(true);
    await ask('tasks/cancel', { taskId });
  });

  // Spec: auth.storage
  it('keeps no token with what it keeps', async () => {
    const caller = `ada ${TOKEN}`;
    const made = await ask('tools/call', { name: 'simmer', ...(revision === '2025-11-25' && { task: {} }) }, caller);
    const { result } = await made.response();
    const taskId = (result.taskId ?? result.task.taskId) as string;
    const record = await app.tasks.get('ada', taskId);
    expect(record?.taskId).toBe(taskId);
    expect(JSON.stringify(record)).not.toContain(TOKEN);
    await app.tasks.cancel('ada', taskId);
  });

  if (revision === '2025-11-25') {
    // Spec: http.related@2025-11-25, http.ends@2025-11-25, http.get-responses@2025-11-25, http.one-stream@2025-11-25
    // Spec: http.no-broadcast@2025-11-25
    it('brings on the stream of a call what belongs to it, to the response, and none of that elsewhere', async () => {
      const standing = await start(server.port, { method: 'GET', headers: session });
      const calls = await Promise.all(['a', 'b', 'c'].map(tell));
      for (const call of calls) await call.response();
      await until(() => calls.every(({ isOver }) => isOver));
      calls.forEach((call, index) => {
        expect(typeOf(call)).toBe('text/event-stream');
        const tokens = call.messages.flatMap(({ params }) => (params?.progressToken as string | undefined) ?? []);
        expect(tokens).toEqual(Array.from({ length: 3 }, () => 'abc'[index]));
        expect(call.messages.filter((message) => 'result' in message)).toHaveLength(1);
        expect(call.messages.at(-1)).toHaveProperty('result');
      });
      expect(standing.messages.filter((message) => 'id' in message || 'result' in message)).toEqual([]);
      standing.hangUp();
    });

    // Spec: tasks.get-transport@2025-11-25, tasks.get-no-stream@2025-11-25
    it('answers tasks/get at once with JSON, also where the task has a question', async () => {
      const { result } = await (await ask('tools/call', { name: 'serve', task: {} })).response();
      const taskId = result.task.taskId as string;
      for (let status = ''; status !== 'input_required';) {
        const got = await ask('tasks/get', { taskId });
        status = (await got.response())['result'].status as string;
        expect([got.status, typeOf(got)]).toEqual([200, 'application/json']);
      }
      await ask('tasks/cancel', { taskId });
    });

    // Spec: tasks.result-transport@2025-11-25, tasks.input-transport@2025-11-25
    it('brings the result of a task, and what it asks, on a stream that can be resumed', async () => {
      const { result } = await (await ask('tools/call', { name: 'serve', task: {} })).response();
      const taskId = result.task.taskId as string;
      const lost = await ask('tasks/result', { taskId });
      const question = await lost.find(({ method }) => method === 'elicitation/create');
      lost.hangUp();
      const headers = { ...session, 'last-event-id': lost.ids.at(-1) as string };
      const again = await start(server.port, { method: 'GET', headers });
      const body = { jsonrpc: '2.0', id: question['id'], result: { action: 'accept', content: { name: 'Ada' } } };
      expect((await start(server.port, { headers: session, body })).status).toBe(202);
      expect((await again.response())['result'].content[0].text).toBe('served to Ada');
    });
    return;
  }

  const META = 'io.modelcontextprotocol/';
  const body = (method: string, params: Fields = {}, version = '2026-07-28', meta: Fields = {}): object => ({
    jsonrpc: '2.0',
    id: `r${++id}`,
    method,
    params: { ...params, _meta: { [`${META}protocolVersion`]: version, [`${META}clientCapabilities`]: {}, ...meta } },
  });
  const LIST = { ...STATELESS, 'mcp-method': 'tools/list', authorization: 'ada' };

  // Spec: stream.related@2026-07-28, stream.ends@2026-07-28, http.content-type@2026-07-28
  it('brings on the stream of a call what belongs to it, to the response', async () => {
    const headers = { ...STATELESS, 'mcp-method': 'tools/call', 'mcp-name': 'tell', authorization: 'ada' };
    const calls = await Promise.all(
      ['a', 'b', 'c'].map((progressToken) =>
        start(server.port, { headers, body: body('tools/call', { name: 'tell' }, undefined, { progressToken }) }),
      ),
    );
    for (const call of calls) await call.response();
    await until(() => calls.every(({ isOver }) => isOver));
    calls.forEach((call, index) => {
      expect(typeOf(call)).toBe('text/event-stream');
      const tokens = call.messages.flatMap(({ params }) => (params?.progressToken as string | undefined) ?? []);
      expect(tokens).toEqual(Array.from({ length: 3 }, () => 'abc'[index]));
      expect(call.messages.at(-1)).toHaveProperty('result');
    });
  });

  // Spec: stream.stops@2026-07-28, stream.closed@2026-07-28, cancel.disconnect@2026-07-28, cancel.stops@2026-07-28
  it('aborts a call whose client closes the connection', async () => {
    const before = ledger.entries.length;
    const hanging = new AbortController();
    const headers = { ...STATELESS, 'mcp-method': 'tools/call', 'mcp-name': 'hang', authorization: 'ada' };
    const gone = fetch(server.url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify(body('tools/call', { name: 'hang' })),
      signal: hanging.signal,
    });
    await until(() => ledger.entries.slice(before).includes('hanging'));
    hanging.abort();
    await expect(gone).rejects.toThrow();
    await until(() => ledger.entries.slice(before).includes('aborted'));
  });

  // Spec: headers.unsupported@2026-07-28, versions.unsupported@2026-07-28
  it('refuses a version that it does not serve, and names those that it does', async () => {
    const headers = { ...LIST, 'mcp-protocol-version': '2031-01-01' };
    const answer = await start(server.port, { headers, body: body('tools/list', {}, '2031-01-01') });
    const { error } = await answer.response();
    expect(answer.status).toBe(400);
    expect(error).toMatchObject({
      code: -32022,
      data: { requested: '2031-01-01', supported: expect.arrayContaining(['2026-07-28', '2025-11-25']) },
    });
  });

  // Spec: headers.unsupported@2026-07-28, versions.unsupported@2026-07-28, http.not-accepted@2026-07-28
  it.each([
    ['2031-01-01', undefined],
    ['2031-01-01', {}],
    ['2020-02-20', undefined],
    ['not-a-version', undefined],
  ])('tells a request of version %s, by its header alone, which there are (_meta: %j)', async (version, _meta) => {
    const headers = { ...LIST, 'mcp-protocol-version': version };
    const request = { jsonrpc: '2.0', id: 'r', method: 'tools/list', params: { ...(_meta && { _meta }) } };
    const answer = await start(server.port, { headers, body: request });
    expect(answer.status).toBe(400);
    const data = { requested: version, supported: ['2026-07-28', '2025-11-25', '2025-06-18'] };
    expect(await answer.response()).toMatchObject({ id: 'r', error: { code: -32022, data } });
  });

  // Spec: headers.unsupported@2026-07-28, http.not-accepted@2026-07-28
  it('takes no notification of a version that it does not serve', async () => {
    const meta = { [`${META}protocolVersion`]: '2031-01-01' };
    for (const params of [{}, { _meta: meta }]) {
      const headers = { ...STATELESS, authorization: 'ada', 'mcp-protocol-version': '2031-01-01' };
      const note = { jsonrpc: '2.0', method: 'notifications/unheard-of', params };
      const { status, body: text } = await send(server.port, { headers, body: note });
      expect([status, JSON.parse(text)]).toMatchObject([400, { error: { code: -32022 } }]);
    }
  });

  // Spec: headers.unknown-method@2026-07-28
  it('answers a method that does not exist with 404', async () => {
    const answer = await start(server.port, { headers: { ...LIST, 'mcp-method': 'a/b' }, body: body('a/b') });
    expect([answer.status, (await answer.response())['error'].code]).toEqual([404, -32601]);
  });

  // Spec: headers.param-unexpected@2026-07-28
  it.each([
    ['null', { wing: 'east', floor: null }],
    ['left out', { wing: 'east' }],
  ])('does not ask for the header of a parameter that is %s', async (_, args) => {
    const headers = { ...LIST, 'mcp-method': 'tools/call', 'mcp-name': 'book', 'mcp-param-wing': 'east' };
    const answer = await start(server.port, { headers, body: body('tools/call', { name: 'book', arguments: args }) });
    expect(answer.status).toBe(200);
    expect(await answer.response()).toHaveProperty('result');
  });

  // Spec: headers.case@2026-07-28
  it('reads headers in any case, and their values as they are', async () => {
    const shouted = { 'MCP-PROTOCOL-VERSION': '2026-07-28', 'mCP-mEtHoD': 'tools/list', AUTHORIZATION: 'ada' };
    expect((await start(server.port, { headers: shouted, body: body('tools/list') })).status).toBe(200);
    const headers = { ...LIST, 'mcp-method': 'TOOLS/LIST' };
    expect((await start(server.port, { headers, body: body('tools/list') })).status).toBe(400);
  });

  // Spec: http.legacy-session@2026-07-28, http.legacy-resume@2026-07-28
  it('takes no notice of a session or of an event to resume from', async () => {
    const expected = await (await start(server.port, { headers: LIST, body: body('tools/list') })).response();
    const more: readonly Record<string, string>[] = [
      { 'mcp-session-id': session['mcp-session-id'] as string },
      { 'mcp-session-id': 'x' },
      { 'last-event-id': '7' },
    ];
    for (const legacy of more) {
      const answer = await start(server.port, { headers: { ...LIST, ...legacy }, body: body('tools/list') });
      expect((await answer.response())['result']).toEqual(expected['result']);
      expect(answer.incoming.headers).not.toHaveProperty('mcp-session-id');
      expect(answer.ids).toEqual([]);
    }
  });
});
