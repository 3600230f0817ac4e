import type { App } from 'perdura';
import { until } from '../fixtures/until.js';
import { hotelApp } from './hotel-app.js';
import { accept, ALICE, BOB, EVERYTHING, type Fields, META, RawClient2026, TASKS, textOf } from './raw-client.js';

const SUBSCRIPTION = `${META}subscriptionId`;

describe('tasks on 2026-07-28', () => {
  let app: App;
  let client: RawClient2026;
  let bob: RawClient2026;

  beforeAll(async () => {
    app = await hotelApp();
    client = new RawClient2026(app, { principal: ALICE });
    bob = new RawClient2026(app, { principal: BOB });
  });
  afterAll(() => app.close());

  const start = async (name: string, args: Fields = {}): Promise<string> => {
    const { result } = await client.request('tools/call', { name, arguments: args });
    expect(result.resultType).toBe('task');
    return result.taskId as string;
  };
  const get = async (taskId: string) => (await client.request('tasks/get', { taskId })).result;
  const becomes = async (taskId: string, status: string) => {
    await until(async () => (await get(taskId)).status === status);
    return get(taskId);
  };

  it('are made by the server where the client declares the extension', async () => {
    const { result } = await client.request('tools/call', { name: 'cook', arguments: { dish: 'soup' } });
    expect(result).toMatchObject({ resultType: 'task', ttlMs: 600_000, pollIntervalMs: 20 });
    expect(result).not.toHaveProperty('task');
  });

  it('can be found as soon as they were told of', async () => {
    expect(await get(await start('simmer'))).toMatchObject({ resultType: 'complete', status: 'working' });
  });

  it('end with the result of the call', async () => {
    const task = await becomes(await start('cook', { dish: 'soup' }), 'completed');
    expect(task.result).toMatchObject({ content: [{ type: 'text', text: 'soup is served' }] });
  });

  it('are completed where the tool failed, and failed where the request did', async () => {
    const burned = await becomes(await start('burn'), 'completed');
    expect(burned.result).toMatchObject({ isError: true, content: [{ text: 'It burned.' }] });
    const struck = await becomes(await start('strike'), 'failed');
    expect(struck.error).toEqual({ code: -31000, message: 'The kitchen is on strike.', data: { until: 'noon' } });
  });

  it('are not made for arguments that do not fit', async () => {
    const response = await client.request('tools/call', { name: 'cook', arguments: { dish: 'shoe' } });
    expect(response.result).toMatchObject({ resultType: 'complete', isError: true });
    expect(textOf(response)).toContain('dish');
  });

  it('run to their end in the request of a client without the extension', async () => {
    const response = await client.request(
      'tools/call',
      { name: 'cook', arguments: { dish: 'soup' } },
      { capabilities: {} },
    );
    expect(response.result.resultType).toBe('complete');
    expect(textOf(response)).toBe('soup is served');
  });

  it.each([{}, { extensions: {} }, { extensions: { [TASKS]: true } }])(
    'are refused with 400 and -32021 to a client that declares %j',
    async (capabilities) => {
      const asked: [string, Fields][] = [
        ['tools/call', { name: 'burn' }],
        ['tasks/get', { taskId: 'any' }],
        ['tasks/update', { taskId: 'any', inputResponses: {} }],
        ['tasks/cancel', { taskId: 'any' }],
        ['subscriptions/listen', { notifications: { taskIds: ['any'] } }],
      ];
      for (const [method, params] of asked) {
        expect(await client.request(method, params, { capabilities, broken: true })).toMatchObject({
          status: 400,
          error: { code: -32021, data: { requiredCapabilities: { extensions: { [TASKS]: {} } } } },
        });
      }
    },
  );

  it('ask through tasks/get and are answered through tasks/update', async () => {
    const taskId = await start('serve');
    const { inputRequests } = await becomes(taskId, 'input_required');
    const [key, ...others] = Object.keys(inputRequests as Fields);
    expect(others).toEqual([]);
    expect(inputRequests[key as string]).toMatchObject({
      method: 'elicitation/create',
      params: { message: 'For whom?' },
    });
    const { result } = await client.request('tasks/update', {
      taskId,
      inputResponses: { [key as string]: accept({ name: 'Ada' }) },
    });
    expect(result).toEqual({ resultType: 'complete', _meta: expect.anything() });
    expect((await becomes(taskId, 'completed')).result.content[0].text).toBe('served to Ada');
  });

  it('take a part of the answers, and still ask the rest', async () => {
    const taskId = await start('lay');
    await until(async () => Object.keys((await get(taskId)).inputRequests ?? {}).length === 2);
    const [guest, meal] = Object.keys((await get(taskId)).inputRequests as Fields) as [string, string];
    await client.request('tasks/update', {
      taskId,
      inputResponses: { [guest]: accept({ name: 'Ada' }), unheard: accept({}) },
    });
    expect(Object.keys((await get(taskId)).inputRequests as Fields)).toEqual([meal]);
    // The first answer to a question counts; a second one is ignored.
    await client.request('tasks/update', { taskId, inputResponses: { [guest]: accept({ name: 'Eve' }) } });
    await client.request('tasks/update', { taskId, inputResponses: { [meal]: accept({ dish: 'soup' }) } });
    expect(JSON.parse((await becomes(taskId, 'completed')).result.content[0].text)).toEqual([
      { name: 'Ada' },
      { dish: 'soup' },
    ]);
  });

  it('refuse an answer that does not fit, and go on asking', async () => {
    const taskId = await start('serve');
    const { inputRequests } = await becomes(taskId, 'input_required');
    const inputResponses = { [Object.keys(inputRequests as Fields)[0] as string]: accept({ name: 5 }) };
    expect((await client.request('tasks/update', { taskId, inputResponses })).error).toMatchObject({ code: -32602 });
    expect((await get(taskId)).inputRequests).toEqual(inputRequests);
  });

  it('show no question to a client that could not answer it', async () => {
    const taskId = await start('serve');
    await becomes(taskId, 'input_required');
    const capabilities = { extensions: { [TASKS]: {} } };
    const { result } = await client.request('tasks/get', { taskId }, { capabilities });
    expect(result.status).toBe('input_required');
    expect(result.inputRequests).toEqual({});
  });

  it('are cancelled for good', async () => {
    const taskId = await start('simmer');
    const { result } = await client.request('tasks/cancel', { taskId });
    expect(result).toEqual({ resultType: 'complete', _meta: expect.anything() });
    expect((await get(taskId)).status).toBe('cancelled');
  });

  it('acknowledge what comes after their end, and do not change', async () => {
    const taskId = await start('cook', { dish: 'soup' });
    const ended = await becomes(taskId, 'completed');
    for (const [method, params] of [
      ['tasks/cancel', {}],
      ['tasks/update', { inputResponses: { a: accept({}) } }],
    ] as const) {
      const { result } = await client.request(method, { taskId, ...params });
      expect(result).toEqual({ resultType: 'complete', _meta: expect.anything() });
    }
    expect(await get(taskId)).toEqual(ended);
  });

  it.each([
    ['tasks/get', {}],
    ['tasks/cancel', {}],
    ['tasks/update', { inputResponses: {} }],
  ])("%s tells another caller's task from none in no way", async (method, params) => {
    const taskId = await start('simmer');
    const foreign = await bob.request(method, { taskId, ...params });
    const unknown = await bob.request(method, { taskId: 'no-such-task', ...params });
    expect(foreign.error).toMatchObject({ code: -32602 });
    expect({ ...foreign, id: 0 }).toEqual({ ...unknown, id: 0 });
    expect((await get(taskId)).status).toBe('working');
  });

  it('cannot be made without end', async () => {
    const small = await hotelApp({ tasks: { quota: 1 } });
    const caller = new RawClient2026(small);
    expect((await caller.request('tools/call', { name: 'simmer' })).result.resultType).toBe('task');
    expect((await caller.request('tools/call', { name: 'simmer' })).error).toMatchObject({
      code: -32603,
      data: { reason: 'quota' },
    });
    await small.close();
  });

  describe('and subscriptions/listen', () => {
    const of = ({ messages }: { messages: readonly { method: string; params?: Fields }[] }, method: string) =>
      messages.filter((message) => message.method === method).map(({ params }) => params as Fields);
    const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged';

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
      expect(stream.messages.every(({ params }) => (params?.['_meta'] as Fields)[SUBSCRIPTION] === stream.id)).toBe(
        true,
      );
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

    it('acknowledges nothing of what the server never tells of', async () => {
      const notifications = {
        toolsListChanged: true,
        promptsListChanged: true,
        resourceSubscriptions: ['hotel://menu'],
      };
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

    it('is refused an owner who has too many open, until one of them ends', async () => {
      const params = { notifications: {} };
      const open = Array.from({ length: 32 }, () => client.start('subscriptions/listen', params));
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

    it('ends silently when it is cancelled, and with a result when the server stops', async () => {
      const stopping = await hotelApp();
      const caller = new RawClient2026(stopping, { capabilities: { ...EVERYTHING, extensions: { [TASKS]: {} } } });
      const channel = {};
      const cancelled = caller.start('subscriptions/listen', { notifications: {} }, { channel });
      const open = caller.start('subscriptions/listen', { notifications: {} }, { channel });
      await until(() => cancelled.messages.length + open.messages.length === 2);
      stopping.protocol.receive(
        { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: cancelled.id } },
        channel,
      );
      expect((await cancelled.response).silent).toBe(true);
      await stopping.close();
      expect((await open.response).result).toMatchObject({
        resultType: 'complete',
        _meta: { [SUBSCRIPTION]: open.id },
      });
    });
  });
});
