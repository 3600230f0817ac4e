import { PassThrough } from 'node:stream';
import { type App, createApp, Tool } from 'perdura';
import { type HttpOptions, type HttpServer, serveHttp } from 'perdura/http';
import { serveStdio } from 'perdura/stdio';
import { RedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';
import { type Answering, type Fields, openSession, start } from '../processes/client.js';
import { INITIALIZE, sessionRequest } from './send.js';

@Tool({ name: 'nod', description: 'Nods.' })
class Nod {
  call(): string {
    return 'yes';
  }
}

/** So short that a quiet client is pinged at once, and so long that no answer comes too late. */
const PATIENT = { pingInterval: 5, pingTimeout: '5m' } as const;
/** So short that an answer cannot be waited for. */
const IMPATIENT = { pingInterval: 5, pingTimeout: 5 } as const;

const isPing = ({ method }: Fields): boolean => method === 'ping';
const codeOf = (error: unknown): unknown => (error as { readonly code?: unknown }).code;

describe('a 2025-11-25 client that is quiet', () => {
  const apps: App[] = [];
  const servers: HttpServer[] = [];
  const reported: unknown[] = [];

  const serve = async (options: HttpOptions, redis?: string): Promise<number> => {
    const tasks = redis === undefined ? {} : { tasks: { redis } };
    const report = (error: unknown): void => void reported.push(codeOf(error));
    const app = await createApp({ name: 'nodding', version: '1.0.0', use: [Nod], report, ...tasks });
    const server = await serveHttp(app, { port: 0, ...options });
    apps.push(app);
    servers.push(server);
    return server.port;
  };
  /** Answers pings on the port, with a result or with an error, for as long as the stream lasts. */
  const answer = async (
    { messages }: Answering,
    port: number,
    headers: Record<string, string>,
    pong: Fields,
    times: number,
  ): Promise<void> => {
    for (let answered = 0; answered < times; answered++) {
      await until(() => messages.filter(isPing).length > answered);
      const { id } = messages.filter(isPing)[answered] as Fields;
      expect((await start(port, { headers, body: { jsonrpc: '2.0', id, ...pong } })).status).toBe(202);
    }
  };

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
    await Promise.all(apps.splice(0).map((app) => app.close()));
    reported.length = 0;
  });

  // Spec: ping.periodic, ping.configurable, ping.timeouts
  it.each([
    ['with a result', { result: {} }],
    ['with an error, since it knows no pings', { error: { code: -32601, message: 'Method not found' } }],
  ])('is pinged again and again, and kept where it answers %s', async (_, pong) => {
    const port = await serve(PATIENT);
    const headers = await openSession(port);
    const standing = await start(port, { method: 'GET', headers });
    await answer(standing, port, headers, pong, 3);
    // The next one comes only to who has answered the last.
    await until(() => standing.messages.filter(isPing).length === 4);
    expect(new Set(standing.messages.map(({ id }) => id as string)).size).toBe(4);
    // None is kept for a client that comes back.
    expect(standing.ids).toHaveLength(1);
    expect([standing.isOver, reported]).toEqual([false, []]);
  });

  // Spec: ping.failure, ping.logged
  it('loses its stream where it does not answer twice, which is reported, and may come back', async () => {
    const port = await serve(IMPATIENT);
    const headers = await openSession(port);
    const standing = await start(port, { method: 'GET', headers });
    await until(() => standing.isOver);
    expect(standing.messages.filter(isPing).length).toBeGreaterThanOrEqual(2);
    expect(reported.slice(0, 2)).toEqual(['PING_UNANSWERED', 'PING_UNANSWERED']);
    const last = standing.ids.at(-1) as string;
    const again = await start(port, { method: 'GET', headers: { ...headers, 'last-event-id': last } });
    expect(again.status).toBe(200);
    again.hangUp();
  });

  it('may answer to another process', async () => {
    const redis = await RedisServer.start();
    const [home, other] = [await serve(PATIENT, redis.url), await serve(PATIENT, redis.url)];
    const headers = await openSession(home);
    const standing = await start(home, { method: 'GET', headers });
    await answer(standing, other, headers, { result: {} }, 2);
    await until(() => standing.messages.filter(isPing).length === 3);
    expect(standing.isOver).toBe(false);
    standing.hangUp();
    await Promise.all(servers.splice(0).map((server) => server.close()));
    await Promise.all(apps.splice(0).map((app) => app.close()));
    await redis.stop();
  });

  it.each([0, -1])('is not pinged every %s ms', async (pingInterval) => {
    const app = await createApp({ name: 'nodding', version: '1.0.0', use: [Nod] });
    apps.push(app);
    await expect(serveHttp(app, { port: 0, pingInterval })).rejects.toMatchObject({
      code: expect.stringMatching(/^INVALID_/),
    });
  });
});

describe('a 2025-11-25 client on stdio that is quiet', () => {
  const connect = async (options: typeof PATIENT | typeof IMPATIENT) => {
    const reported: unknown[] = [];
    const report = (error: unknown): void => void reported.push(codeOf(error));
    const app = await createApp({ name: 'nodding', version: '1.0.0', use: [Nod], report });
    const [input, output] = [new PassThrough(), new PassThrough()];
    let text = '';
    output.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const messages = (): Fields[] =>
      text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Fields);
    const server = serveStdio(app, { streams: { input, output }, ...options });
    const tell = (message: object): void => void input.write(`${JSON.stringify(message)}\n`);
    tell(sessionRequest('initialize', INITIALIZE));
    return { app, server, tell, reported, pings: () => messages().filter(isPing) };
  };

  // Spec: ping.periodic, ping.configurable
  it('is pinged where the server was asked to, and kept where it answers', async () => {
    const { app, server, tell, pings, reported } = await connect(PATIENT);
    for (let answered = 0; answered < 3; answered++) {
      await until(() => pings().length > answered);
      tell({ jsonrpc: '2.0', id: pings()[answered]?.['id'], result: {} });
    }
    await until(() => pings().length === 4);
    expect(reported).toEqual([]);
    await server.close();
    await app.close();
  });

  // Spec: ping.failure, ping.logged
  it('has its connection ended where it does not answer twice', async () => {
    const { app, server, pings, reported } = await connect(IMPATIENT);
    await server.closed;
    expect(pings()).toHaveLength(2);
    expect(reported).toEqual(['PING_UNANSWERED', 'PING_UNANSWERED']);
    await app.close();
  });
});
