import { type App, type CallContext, createApp, Tool } from 'perdura';
import { type AuthorizationOptions, type HttpServer, serveHttp } from 'perdura/http';
import { until } from '../fixtures/until.js';
import { type Answering, message, openSession, start, startStateless } from '../processes/client.js';
import { STATELESS } from './send.js';

let released = false;

@Tool({ name: 'wait', description: 'Counts to one, and waits to be released.' })
class Wait {
  async call(_: unknown, ctx: CallContext): Promise<string> {
    ctx.progress(1);
    await until(() => released);
    return ctx.signal.aborted ? 'cancelled' : 'released';
  }
}

const RESOURCE = 'http://127.0.0.1/mcp';
const FIRST = 'Bearer first';
const SECOND = 'Bearer second';

/** What the tokens of one user are worth now; the authorization server is away while there are none. */
let granted: Map<string, readonly string[]> | undefined;
/** The tokens that were looked into, in order. */
let looked: string[] = [];

const verify: AuthorizationOptions<unknown>['verify'] = (token) => {
  looked.push(token);
  if (!granted) throw Object.assign(new Error('The authorization server is away.'), { retryAfter: 1 });
  const scopes = granted.get(token);
  return scopes && { owner: 'ann', audience: RESOURCE, scopes };
};

const authorization = { authorizationServers: ['https://login.example.com'], resource: RESOURCE, verify };
/** In place of `authorization`, the same for keys. */
const authenticate = async ({ headers }: { readonly headers: { readonly authorization?: string } }) => {
  const found = await verify(String(headers.authorization).replace('Bearer ', ''), undefined);
  if (!found) throw new Error('unknown key');
  return found;
};

describe.each([
  ['a token that is revoked', { authorization }],
  ['a key that is revoked', { authenticate }],
])('A stream of %s', (_, callers) => {
  let app: App;
  let server: HttpServer;

  beforeAll(async () => {
    app = await createApp({ name: 'waiting', version: '1.0.0', use: [Wait] });
    server = await serveHttp(app, { port: 0, recheck: 10, ...callers });
  });
  afterAll(() => server.close());
  beforeEach(() => {
    released = false;
    looked = [];
    granted = new Map([
      ['first', ['files:read', 'files:write']],
      ['second', ['files:read', 'files:write']],
    ]);
  });

  const open = (): Promise<Record<string, string>> => openSession(server.port, FIRST);
  const get = (headers: Record<string, string>, lastEventId?: string): Promise<Answering> =>
    start(server.port, {
      method: 'GET',
      headers: { ...headers, ...(lastEventId && { 'last-event-id': lastEventId }) },
    });
  const call = { name: 'wait', _meta: { progressToken: 1 } };
  const listen = (owner: string): Promise<Answering> =>
    startStateless(server.port, 'subscriptions/listen', { notifications: { toolsListChanged: true } }, owner);

  it('is closed where it belongs to no request of a 2025-11-25 session, and goes on for a token that is good', async () => {
    const session = await open();
    const [stream, other] = [await get(session), await get(await openSession(server.port, SECOND))];
    granted?.delete('first');
    await until(() => stream.isOver);
    expect(stream.retry).toBeGreaterThan(0);
    expect(other.isOver).toBe(false);
    expect((await get(session, stream.ids.at(-1))).status).toBe(401);
    const again = await get({ ...session, authorization: SECOND }, stream.ids.at(-1));
    expect(again.status).toBe(200);
    granted?.delete('second');
    await until(() => again.isOver && other.isOver);
  });

  it('is closed where it answers a request of a 2025-11-25 session, and what it answers is not lost', async () => {
    const session = await open();
    const answer = await start(server.port, { headers: session, body: message('tools/call', call) });
    granted?.delete('first');
    await until(() => answer.isOver);
    const rest = await get({ ...session, authorization: SECOND }, answer.ids.at(-1));
    released = true;
    expect((await rest.response())['result']).toMatchObject({ content: [{ text: 'released' }] });
  });

  it('ends with the result of its subscription on 2026-07-28', async () => {
    const [first, second] = [await listen(FIRST), await listen(SECOND)];
    granted?.delete('first');
    expect(await first.response()).toMatchObject({ result: { resultType: 'complete' } });
    await until(() => first.isOver);
    expect(second.isOver).toBe(false);
    second.hangUp();
  });

  it('goes on where it answers a call of 2026-07-28, which was authorised when it began', async () => {
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
      progressToken: 1,
    };
    const headers = { ...STATELESS, authorization: FIRST, 'mcp-method': 'tools/call', 'mcp-name': 'wait' };
    const answer = await start(server.port, { headers, body: message('tools/call', { name: 'wait', _meta }) });
    const later = await listen(FIRST);
    granted?.delete('first');
    await until(() => later.isOver);
    released = true;
    expect((await answer.response())['result']).toMatchObject({ content: [{ text: 'released' }] });
  });

  it('is closed where the token is worth less than it was', async () => {
    const stream = await get(await open());
    granted?.set('first', ['files:read', 'files:write', 'files:delete']);
    looked = [];
    await until(() => looked.length > 1);
    expect(stream.isOver).toBe(false);
    granted?.set('first', ['files:read']);
    await until(() => stream.isOver);
  });

  it('is left open while nobody can say', async () => {
    const stream = await get(await open());
    granted = undefined;
    looked = [];
    await until(() => looked.length > 1);
    expect(stream.isOver).toBe(false);
    granted = new Map();
    await until(() => stream.isOver);
  });

  it('is not asked about again once its client has gone', async () => {
    const stream = await get(await open());
    const other = await get(await openSession(server.port, SECOND));
    await until(() => looked.includes('first'));
    stream.hangUp();
    // What was asked for as it went is answered by then, and the other one goes on being asked for.
    const isQuiet = (): boolean => looked.filter((token) => token === 'second').length > 2 && !looked.includes('first');
    await until(() => {
      const quiet = isQuiet();
      if (!quiet && looked.includes('first')) looked = [];
      return quiet;
    });
    expect(other.isOver).toBe(false);
    other.hangUp();
  });
});
