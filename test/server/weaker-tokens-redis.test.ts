import { IsString } from 'class-validator';
import { type App, createApp, Task, type TaskContext } from 'perdura';
import { type HttpServer, serveHttp } from 'perdura/http';
import { RedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';
import { message, openSession, start } from '../processes/client.js';

class Name {
  @IsString() name!: string;
}

@Task({ name: 'seal', description: 'Seals a vault, once it is told who asks for it.', scopes: ['vault:seal'] })
class Seal {
  async call(_: unknown, ctx: TaskContext): Promise<string> {
    const { name } = await ctx.elicit('Who are you?', Name);
    return `sealed by ${name}`;
  }
}

describe('An answer to the question of a task', () => {
  let redis: RedisServer;
  const apps: App[] = [];
  const servers: HttpServer[] = [];

  /** One of the processes of an app. */
  const serve = async (): Promise<number> => {
    const app = await createApp({
      ...{ name: 'vaults', version: '1.0.0', use: [Seal], report: () => undefined },
      tasks: { redis: { url: redis.url }, work: 'here' },
    });
    const server = await serveHttp(app, {
      port: 0,
      authenticate: ({ headers }) => ({
        owner: 'ann',
        scopes: headers.authorization === 'strong' ? ['vault:seal'] : [],
      }),
    });
    apps.push(app);
    servers.push(server);
    return server.port;
  };

  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()));
    await Promise.all(apps.map((app) => app.close()));
    await redis.stop();
  });

  it('counts for no more in another process than the token is worth that it came with', async () => {
    const [here, there] = [await serve(), await serve()];
    const strong = await openSession(here, 'strong');
    const weak = { ...strong, authorization: 'weak' };
    const made = await start(here, { headers: strong, body: message('tools/call', { name: 'seal', task: {} }) });
    const { taskId } = (await made.response())['result'].task as { taskId: string };
    const waiting = await start(here, { headers: strong, body: message('tasks/result', { taskId }) });
    const questions = () => waiting.messages.filter(({ method }) => method === 'elicitation/create');
    await until(() => questions().length === 1);
    const answer = (name: string) => ({ action: 'accept', content: { name } });

    const body = { jsonrpc: '2.0', id: questions()[0]?.['id'] as string, result: answer('Eve') };
    expect((await start(there, { headers: weak, body })).status).toBe(202);
    // It came to where the question stands, was weighed there, and the question was put again.
    await until(() => questions().length === 2);
    const good = { jsonrpc: '2.0', id: questions()[1]?.['id'] as string, result: answer('Ada') };
    expect((await start(there, { headers: strong, body: good })).status).toBe(202);
    expect((await waiting.response())['result'].content[0].text).toBe('sealed by Ada');
  });
});
