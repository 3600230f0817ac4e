import { IsString } from 'class-validator';
import { type CallContext, createApp, Task, type TaskContext, Tool } from 'perdura';
import { serveHttp } from 'perdura/http';
import { LOSES_NOTHING, RedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';
import { type Fields, message, openSession, start } from '../processes/client.js';
import { send } from './send.js';

class Name {
  @IsString() name!: string;
}

@Task({ name: 'greet_later', description: 'Greets whoever answers.' })
class GreetLater {
  async call(_: unknown, ctx: TaskContext): Promise<string> {
    const { name } = await ctx.elicit('Who are you?', Name);
    return `Hello, ${name}!`;
  }
}

const cancelled: unknown[] = [];

@Tool({ name: 'greet', description: 'Greets whoever answers, while they wait.' })
class Greet {
  async call(_: unknown, ctx: CallContext): Promise<string> {
    ctx.signal.addEventListener('abort', () => cancelled.push(ctx.signal.reason));
    const { name } = await ctx.elicit('Who are you?', Name);
    return `Hello, ${name}!`;
  }
}

describe('The answer to a question of a task, in a 2025-11-25 session', () => {
  const closers: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  });

  it('is accepted when it is kept; while Redis is away it is not, and reaches its task all the same', async () => {
    const redis = await RedisServer.start(...LOSES_NOTHING);
    closers.push(() => redis.stop());
    const tasks = { redis: redis.url, work: 'here' } as const;
    const app = await createApp({ name: 'office', version: '1', use: [GreetLater], tasks, report: () => undefined });
    const server = await serveHttp(app, { port: 0 });
    closers.push(() => server.close());
    const { port } = server;
    const headers = await openSession(port);
    const call = message('tools/call', { name: 'greet_later', arguments: {} });
    const waiting = await start(port, { headers, body: call });
    const { id } = await waiting.find(({ method }) => method === 'elicitation/create');
    const answer = { jsonrpc: '2.0', id, result: { action: 'accept', content: { name: 'Ada' } } };

    await redis.kill();
    const refused = await send(port, { headers, body: answer });
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '2']);
    await redis.restart();
    const { result } = await waiting.response();
    expect((result as Fields)['content']).toEqual([{ type: 'text', text: 'Hello, Ada!' }]);
    // It was not asked for a second time, and may be given one.
    expect(waiting.messages.filter(({ method }) => method === 'elicitation/create')).toHaveLength(1);
    expect((await send(port, { headers, body: answer })).status).toBe(202);
  });
});

describe('The answer to a question of a call, in a 2025-11-25 session', () => {
  const closers: (() => Promise<unknown>)[] = [];
  const serve = async (redis: RedisServer): Promise<number> => {
    const app = await createApp({
      ...{ name: 'office', version: '1', use: [Greet], report: () => undefined },
      tasks: { redis: redis.url },
    });
    const server = await serveHttp(app, { port: 0 });
    closers.push(() => server.close());
    return server.port;
  };
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  });

  it('is accepted by another process when the one that asks can be told of it, and not while Redis is away', async () => {
    const redis = await RedisServer.start(...LOSES_NOTHING);
    closers.push(() => redis.stop());
    const [here, there] = [await serve(redis), await serve(redis)];
    const headers = await openSession(here);
    const ask = async () => {
      const body = message('tools/call', { name: 'greet', arguments: {} });
      const waiting = await start(here, { headers, body });
      const { id } = await waiting.find(({ method }) => method === 'elicitation/create');
      return { waiting, body, id: id as string };
    };
    const [first, second] = [await ask(), await ask()];
    const answer = { jsonrpc: '2.0', id: first.id, result: { action: 'accept', content: { name: 'Ada' } } };
    const params = { requestId: second.body.id };
    const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params };
    // The other process knows the session from now on.
    expect((await send(there, { headers, body: message('ping') })).status).toBe(200);
    // Who asked that is not to be found.
    expect((await send(there, { headers, body: { ...answer, id: 's.nobody.here.1' } })).status).toBe(503);

    await redis.kill();
    for (const body of [answer, cancel]) {
      const refused = await send(there, { headers, body });
      expect([refused.status, refused.headers['retry-after']]).toEqual([503, '2']);
    }
    await redis.restart();
    // Neither was lost, though clients send nothing twice; one that does is no harm.
    const { result } = await first.waiting.response();
    expect((result as Fields)['content']).toEqual([{ type: 'text', text: 'Hello, Ada!' }]);
    await until(() => cancelled.length > 0);
    expect((await send(there, { headers, body: answer })).status).toBe(202);
  });
});
