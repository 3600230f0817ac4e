import { type App, Resource } from 'perdura';
import { createAppOn } from '../../framework/server/assembly/create-app.js';
import { MemoryTaskQueue } from '../../framework/tasks/memory/task-queue.js';
import { MemoryTaskStore } from '../../framework/tasks/memory/task-store.js';
import { until } from '../fixtures/until.js';
import { hotelApp } from './hotel-app.js';
import { accept, ALICE, BOB, EVERYTHING, type Fields, META, RawClient2026, TASKS } from './raw-client.js';

const SUBSCRIPTION = `${META}subscriptionId`;

describe('tasks and subscriptions/listen on 2026-07-28', () => {
  let app: App;
  let client: RawClient2026;
  let bob: RawClient2026;

  beforeAll(async () => {
    app = await hotelApp();
    client = new RawClient2026(app, { principal: ALICE });
    bob = new RawClient2026(app, { principal: BOB });
  });
  afterAll(() => app.close());

  const start = async (name: string): Promise<string> =>
    (await client.request('tools/call', { name })).result.taskId as string;
  const get = async (taskId: string) => (await client.request('tasks/get', { taskId })).result;
  const of = ({ messages }: { messages: readonly { method: string; params?: Fields }[] }, method: string) =>
    messages.filter((message) => message.method === method).map(({ params }) => params as Fields);
  const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged';

  // Spec: listen.acknowledged, listen.before, meta.subscription-id
  it('is acknowledged first, and tells of every change of its tasks as tasks/get would', async () => {
    const taskId = await start('serve');
    const stream = client.start('subscriptions/listen', { notifications: { taskIds: [taskId] } });
    await until(() => of(stream, 'notifications/tasks').some(({ status }) => status === 'input_required'));
    expect(stream.messages[0]).toMatchObject({
      method: ACKNOWLEDGED,
      params: { notifications: { taskIds: [taskId] } },
    });
    const { inputRequests } = of(stream, 'notifications/tasks').at(-1) as { inputRequests: Fields };
    await client.request('tasks/update', {
      taskId,
      inputResponses: { [Object.keys(inputRequests)[0] as string]: accept({ name: 'Ada' }) },
    });
    await until(() => of(stream, 'notifications/tasks').some(({ status }) => status === 'completed'));
    const { _meta, ...last } = of(stream, 'notifications/tasks').at(-1) as Fields;
    const { _meta: _, resultType: __, ...task } = await get(taskId);
    expect(last).toEqual(task);
    expect(stream.messages.every(({ params }) => (params?.['_meta'] as Fields)[SUBSCRIPTION] === stream.id)).toBe(true);
    stream.hangUp();
    await stream.response;
  });

  it('follows no task that is not the caller’s, and does not say which those are', async () => {
    const [own, foreign] = [
      await start('simmer'),
      (await bob.request('tools/call', { name: 'simmer' })).result.taskId as string,
    ];
    const stream = client.start('subscriptions/listen', {
      notifications: { taskIds: [foreign, own, 'no-such-task', own] },
    });
    await until(() => stream.messages.length > 0);
    expect(of(stream, ACKNOWLEDGED)).toMatchObject([{ notifications: { taskIds: [own] } }]);
    await bob.request('tasks/cancel', { taskId: foreign });
    await client.request('tasks/cancel', { taskId: own });
    await until(() => of(stream, 'notifications/tasks').some(({ status }) => status === 'cancelled'));
    expect(of(stream, 'notifications/tasks').every(({ taskId }) => taskId === own)).toBe(true);
    stream.hangUp();
    await stream.response;
  });

  // Spec: listen.before
  it('tells of nothing before it is acknowledged, however long its tasks are looked up', async () => {
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    let reads = 0;
    class SlowStore extends MemoryTaskStore {
      override async get(...args: Parameters<MemoryTaskStore['get']>) {
        await opened;
        return super.get(...args);
      }
    }
    @Resource({ name: 'news', uri: 'hotel://news' })
    class News {
      read(): string {
        return `news ${++reads}`;
      }
    }
    const store = new SlowStore();
    const backend = { store, queue: new MemoryTaskQueue(), ready: async () => true };
    const slow = await createAppOn({ name: 'slow', version: '1.0.0', use: [News] }, async () => backend);
    const notifications = { taskIds: ['any'], resourceSubscriptions: ['hotel://news'] };
    const stream = new RawClient2026(slow).start('subscriptions/listen', { notifications });
    await until(() => reads === 1);
    await new Promise(setImmediate);
    slow.catalog.resourceUpdated('hotel://news');
    await new Promise(setImmediate);
    open();
    await until(() => stream.messages.length > 0);
    expect(stream.messages[0]).toMatchObject({ method: ACKNOWLEDGED });
    slow.catalog.resourceUpdated('hotel://news');
    await until(() => of(stream, 'notifications/resources/updated').length === 1);
    stream.hangUp();
    await stream.response;
    await slow.close();
  });

  it('acknowledges nothing where nothing was asked for', async () => {
    const notifications = { toolsListChanged: false, resourceSubscriptions: [] };
    const stream = client.start('subscriptions/listen', { notifications }, { capabilities: {} });
    await until(() => stream.messages.length > 0);
    expect(of(stream, ACKNOWLEDGED)).toEqual([{ _meta: { [SUBSCRIPTION]: stream.id }, notifications: {} }]);
    stream.hangUp();
    await stream.response;
  });

  it.each([
    ['without a filter', {}],
    ['with a filter that is a list', { notifications: [] }],
    ['with tasks that are no list', { notifications: { taskIds: 'a' } }],
    ['with tasks that are numbers', { notifications: { taskIds: [1] } }],
  ])('is refused %s', async (_, params) => {
    expect((await client.request('subscriptions/listen', params, { broken: true })).error).toMatchObject({
      code: -32602,
    });
  });

  it('ends silently when it is cancelled before its tasks were looked up', async () => {
    const channel = {};
    const params = { notifications: { taskIds: [await start('simmer')] } };
    const stream = client.start('subscriptions/listen', params, { channel });
    const cancelled = {
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params: { requestId: stream.id },
    } as const;
    app.protocol.receive(cancelled, channel);
    expect((await stream.response).silent).toBe(true);
    expect(stream.messages).toEqual([]);
  });

  // Spec: cancel.frees
  it('is refused an owner who has too many open, until one of them ends', async () => {
    const params = { notifications: {} };
    const open = Array.from({ length: 8 }, () => client.start('subscriptions/listen', params));
    await until(() => open.every(({ messages }) => messages.length === 1));
    expect((await client.request('subscriptions/listen', params)).error).toMatchObject({ code: -32603 });
    const others = bob.start('subscriptions/listen', params);
    await until(() => others.messages.length === 1);
    open[0]?.hangUp();
    await open[0]?.response;
    const next = client.start('subscriptions/listen', params);
    await until(() => next.messages.length === 1);
    for (const stream of [...open, others, next]) stream.hangUp();
    await Promise.all([...open, others, next].map(({ response }) => response));
  });

  // Spec: listen.ends, listen.graceful, cancel.listen, cancel.server-sent, cancel.server-reference
  it('ends silently when it is cancelled, and with a result when the server stops', async () => {
    const stopping = await hotelApp();
    const caller = new RawClient2026(stopping, { capabilities: { ...EVERYTHING, extensions: { [TASKS]: {} } } });
    const channel = {};
    const cancelled = caller.start('subscriptions/listen', { notifications: {} }, { channel });
    const open = caller.start('subscriptions/listen', { notifications: {} }, { channel });
    const overHttp = caller.start('subscriptions/listen', { notifications: {} }, { headers: true });
    await until(() => cancelled.messages.length + open.messages.length + overHttp.messages.length === 3);
    stopping.protocol.receive(
      { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: cancelled.id } },
      channel,
    );
    expect((await cancelled.response).silent).toBe(true);
    await stopping.close();
    expect(open.messages.map(({ method }) => method)).toEqual([ACKNOWLEDGED]);
    for (const { id, response } of [open, overHttp]) {
      expect((await response).result).toMatchObject({ resultType: 'complete', _meta: { [SUBSCRIPTION]: id } });
    }
    // What shares its channel with others has no stream that closes; over HTTP that alone is the end.
    expect((await overHttp.response).after).toBeUndefined();
    expect((await open.response).after).toMatchObject({
      method: 'notifications/cancelled',
      params: { requestId: open.id, _meta: { [SUBSCRIPTION]: open.id } },
    });
  });
});
