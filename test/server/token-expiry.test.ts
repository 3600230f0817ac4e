import { type App, type CallContext, createApp, Tool } from 'perdura';
import { type AuthorizationOptions, type HttpServer, serveHttp } from 'perdura/http';
import { until } from '../fixtures/until.js';
import { type Answering, message, openSession, start, startStateless } from '../processes/client.js';
import { send, sessionRequest, STATELESS } from './send.js';

let released = false;
let cancelled = false;

@Tool({ name: 'wait', description: 'Counts to one, and waits to be released.' })
class Wait {
  async call(_: unknown, ctx: CallContext): Promise<string> {
    ctx.progress(1);
    await until(() => released);
    cancelled = ctx.signal.aborted;
    return 'released';
  }
}

const RESOURCE = 'http://127.0.0.1/mcp';
/** The life of a short token, in seconds, from each request on that it comes with. */
const LIFE = 0.5;
const SHORT = 'Bearer short';
const LONG = 'Bearer long';

/** Tokens of one user. One that has ended does so for good; a year is more than a timer of Node's can wait. */
const ended = new Set<string>();
const verify: AuthorizationOptions<unknown>['verify'] = (token) => {
  if (ended.has(token)) return undefined;
  const life = token.startsWith('short') ? LIFE : 365 * 24 * 3600;
  const scopes = token.endsWith('strong')
    ? ['files:read', 'files:write']
    : token.endsWith('other')
      ? ['files:read']
      : [];
  return { owner: 'ann', audience: RESOURCE, scopes, expiresAt: Date.now() / 1000 + life };
};

describe('A stream whose token ends', () => {
  let app: App;
  let server: HttpServer;

  beforeAll(async () => {
    app = await createApp({ name: 'waiting', version: '1.0.0', use: [Wait] });
    server = await serveHttp(app, {
      port: 0,
      authorization: { authorizationServers: ['https://login.example.com'], resource: RESOURCE, verify },
    });
  });
  afterAll(() => server.close());
  beforeEach(() => {
    released = cancelled = false;
    ended.clear();
  });

  const open = (): Promise<Record<string, string>> => openSession(server.port, LONG);
  const call = (session: Record<string, string>): Promise<Answering> =>
    start(server.port, {
      headers: session,
      body: message('tools/call', { name: 'wait', _meta: { progressToken: 1 } }),
    });
  const get = (session: Record<string, string>, lastEventId?: string): Promise<Answering> =>
    start(server.port, {
      method: 'GET',
      headers: { ...session, ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) },
    });

  it('is closed for its client to come back, where it belongs to no request of a 2025-11-25 session', async () => {
    const session = await open();
    const [short, long] = [await get({ ...session, authorization: SHORT }), await get(await open())];
    await until(() => short.isOver);
    expect(short.retry).toBeGreaterThan(0);
    expect(long.isOver).toBe(false);
    ended.add('short');
    expect((await get({ ...session, authorization: SHORT }, short.ids.at(-1))).status).toBe(401);
    const again = await get(session, short.ids.at(-1));
    expect(again.status).toBe(200);
    again.hangUp();
    long.hangUp();
  });

  it('is gone on with by the next token, where it answers a request of a 2025-11-25 session', async () => {
    const session = await open();
    const answer = await call({ ...session, authorization: SHORT });
    await until(() => answer.isOver);
    expect(answer.retry).toBeGreaterThan(0);
    expect(answer.messages.map(({ method }) => method as string)).toEqual(['notifications/progress']);
    const rest = await get(session, answer.ids.at(-1));
    released = true;
    expect((await rest.response())['result']).toMatchObject({ content: [{ text: 'released' }] });
    expect(cancelled).toBe(false);
  });

  it('is closed again and again, where nothing but short tokens come back', async () => {
    const session = await open();
    let stream = await call({ ...session, authorization: SHORT });
    let last: string | undefined;
    for (let times = 0; times < 2; times++) {
      await until(() => stream.isOver);
      last = stream.ids.at(-1) ?? last;
      stream = await get({ ...session, authorization: SHORT }, last);
      expect(stream.status).toBe(200);
    }
    released = true;
    const rest = await get(session, last);
    expect((await rest.response())['result']).toMatchObject({ content: [{ text: 'released' }] });
  });

  it('is carried on for no weaker token of its owner, and goes on for the one that it was opened with', async () => {
    const session = { ...(await open()), authorization: 'Bearer long-strong' };
    const answer = await call(session);
    await answer.find(({ method }) => method === 'notifications/progress');
    const last = answer.ids.at(-1);
    for (const weaker of [LONG, 'Bearer long-other'])
      expect((await get({ ...session, authorization: weaker }, last)).status).toBe(400);
    expect((await get({ ...session, authorization: LONG }, answer.ids[0])).status).toBe(400);
    released = true;
    expect((await answer.response())['result']).toMatchObject({ content: [{ text: 'released' }] });
    // The end is there too, for who may read it.
    const again = await get(session, last);
    expect((await again.response())['result']).toMatchObject({ content: [{ text: 'released' }] });
    expect((await get({ ...session, authorization: LONG }, last)).status).toBe(400);
  });

  it('shows a weaker token nothing of what it missed, where it belongs to no request', async () => {
    const session = await open();
    const change = async (): Promise<void> => {
      await app.catalog.disable('tool', 'wait');
      await app.catalog.enable('tool', 'wait');
    };
    const strong = await get({ ...session, authorization: 'Bearer long-strong' });
    await until(() => strong.ids.length === 1);
    await change();
    await until(() => strong.messages.length === 2);
    strong.hangUp();
    for (const authorization of [LONG, 'Bearer long-other']) {
      const weaker = await get({ ...session, authorization }, strong.ids[0]);
      await until(() => weaker.ids.length === 1);
      expect(weaker.messages).toEqual([]);
      await change();
      await until(() => weaker.messages.length === 2);
      expect(weaker.ids.slice(1)).not.toContain(strong.ids[1]);
      weaker.hangUp();
    }
    const again = await get({ ...session, authorization: 'Bearer long-strong' }, strong.ids[0]);
    await until(() => again.messages.length === 6);
    again.hangUp();
  });

  it('ends with the result of its subscription on 2026-07-28', async () => {
    const listen = (owner: string): Promise<Answering> =>
      startStateless(server.port, 'subscriptions/listen', { notifications: { toolsListChanged: true } }, owner);
    const [short, long] = [await listen(SHORT), await listen(LONG)];
    expect(await short.response()).toMatchObject({ result: { resultType: 'complete' } });
    await until(() => short.isOver);
    expect(long.isOver).toBe(false);
    long.hangUp();
  });

  it('is let finish where it answers a call of 2026-07-28, which nobody could come back for', async () => {
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
      progressToken: 1,
    };
    const answer = await start(server.port, {
      headers: { ...STATELESS, authorization: SHORT, 'mcp-method': 'tools/call', 'mcp-name': 'wait' },
      body: message('tools/call', { name: 'wait', _meta }),
    });
    const listening = { notifications: { toolsListChanged: true } };
    const later = await startStateless(server.port, 'subscriptions/listen', listening, SHORT);
    // Both came with the same token, and this one later.
    await until(() => later.isOver);
    expect(answer.isOver).toBe(false);
    released = true;
    expect((await answer.response())['result']).toMatchObject({ content: [{ text: 'released' }] });
    expect(cancelled).toBe(false);
  });

  it('is refused to a token that has ended by then', async () => {
    const session = await open();
    ended.add('long');
    expect((await send(server.port, { headers: session, body: sessionRequest('ping') })).status).toBe(401);
  });
});
