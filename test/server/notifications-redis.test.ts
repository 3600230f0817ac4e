import { type App, type CallContext, createApp, LiveCatalog, Prompt, Resource, Tool } from 'perdura';
import { type HttpServer, serveHttp } from 'perdura/http';
import { RedisServer } from '../fixtures/redis-server.js';
import { TcpProxy } from '../fixtures/tcp-proxy.js';
import { until } from '../fixtures/until.js';
import { type Answering, type Fields, message, openSession, start, startStateless } from '../processes/client.js';

@Tool({ name: 'shut', description: 'Shuts the office.' })
class Shut {
  constructor(private readonly catalog: LiveCatalog) {}

  async call(): Promise<string> {
    await this.catalog.disable('tool', 'visit');
    this.catalog.resourceUpdated('office://hours');
    return 'shut';
  }
}

@Tool({ name: 'visit', description: 'Visits the office.' })
class Visit {
  call(): string {
    return 'welcome';
  }
}

@Resource({ name: 'hours', uri: 'office://hours' })
class Hours {
  read(): string {
    return '9 to 5';
  }
}

@Prompt({ name: 'greeting', description: 'Greets.' })
class Greeting {
  get(): string {
    return 'Hello.';
  }
}

let opened = false;

@Tool({ name: 'wait', description: 'Closes its stream until the office opens.' })
class Wait {
  async call(_: unknown, ctx: CallContext): Promise<string> {
    await until(() => {
      if (!opened) ctx.closeStream();
      return opened;
    });
    return 'open';
  }
}

describe('Notifications across processes', () => {
  let redis: RedisServer;
  let proxy: TcpProxy;
  const apps: App[] = [];
  const servers: HttpServer[] = [];
  let a: number;
  let b: number;

  const startApp = async (url: string): Promise<App> => {
    const app = await createApp({
      ...{ name: 'office', version: '1', tasks: { redis: { url, prefix: 'office' } }, report: () => undefined },
      use: [Shut, Visit, Hours, Greeting, Wait],
    });
    apps.push(app);
    return app;
  };
  const serve = async (url: string): Promise<number> => {
    const server = await serveHttp(await startApp(url), {
      ...{ port: 0, keepAlive: 50 },
      authenticate: ({ headers }) => ({ owner: String(headers.authorization), scopes: [] }),
    });
    servers.push(server);
    return server.port;
  };
  const of = ({ messages }: Answering, kind: string): readonly Fields[] =>
    messages.filter(({ method }) => method === `notifications/${kind}`);
  const tools = async (port: number): Promise<readonly string[]> => {
    const { result } = await (await startStateless(port, 'tools/list')).response();
    return (result.tools as { name: string }[]).map(({ name }) => name);
  };
  const call = (port: number, headers: Record<string, string>, name: string): Promise<Answering> =>
    start(port, { headers, body: message('tools/call', { name, arguments: {} }) });

  beforeAll(async () => {
    redis = await RedisServer.start();
    proxy = await TcpProxy.to(redis.port);
    [a, b] = [await serve(redis.url), await serve(proxy.url)];
  });
  beforeEach(async () => {
    await (apps[0] as App).catalog.enable('tool', 'visit');
    await until(async () => (await tools(b)).includes('visit'));
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()));
    await Promise.all(apps.map((app) => app.close()));
    await proxy.close();
    await redis.stop();
  });

  it('reach a subscription in another process, and what is disabled is so in all of them, now and later', async () => {
    const notifications = { toolsListChanged: true, resourceSubscriptions: ['office://hours'] };
    const listening = await startStateless(b, 'subscriptions/listen', { notifications });
    await until(() => of(listening, 'subscriptions/acknowledged').length === 1);
    await (await startStateless(a, 'tools/call', { name: 'shut', arguments: {} })).response();
    await until(() => of(listening, 'tools/list_changed').length && of(listening, 'resources/updated').length);
    expect(await tools(b)).toEqual(['shut', 'wait']);
    expect((await (await startStateless(b, 'tools/call', { name: 'visit' })).response())['error'].code).toBe(-32602);
    const later = await startApp(redis.url);
    expect(later.catalog.isEnabled('tool', 'visit')).toBe(false);
    await later.catalog.enable('tool', 'visit');
    await until(async () => (await tools(a)).includes('visit') && (await tools(b)).includes('visit'));
    listening.hangUp();
  });

  it('reach the one owner whom they are for, in another process', async () => {
    const notifications = { resourceSubscriptions: ['office://hours'] };
    const listen = (owner: string): Promise<Answering> =>
      startStateless(b, 'subscriptions/listen', { notifications }, owner);
    const [ada, bob] = [await listen('ada'), await listen('bob')];
    await until(() => [ada, bob].every((each) => of(each, 'subscriptions/acknowledged').length === 1));
    for (const [owner, hears] of [
      ['ada', ada],
      ['bob', bob],
    ] as const) {
      (apps[0] as App).catalog.resourceUpdated('office://hours', owner);
      await until(() => of(hears, 'resources/updated').length > 0);
    }
    expect([ada, bob].map((each) => of(each, 'resources/updated').length)).toEqual([1, 1]);
    ada.hangUp();
    bob.hangUp();
  });

  it('reach a session whose subscription and whose stream are in different processes, once', async () => {
    const headers = await openSession(a);
    const uri = 'office://hours';
    expect(await (await start(a, { headers, body: message('resources/subscribe', { uri }) })).response()).toMatchObject(
      {
        result: {},
      },
    );
    const standing = await start(b, { method: 'GET', headers });
    await (await call(a, headers, 'shut')).response();
    await until(() => of(standing, 'tools/list_changed').length && of(standing, 'resources/updated').length);

    // It moves, and so does who tells it; a subscription that ends elsewhere ends here.
    standing.hangUp();
    await until(() => standing.isOver);
    const moved = await start(a, {
      method: 'GET',
      headers: { ...headers, 'last-event-id': standing.ids.at(-1) as string },
    });
    await (apps[1] as App).catalog.enable('tool', 'visit');
    await until(() => of(moved, 'tools/list_changed').length > 0);
    await (await start(b, { headers, body: message('resources/unsubscribe', { uri }) })).response();
    await (await call(b, headers, 'shut')).response();
    await until(() => of(moved, 'tools/list_changed').length === 2);
    expect(of(standing, 'tools/list_changed')).toHaveLength(1);
    expect(of(standing, 'resources/updated')).toHaveLength(1);
    expect(of(moved, 'resources/updated')).toHaveLength(0);
    moved.hangUp();
  });

  it('catch up where a process could not hear that something was disabled', async () => {
    proxy.cut();
    await (apps[0] as App).catalog.disable('tool', 'visit');
    proxy.mend();
    await until(() => !(apps[1] as App).catalog.isEnabled('tool', 'visit'));
    await expect((apps[1] as App).catalog.disable('tool', 'none')).rejects.toMatchObject({ code: 'UNKNOWN_ENTRY' });
  });

  it('are not all that crosses: a call closes the stream that its client reads in another process', async () => {
    const headers = await openSession(a);
    const calling = await call(a, headers, 'wait');
    await until(() => calling.isOver);
    expect(calling.retry).toBe(500);
    const resume = (port: number): Promise<Answering> =>
      start(port, { method: 'GET', headers: { ...headers, 'last-event-id': calling.ids.at(-1) as string } });
    const elsewhere = await resume(b);
    await until(() => elsewhere.isOver);
    expect(elsewhere.retry).toBe(500);
    opened = true;
    // What closed it may still be on its way.
    let response: Fields | undefined;
    await until(async () => {
      const again = await resume(b);
      await until(() => again.isOver);
      response = again.messages.find(({ result }) => result !== undefined);
      return response !== undefined;
    });
    expect(response?.['result'].content[0].text).toBe('open');
  });
});
