import type { App } from 'perdura';
import { until } from '../fixtures/until.js';
import { hotelApp, Ledger } from './hotel-app.js';
import {
  accept,
  ALICE,
  EVERYTHING,
  type Fields,
  META,
  RawClient2025,
  RawClient2026,
  TASKS,
  textOf,
} from './raw-client.js';

describe.each(['2025-11-25', '2026-07-28'] as const)('what comes to its end on %s', (revision) => {
  let app: App;
  let ledger: Ledger;
  let client: RawClient2025 | RawClient2026;
  const channel = {};
  beforeEach(async () => {
    ledger = new Ledger();
    app = await hotelApp({ providers: [{ provide: Ledger, useValue: ledger }] });
    client = revision === '2025-11-25' ? new RawClient2025(app) : new RawClient2026(app, { channel });
  });
  afterEach(() => app.close());

  const cancel = (requestId: unknown, more: Fields = {}): void => {
    const message = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId, ...more } } as const;
    if (client instanceof RawClient2025) void client.session.receive(message, client.principal);
    else app.protocol.receive(message, channel);
  };

  // Spec: progress.stops, progress.tracked
  it('says nothing any more, though its handler does', async () => {
    const meta = { progressToken: 1, ...(revision === '2026-07-28' && { [`${META}logLevel`]: 'debug' }) };
    const call = client.start('tools/call', { name: 'linger' }, { meta });
    expect(textOf(await call.response)).toBe('gone');
    await until(() => ledger.entries.includes('lingered'));
    expect(call.messages).toEqual([]);
  });

  // Spec: cancel.stops, cancel.no-response, stdio.stops@2026-07-28
  it('is aborted where it is cancelled', async () => {
    const call = client.start('tools/call', { name: 'hang' });
    await until(() => ledger.entries.includes('hanging'));
    cancel(call.id);
    await until(() => ledger.entries.includes('aborted'));
    expect((await call.response).silent).toBe(true);
  });

  // Spec: cancel.stops, cancel.frees
  it('is aborted with all that its client gave the same id, which none may do', async () => {
    const first = client.start('tools/call', { name: 'hang' });
    Object.assign(client, { lastId: first.id - 1 });
    const second = client.start('tools/call', { name: 'hang' });
    await until(() => ledger.entries.filter((entry) => entry === 'hanging').length === 2);
    cancel(second.id);
    expect([(await first.response).silent, (await second.response).silent]).toEqual([true, true]);
    expect(ledger.entries.filter((entry) => entry === 'aborted')).toHaveLength(2);
  });

  // Spec: cancel.reason
  it.each([
    ['as the client gave it', { reason: 'The user\u0007 left.' }, 'The client cancelled the call: The user left.'],
    ['though it is too long', { reason: 'x'.repeat(10_000) }, `The client cancelled the call: ${'x'.repeat(500)}`],
    ['though it is none', { reason: { odd: true } }, 'The client cancelled the call.'],
  ])('hears the reason of its cancellation, %s', async (_, more, told) => {
    const call = client.start('tools/call', { name: 'hang' });
    await until(() => ledger.entries.includes('hanging'));
    cancel(call.id, more);
    expect((await call.response).silent).toBe(true);
    expect(ledger.entries).toEqual(['hanging', 'aborted', told]);
  });

  // Spec: cancel.races, cancel.ignored
  it('is cancelled in vain, and harms nothing', async () => {
    const call = client.start('tools/call', { name: 'book', arguments: { wing: 'east' } });
    expect(textOf(await call.response)).toBe('east-0');
    cancel(call.id);
    cancel(call.id);
    cancel({ odd: true });
    expect(textOf(await client.request('tools/call', { name: 'book', arguments: { wing: 'west' } }))).toBe('west-0');
  });

  // Spec: prompts.negotiated
  it.each([
    ['nothing', {}],
    ['null', { elicitation: null }],
    ['no object', { elicitation: true }],
    ['pages alone', { elicitation: { form: null, url: {} } }],
  ])('asks nothing of a client that declares %s, in prompts either', async (_, capabilities) => {
    const mute = { capabilities, broken: true };
    const asked = revision === '2025-11-25' ? new RawClient2025(app, mute) : new RawClient2026(app, mute);
    const call = asked.start('prompts/get', { name: 'toast' });
    const { error } = await call.response;
    expect(error?.code).toBe(revision === '2025-11-25' ? -32603 : -32021);
    expect(call.messages).toEqual([]);
  });

  // Spec: tasks.error-messages, extension.messages
  it('says in words what is wrong where a task is not what it was taken for', async () => {
    const told = async (method: string, params: Fields) =>
      (await client.request(method, params, { broken: true })).error;
    for (const method of ['tasks/get', 'tasks/cancel']) {
      expect((await told(method, { taskId: 'none' }))?.message).toBe('Task not found');
      expect((await told(method, { taskId: 7 }))?.message).toContain('"taskId"');
    }
  });

  // Spec: meta.reserved-values
  it('does not depend on what stands under keys that are not ours', async () => {
    const odd = { 'io.modelcontextprotocol/unheard': { deep: [null] }, 'com.example/trace': 7, '': '', 'a b': true };
    for (const meta of [odd, {}]) {
      const call = await client.request(
        'tools/call',
        { name: 'book', arguments: { wing: 'east' } },
        { meta, broken: true },
      );
      expect(textOf(call)).toBe('east-0');
    }
  });
});

describe('what has its own ways on 2025-11-25', () => {
  let app: App;
  beforeAll(async () => void (app = await hotelApp()));
  afterAll(() => app.close());

  // Spec: initialize.early-requests@2025-11-25
  it('asks nothing before the client said that it is ready', async () => {
    const sent: unknown[] = [];
    const params = { protocolVersion: '2025-11-25', capabilities: EVERYTHING, clientInfo: { name: 'a', version: '1' } };
    const exchange = {
      principal: ALICE,
      send: (message: unknown) => void sent.push(message),
      onClose: () => undefined,
    };
    const { session } = app.protocol.initialize({ jsonrpc: '2.0', id: 0, method: 'initialize', params }, exchange);
    session?.attach((message) => void sent.push(message));
    await session?.serve({ jsonrpc: '2.0', id: 1, method: 'ping' }, exchange);
    expect(sent).toEqual([]);
    session?.close();
  });

  // Spec: timeouts.maximum@2025-11-25
  it('waits no longer for an answer that is said to be on its way', async () => {
    const client = new RawClient2025(app);
    const call = client.start('tools/call', { name: 'hurry' });
    await until(() => call.messages.length === 1);
    let isOver = false;
    const response = call.response.finally(() => (isOver = true));
    for (let progress = 1; !isOver; progress++) {
      client.notify('notifications/progress', { progressToken: (call.messages[0] as { id: string }).id, progress });
      await new Promise(setImmediate);
    }
    expect((await response).result.isError).toBe(true);
  });

  // Spec: cancel.tasks@2025-11-25
  it('leaves a task alone where the request that made it is cancelled', async () => {
    const client = new RawClient2025(app, { principal: ALICE });
    const call = client.start('tools/call', { name: 'simmer', task: {} });
    const { taskId } = (await call.response).result.task as { taskId: string };
    client.notify('notifications/cancelled', { requestId: call.id });
    expect((await client.request('tasks/get', { taskId })).result.status).toBe('working');
    expect((await client.request('tasks/cancel', { taskId })).result.status).toBe('cancelled');
  });

  // Spec: tasks.created-at@2025-11-25, tasks.updated-at@2025-11-25, tasks.id-counts@2025-11-25, tasks.ttl@2025-11-25
  // Spec: tasks.related-unneeded@2025-11-25, tasks.related-operations@2025-11-25, tasks.id-string@2025-11-25
  it('tells of a task by its id, with its times, and names it once', async () => {
    const client = new RawClient2025(app, { principal: ALICE });
    const start = async () => (await client.request('tools/call', { name: 'simmer', task: {} })).result.task as Fields;
    const [task, other] = [await start(), await start()];
    const meta = { [`${META}related-task`]: { taskId: other['taskId'] } };
    const params = { taskId: task['taskId'] };
    for (const method of ['tasks/get', 'tasks/cancel']) {
      const { result } = await client.request(method, params, { meta });
      expect(result).toMatchObject({ taskId: task['taskId'], createdAt: task['createdAt'], ttl: 600_000 });
      expect(result._meta?.[`${META}related-task`]).toBeUndefined();
      for (const time of [result.createdAt, result.lastUpdatedAt])
        expect(new Date(time as string).toISOString()).toBe(time);
      expect(result.lastUpdatedAt >= result.createdAt).toBe(true);
    }
    expect((await client.request('tasks/get', { taskId: other['taskId'] })).result.status).toBe('working');
    const { result: list } = await client.request('tasks/list');
    expect(list._meta?.[`${META}related-task`]).toBeUndefined();
    expect(list.tasks).toEqual(expect.arrayContaining([expect.objectContaining({ createdAt: task['createdAt'] })]));
  });

  // Spec: progress.task-stops@2025-11-25
  it('tells of no progress of a task after its end', async () => {
    const client = new RawClient2025(app, { principal: ALICE });
    const params = { name: 'cook', arguments: { dish: 'soup' }, task: {} };
    await client.request('tools/call', params, { meta: { progressToken: 'p' } });
    const isEnd = ({ params: told }: { params?: Fields }): boolean => told?.['status'] === 'completed';
    await until(() => client.unasked.some((message) => isEnd(message as never)));
    await client.request('tools/call', { ...params, task: {} });
    await until(() => client.unasked.filter((message) => isEnd(message as never)).length === 2);
    const end = client.unasked.findIndex((message) => isEnd(message as never));
    expect(client.unasked.slice(end).filter(({ method }) => method === 'notifications/progress')).toEqual([]);
  });
});

describe('what has its own ways on 2026-07-28', () => {
  let app: App;
  let client: RawClient2026;
  beforeAll(async () => {
    app = await hotelApp();
    client = new RawClient2026(app, { principal: ALICE });
  });
  afterAll(() => app.close());

  const becomes = async (taskId: string, status: string): Promise<Fields> => {
    const get = async () => (await client.request('tasks/get', { taskId })).result as Fields;
    await until(async () => (await get())['status'] === status);
    return get();
  };

  // Spec: logging.elsewhere@2026-07-28, extension.listen-others@2026-07-28, listen.unrequested@2026-07-28
  it('brings neither log messages nor progress to who listens, but what was asked for', async () => {
    const meta = { [`${META}logLevel`]: 'debug', progressToken: 'p' };
    const made = await client.request('tools/call', { name: 'serve' }, { meta });
    const { taskId } = made.result as { taskId: string };
    const stream = client.start('subscriptions/listen', { notifications: { taskIds: [taskId] } }, { meta });
    await until(() => stream.messages.length >= 2);
    expect(textOf(await client.request('tools/call', { name: 'tell' }, { meta }))).toBe('told');
    const cooked = await client.request('tools/call', { name: 'cook', arguments: { dish: 'soup' } }, { meta });
    await becomes(cooked.result.taskId as string, 'completed');
    await client.request('tasks/cancel', { taskId });
    await until(() => stream.messages.some(({ params }) => params?.['status'] === 'cancelled'));
    expect(new Set(stream.messages.map(({ method }) => method))).toEqual(
      new Set(['notifications/subscriptions/acknowledged', 'notifications/tasks']),
    );
    stream.hangUp();
    await stream.response;
  });

  // Spec: extension.failed-message@2026-07-28, extension.failed@2026-07-28
  it('says why a task has failed', async () => {
    const made = await client.request('tools/call', { name: 'strike' });
    const task = await becomes(made.result.taskId as string, 'failed');
    expect(task).toMatchObject({ error: { code: -31_000 }, statusMessage: expect.stringContaining('strike') });
  });

  // Spec: extension.cancelled-notification@2026-07-28
  it('leaves a task alone where the request that made it is cancelled', async () => {
    const channel = {};
    const call = client.start('tools/call', { name: 'serve' }, { channel });
    const { taskId } = (await call.response).result as { taskId: string };
    const params = { requestId: call.id } as never;
    app.protocol.receive({ jsonrpc: '2.0', method: 'notifications/cancelled', params }, channel);
    const { inputRequests } = (await becomes(taskId, 'input_required')) as { inputRequests: Fields };
    const inputResponses = { [Object.keys(inputRequests)[0] as string]: accept({ name: 'Ada' }) };
    await client.request('tasks/update', { taskId, inputResponses });
    await becomes(taskId, 'completed');
  });

  // Spec: stateless.connection@2026-07-28, meta.undeclared@2026-07-28, extension.undeclared@2026-07-28
  it('goes by what a request declares itself, not by an earlier one on the same connection', async () => {
    const channel = {};
    const call = (capabilities: Fields) => client.request('tools/call', { name: 'serve' }, { channel, capabilities });
    expect((await call({ ...EVERYTHING, extensions: { [TASKS]: {} } })).result.resultType).toBe('task');
    expect((await call(EVERYTHING)).result.resultType).toBe('input_required');
    expect((await call({})).error).toMatchObject({ code: -32021 });
  });
});
