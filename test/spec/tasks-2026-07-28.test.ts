import { type App, createApp, ProtocolError, Task } from 'perdura';
import { until } from '../fixtures/until.js';
import { hotelApp } from './hotel-app.js';
import { accept, ALICE, BOB, type Fields, RawClient2026, TASKS, textOf } from './raw-client.js';

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

  // Spec: extension.result-type, messages.result-types
  it('are made by the server where the client declares the extension', async () => {
    const { result } = await client.request('tools/call', { name: 'cook', arguments: { dish: 'soup' } });
    expect(result).toMatchObject({ resultType: 'task', ttlMs: 600_000, pollIntervalMs: 20 });
    expect(result).not.toHaveProperty('task');
  });

  // Spec: extension.durable, extension.get, extension.working, extension.get-type, extension.result-type-only
  it('can be found as soon as they were told of', async () => {
    expect(await get(await start('simmer'))).toMatchObject({ resultType: 'complete', status: 'working' });
  });

  // Spec: extension.completed, extension.same-result
  it('end with the result of the call', async () => {
    const task = await becomes(await start('cook', { dish: 'soup' }), 'completed');
    expect(task.result).toMatchObject({ content: [{ type: 'text', text: 'soup is served' }] });
  });

  // Spec: extension.failed, extension.failed-only, extension.tool-error, extension.tool-error-completed
  // Spec: extension.failed-error, extension.same-error, extension.same-result
  it('are completed where the tool failed, and failed where the request did', async () => {
    const burned = await becomes(await start('burn'), 'completed');
    expect(burned.result).toMatchObject({ isError: true, content: [{ text: 'It burned.' }] });
    const struck = await becomes(await start('strike'), 'failed');
    expect(struck.error).toEqual({ code: -31000, message: 'The kitchen is on strike.', data: { until: 'noon' } });
  });

  // Spec: messages.retired-codes
  it('have no error with a code that the revision has retired', async () => {
    @Task({ name: 'fetch', description: 'Misses what it needs.' })
    class Fetch {
      call(): never {
        throw new ProtocolError(-32002, 'There is no such dish.');
      }
    }
    const pantry = await createApp({ name: 'pantry', version: '1.0.0', use: [Fetch] });
    const guest = new RawClient2026(pantry);
    const { taskId } = (await guest.request('tools/call', { name: 'fetch' })).result as { taskId: string };
    const found = async () => (await guest.request('tasks/get', { taskId })).result as Fields;
    await until(async () => (await found())['status'] === 'failed');
    expect((await found())['error']).toEqual({ code: -32602, message: 'There is no such dish.' });
    await pantry.close();
  });

  it('are not made for arguments that do not fit', async () => {
    const response = await client.request('tools/call', { name: 'cook', arguments: { dish: 'shoe' } });
    expect(response.result).toMatchObject({ resultType: 'complete', isError: true });
    expect(textOf(response)).toContain('dish');
  });

  // Spec: extension.undeclared, extensions.fallback, messages.result-types
  it('run to their end in the request of a client without the extension', async () => {
    const response = await client.request(
      'tools/call',
      { name: 'cook', arguments: { dish: 'soup' } },
      { capabilities: {} },
    );
    expect(response.result.resultType).toBe('complete');
    expect(textOf(response)).toBe('soup is served');
  });

  // Spec: extension.needed, extension.listen-undeclared, extension.missing-listen, extension.missing-methods
  // Spec: extensions.fallback
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

  // Spec: extension.input-required, extension.update, extension.update-type, stateless.handles
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

  // Spec: extension.all-questions, extension.update-ignored
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

  // Spec: extension.cancel, extension.cancel-type, extension.cancelled
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

  // Spec: extension.unknown, extension.unknown-others, extension.update-unknown, extension.cancel-unknown
  // Spec: extension.errors, extension.bound
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
      data: { reason: 'quota', retryAfter: 5 },
    });
    await small.close();
  });
});
