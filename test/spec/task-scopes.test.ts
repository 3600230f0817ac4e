import { IsString } from 'class-validator';
import { type App, createApp, type Principal, Task, type TaskContext, TaskTrace } from 'perdura';
import { type AuthorizationOptions, type HttpServer, serveHttp } from 'perdura/http';
import type { JsonRpcRequest } from '../../framework/protocol/messages/json-rpc.js';
import { until } from '../fixtures/until.js';
import { openSession, type Received, send, sessionRequest, STATELESS, statelessRequest } from '../server/send.js';
import { accept, type Fields, META, RawClient2025, RawClient2026, TASKS } from './raw-client.js';

class Name {
  @IsString() name!: string;
}

class Vaults {
  @Task({ name: 'seal', description: 'Seals a vault, once it is told who asks for it.', scopes: ['vault:seal'] })
  async seal(_: unknown, ctx: TaskContext): Promise<string> {
    const { name } = await ctx.elicit('Who are you?', Name);
    return `sealed by ${name}`;
  }

  @Task({ name: 'visit', description: 'Visits a vault.' })
  visit(): string {
    return 'visited';
  }
}

const ann = (...scopes: string[]): Principal => ({ owner: 'ann', scopes });
const [STRONG, WEAK, BOB] = [ann('vault:seal'), ann(), { owner: 'bob', scopes: ['vault:seal'] }];
const GOOD = accept({ name: 'Ada' });

describe.each(['2025-11-25', '2026-07-28'] as const)('A task of a tool that asks for scopes, on %s', (revision) => {
  let app: App;
  let server: HttpServer;
  let taskId: string;

  const clientOf = (principal: Principal): RawClient2025 | RawClient2026 =>
    revision === '2025-11-25' ? new RawClient2025(app, { principal }) : new RawClient2026(app, { principal });
  const begin = async (name: string, principal: Principal): Promise<string> => {
    const { result } = await clientOf(principal).request('tools/call', {
      name,
      ...(revision === '2025-11-25' && { task: {} }),
    });
    return (result.taskId ?? result.task.taskId) as string;
  };
  const statusOf = async (): Promise<string> =>
    (await clientOf(STRONG).request('tasks/get', { taskId })).result.status as string;

  beforeAll(async () => {
    app = await createApp({ name: 'vaults', version: '1.0.0', use: [Vaults, TaskTrace], limits: { pageSize: 2 } });
    const verify: AuthorizationOptions<unknown>['verify'] = (token) => {
      const [owner = '', ...scopes] = token.split('+');
      return { owner, scopes, audience: 'http://127.0.0.1/mcp' };
    };
    server = await serveHttp(app, {
      port: 0,
      authorization: {
        ...{ authorizationServers: ['https://login.example.com'], resource: 'http://127.0.0.1/mcp', verify },
        implies: { admin: ['vault:seal'] },
      },
    });
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    taskId = await begin('seal', STRONG);
    await until(async () => (await statusOf()) === 'input_required');
  });

  const methods: readonly (readonly [string, Fields])[] =
    revision === '2025-11-25'
      ? [
          ['tasks/get', {}],
          ['tasks/result', {}],
          ['tasks/cancel', {}],
        ]
      : [
          ['tasks/get', {}],
          ['tasks/update', { inputResponses: { any: GOOD } }],
          ['tasks/cancel', {}],
        ];

  const overHttp = async (token: string, method: string, params: Fields): Promise<Received> => {
    const headers = { authorization: `Bearer ${token}` };
    if (revision === '2025-11-25') {
      const session = await openSession(server.port, headers);
      return send(server.port, { headers: session, body: sessionRequest(method, params) });
    }
    const capabilities = { [`${META}clientCapabilities`]: { extensions: { [TASKS]: {} } } };
    const body = statelessRequest(method, params) as { params: { _meta: Fields } };
    Object.assign(body.params._meta, capabilities);
    const routing = { ...STATELESS, 'mcp-method': method, 'mcp-name': taskId };
    return send(server.port, { headers: { ...headers, ...routing }, body });
  };

  // Spec: auth.insufficient, auth.insufficient-all, extension.bound
  it.each(methods)(
    'is refused to a weaker token of its owner by %s, which names what it takes',
    async (method, own) => {
      const answer = await overHttp('ann', method, { taskId, ...own });
      expect([answer.status, answer.headers['www-authenticate']]).toEqual([
        403,
        'Bearer error="insufficient_scope", scope="vault:seal", resource_metadata="http://127.0.0.1/.well-known/oauth-protected-resource/mcp"',
      ]);
      expect(await statusOf()).toBe('input_required');
    },
  );

  // Spec: tasks.foreign, extension.bound
  it.each(methods)(
    'is as unknown to others by %s as one that never was, whatever they were granted',
    async (method, own) => {
      const answers = await Promise.all(
        [taskId, 'never-was'].map(async (id) => (await clientOf(BOB).request(method, { taskId: id, ...own })).error),
      );
      expect(answers[0]).toEqual(answers[1]);
      expect(answers[0]).toMatchObject({ code: -32602 });
      expect(await statusOf()).toBe('input_required');
    },
  );

  it('is there for whoever was granted a broader scope', async () => {
    expect((await overHttp('ann+admin', 'tasks/get', { taskId })).status).toBe(200);
    expect((await overHttp('ann+admin', 'tasks/cancel', { taskId })).status).toBe(200);
    expect(await statusOf()).toBe('cancelled');
  });

  it('keeps its trace to those who may call its tool', async () => {
    const uri = `task://${taskId}/trace`;
    expect((await clientOf(STRONG).request('resources/read', { uri })).result.contents).toHaveLength(1);
    for (const principal of [WEAK, BOB]) {
      const { error } = await clientOf(principal).request('resources/read', { uri });
      expect(error).toMatchObject({ message: 'Resource not found' });
    }
  });

  it('is no secret of a task that asks for none', async () => {
    const visit = await begin('visit', STRONG);
    expect((await clientOf(WEAK).request('tasks/get', { taskId: visit })).result.taskId).toBe(visit);
  });
});

describe('A task of a tool that asks for scopes, on 2025-11-25', () => {
  let app: App;
  beforeAll(async () => {
    const stateKeys = ['k'.repeat(32)];
    app = await createApp({ name: 'vaults', version: '1.0.0', use: [Vaults], limits: { pageSize: 2 }, stateKeys });
  });
  afterAll(() => app.close());

  const sessionOf = (principal: Principal): RawClient2025 => new RawClient2025(app, { principal });
  const begin = async (name: string, client: RawClient2025): Promise<string> =>
    (await client.request('tools/call', { name, task: {} })).result.task.taskId as string;
  const statusOf = async (client: RawClient2025, taskId: string): Promise<string> =>
    (await client.request('tasks/get', { taskId })).result.status as string;
  const pages = async (client: RawClient2025): Promise<string[][]> => {
    const all: string[][] = [];
    for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
      const { result } = await client.request('tasks/list', cursor === undefined ? {} : { cursor });
      all.push((result.tasks as { taskId: string }[]).map(({ taskId }) => taskId));
      cursor = result.nextCursor as string | undefined;
    }
    return all;
  };

  // Spec: tasks.list-own
  it('is left out of the list of a weaker token, whose pages are as full as others', async () => {
    const owner = 'list';
    const [strong, weak] = [sessionOf({ owner, scopes: ['vault:seal'] }), sessionOf({ owner, scopes: [] })];
    const made: string[] = [];
    for (const name of ['visit', 'seal', 'seal', 'seal', 'visit', 'seal', 'visit'])
      made.push(await begin(name, strong));
    const visits = [made[6], made[4], made[0]];
    expect((await pages(strong)).flat()).toEqual(made.toReversed());
    expect(await pages(weak)).toEqual([visits.slice(0, 2), visits.slice(2)]);
  });

  // Spec: tasks.list-cursor, tasks.errors
  it('is behind a cursor that opens for its owner alone, and in every process that has the keys', async () => {
    const [cid, dan] = [sessionOf({ owner: 'cid', scopes: [] }), sessionOf({ owner: 'dan', scopes: [] })];
    for (const client of [cid, cid, cid, dan, dan, dan]) await begin('visit', client);
    const { nextCursor: cursor } = (await cid.request('tasks/list')).result as { nextCursor: string };
    expect((await cid.request('tasks/list', { cursor })).result.tasks).toHaveLength(1);
    expect((await dan.request('tasks/list', { cursor })).error).toMatchObject({ code: -32602 });
    const other = await createApp({ name: 'other', version: '1', use: [Vaults], stateKeys: ['k'.repeat(32)] });
    const elsewhere = new RawClient2025(other, { principal: { owner: 'cid', scopes: [] } });
    expect((await elsewhere.request('tasks/list', { cursor })).result.tasks).toEqual([]);
    await other.close();
  });

  it('is not answered by a weaker token, and its question stays open for the stronger one', async () => {
    const strong = sessionOf(STRONG);
    const taskId = await begin('seal', strong);
    const following = strong.start('tasks/result', { taskId });
    await until(() => following.messages.length > 0);
    const { id } = following.messages[0] as JsonRpcRequest;
    const weak = sessionOf(WEAK);
    weak.respond(id, { result: GOOD });
    // The weaker one's words are weighed before what comes after them.
    expect((await weak.request('tasks/get', { taskId })).status).toBe(403);
    expect(await statusOf(strong, taskId)).toBe('input_required');
    strong.respond(id, { result: GOOD });
    expect((await following.response).result.content).toEqual([{ type: 'text', text: 'sealed by Ada' }]);
  });

  it('is told of to a session for as long as its tokens may see it', async () => {
    const [strong, watching] = [sessionOf(STRONG), sessionOf(STRONG)];
    const told = (client: RawClient2025, taskId: string): unknown[] =>
      client.unasked.filter(({ params }) => params?.['taskId'] === taskId).map(({ params }) => params?.['status']);
    const [first, second] = [await begin('seal', strong), await begin('seal', watching)];
    await until(() => told(strong, first).includes('input_required') && told(watching, second).length > 0);
    watching.session.renew(WEAK);
    for (const taskId of [second, first]) await strong.request('tasks/cancel', { taskId });
    await until(() => told(strong, first).includes('cancelled'));
    expect(told(watching, second)).not.toContain('cancelled');
  });
});

describe('A task of a tool that asks for scopes, in subscriptions/listen', () => {
  let app: App;
  beforeAll(async () => {
    app = await createApp({ name: 'vaults', version: '1.0.0', use: [Vaults] });
  });
  afterAll(() => app.close());

  it('is left out for a weaker token and for others, and told of to the rest', async () => {
    const strong = new RawClient2026(app, { principal: STRONG });
    const taskId = (await strong.request('tools/call', { name: 'seal' })).result.taskId as string;
    const visit = (await strong.request('tools/call', { name: 'visit' })).result.taskId as string;
    const follow = async (principal: Principal) => {
      const taskIds = [taskId, visit];
      const stream = new RawClient2026(app, { principal }).start('subscriptions/listen', {
        notifications: { taskIds },
      });
      await until(() => stream.messages.length > 0);
      return stream;
    };
    const streams = [await follow(STRONG), await follow(WEAK), await follow(BOB)];
    const followed = streams.map(({ messages }) => (messages[0]?.params?.['notifications'] as Fields)['taskIds']);
    expect(followed).toEqual([[taskId, visit], [visit], undefined]);
    const [first, ...others] = streams;
    const told = ({ messages }: (typeof streams)[number]): unknown[] =>
      messages.filter(({ params }) => params?.['taskId'] === taskId).map(({ params }) => params?.['status']);
    await strong.request('tasks/cancel', { taskId });
    await until(() => first && told(first).includes('cancelled'));
    expect(others.map(told)).toEqual([[], []]);
    for (const stream of streams) stream.hangUp();
    await Promise.all(streams.map(({ response }) => response));
  });

  it('is asked for by a challenge that holds whatever a verifier calls a scope, once its tool is gone', async () => {
    const gone = await createApp({ name: 'vaults', version: '1.0.0', use: [Vaults] });
    const odd = { owner: 'ann', scopes: ['vault:seal', 'a "quoted" one', 'two\r\nlines'] };
    const client = new RawClient2026(gone, { principal: odd });
    const { taskId: lost } = (await client.request('tools/call', { name: 'seal' })).result as { taskId: string };
    gone.catalog.remove(Vaults);
    const weak = await serveHttp(gone, { port: 0, authenticate: () => WEAK });
    const headers = { ...STATELESS, 'mcp-method': 'tasks/get', 'mcp-name': lost };
    const body = statelessRequest('tasks/get', { taskId: lost }) as { params: { _meta: Fields } };
    body.params._meta[`${META}clientCapabilities`] = { extensions: { [TASKS]: {} } };
    const answer = await send(weak.port, { headers, body });
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([
      403,
      'Bearer error="insufficient_scope", scope="vault:seal"',
    ]);
    await weak.close();
  });

  it('takes what it was started with, where its tool is no longer there', async () => {
    const stateful = await createApp({ name: 'vaults', version: '1.0.0', use: [Vaults] });
    const clientOf = (principal: Principal): RawClient2026 => new RawClient2026(stateful, { principal });
    const taskId = (await clientOf(STRONG).request('tools/call', { name: 'seal' })).result.taskId as string;
    stateful.catalog.remove(Vaults);
    expect((await clientOf(STRONG).request('tasks/get', { taskId })).result.taskId).toBe(taskId);
    expect((await clientOf(WEAK).request('tasks/get', { taskId })).status).toBe(403);
    await stateful.close();
  });
});
