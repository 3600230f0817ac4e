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

describe('The answer to a question in a 2025-11-25 session', () => {
  const closers: (() => Promise<unknown>)[] = [];
  const serve = async (redis: RedisServer): Promise<number> => {
    const app = await createApp({
      ...{ name: 'office', version: '1', use: [Greet, GreetLater], report: () => undefined },
      tasks: { redis: redis.url, work: 'here' },
    });
    const server = await serveHttp(app, { port: 0 });
    closers.push(() => server.close());
    return server.port;
  };
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  });

  it('is accepted once it is kept or handed on; while Redis is away it is not, and comes to who asked all the same', async () => {
    const redis = await RedisServer.start(...LOSES_NOTHING);
    closers.push(() => redis.stop());
    const [here, there] = [await serve(redis), await serve(redis)];
    const headers = await openSession(here);
    const ask = async (name: string) => {
      const body = message('tools/call', { name, arguments: {} });
      const waiting = await start(here, { headers, body });
      const { id } = await waiting.find(({ method }) => method === 'elicitation/create');
      const answer = { jsonrpc: '2.0', id: id as string, result: { action: 'accept', content: { name: 'Ada' } } };
      return { waiting, body, answer };
    };
    const [call, other, task] = [await ask('greet'), await ask('greet'), await ask('greet_later')];
    const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: other.body.id } };
    // The other process knows the session from now on.
    expect((await send(there, { headers, body: message('ping') })).status).toBe(200);
    // Who asked that is not to be found.
    expect((await send(there, { headers, body: { ...call.answer, id: 's.nobody.here.1' } })).status).toBe(503);

    await redis.kill();
    for (const [port, body] of [
      [there, call.answer],
      [there, cancel],
      [here, task.answer],
    ] as const) {
      const refused = await send(port, { headers, body });
      expect([refused.status, refused.headers['retry-after']]).toEqual([503, '2']);
    }
    await redis.restart();
    // Nothing was lost, though clients send nothing twice; one that does is no harm.
    for (const { waiting, answer } of [call, task]) {
      const { result } = await waiting.response();
      expect((result as Fields)['content']).toEqual([{ type: 'text', text: 'Hello, Ada!' }]);
      expect(waiting.messages.filter(({ method }) => method === 'elicitation/create')).toHaveLength(1);
      expect((await send(there, { headers, body: answer })).status).toBe(202);
    }
    await until(() => cancelled.length > 0);
  });
});
