import type { App } from 'perdura';
import type { JsonRpcRequest } from '../../framework/protocol/messages/json-rpc.js';
import { until } from '../fixtures/until.js';
import { hotelApp } from './hotel-app.js';
import { accept, ALICE, BOB, type Fields, META, RawClient2025, textOf } from './raw-client.js';

const RELATED = `${META}related-task`;
const related = (taskId: string) => ({ [RELATED]: { taskId } });

describe('tasks on 2025-11-25', () => {
  let app: App;
  let client: RawClient2025;
  let bob: RawClient2025;

  beforeAll(async () => {
    app = await hotelApp({ limits: { pageSize: 3 } });
  });
  beforeEach(() => {
    client = new RawClient2025(app, { principal: ALICE });
    bob = new RawClient2025(app, { principal: BOB });
  });
  afterAll(() => app.close());

  const start = async (name: string, args: Fields = {}, by = client): Promise<string> =>
    (await by.request('tools/call', { name, arguments: args, task: {} })).result.task.taskId as string;
  const get = async (taskId: string) => (await client.request('tasks/get', { taskId })).result;
  const becomes = (taskId: string, status: string) => until(async () => (await get(taskId)).status === status);
  const questions = ({ messages }: { messages: readonly unknown[] }): JsonRpcRequest[] =>
    (messages as JsonRpcRequest[]).filter((message) => 'id' in message);

  // Spec: tasks.create-result, tasks.create-soon, tasks.begins, tasks.ttl, tasks.max-ttl, tasks.id-string
  // Spec: tasks.related-all
  it('are made where the client asks for one, for no longer than it asks', async () => {
    const { result } = await client.request('tools/call', { name: 'simmer', task: { ttl: 60_000 } });
    expect(result.task).toMatchObject({ status: 'working', ttl: 60_000, pollInterval: 20 });
    expect(result._meta).toEqual(related(result.task.taskId as string));
    const { taskId } = (await client.request('tools/call', { name: 'simmer', task: { ttl: 1e12 } })).result.task as {
      taskId: string;
    };
    expect(await get(taskId)).toMatchObject({ taskId, ttl: 600_000 });
    const odd = { name: 'simmer', task: { ttl: 60_000.5 } };
    expect((await client.request('tools/call', odd, { broken: true })).result.task).toMatchObject({ ttl: 60_001 });
  });

  // Spec: tasks.forbidden, tasks.required
  it.each([
    ['a tool that is no task, called as one', { name: 'book', arguments: { wing: 'east' }, task: {} }, -32601],
    ['a tool that runs as a task only, called as none', { name: 'burn' }, -32601],
    ['arguments that do not fit', { name: 'cook', arguments: { dish: 'shoe' }, task: {} }, -32602],
  ])('are not made of %s', async (_, params, code) => {
    expect((await client.request('tools/call', params)).error).toMatchObject({ code });
  });

  it.each([5, [], { ttl: 'long' }, { ttl: -1 }, null])('are not made by a "task" of %j', async (task) => {
    expect((await client.request('tools/call', { name: 'simmer', task }, { broken: true })).error).toMatchObject({
      code: -32602,
    });
  });

  // Spec: tasks.undeclared
  it('are ignored where the server declared none', async () => {
    const plain = await hotelApp({ use: [(await import('./hotel-app.js')).Book] });
    const response = await new RawClient2025(plain).request('tools/call', {
      name: 'book',
      arguments: { wing: 'east' },
      task: {},
    });
    expect(textOf(response)).toBe('east-0');
    await plain.close();
  });

  // Spec: tasks.result-blocks, tasks.result-terminal, tasks.result-same, tasks.related-result, tasks.related
  it('give their result to who waits for it', async () => {
    const taskId = await start('cook', { dish: 'soup' });
    const response = await client.request('tasks/result', { taskId });
    expect(textOf(response)).toBe('soup is served');
    expect(response.result._meta).toEqual(related(taskId));
    expect((await client.request('tasks/result', { taskId })).result).toEqual(response.result);
  });

  // Spec: tasks.failed-message, tasks.failed-result
  it('are failed where the tool failed, and give its result all the same', async () => {
    const taskId = await start('burn');
    await becomes(taskId, 'failed');
    expect((await get(taskId)).statusMessage).toBe('It burned.');
    expect((await client.request('tasks/result', { taskId })).result).toMatchObject({ isError: true });
  });

  // Spec: tasks.failed-error, tasks.result-same
  it('give the error of a request that failed', async () => {
    const { error } = await client.request('tasks/result', { taskId: await start('strike') });
    expect(error).toEqual({ code: -31000, message: 'The kitchen is on strike.', data: { until: 'noon' } });
  });

  // Spec: tasks.cancel-ended, tasks.cancelled-first, tasks.errors
  it('are cancelled once, and then have no result', async () => {
    const taskId = await start('simmer');
    const waiting = client.request('tasks/result', { taskId });
    expect((await client.request('tasks/cancel', { taskId })).result).toMatchObject({ taskId, status: 'cancelled' });
    expect((await waiting).error).toMatchObject({ code: -32603 });
    expect((await client.request('tasks/cancel', { taskId })).error).toMatchObject({ code: -32602 });
    expect((await get(taskId)).status).toBe('cancelled');
  });

  // Spec: tasks.bound, tasks.foreign, tasks.errors
  it.each(['tasks/get', 'tasks/result', 'tasks/cancel'])(
    "%s tells another caller's task from none in no way",
    async (method) => {
      const taskId = await start('simmer');
      const foreign = await bob.request(method, { taskId });
      expect(foreign.error).toMatchObject({ code: -32602 });
      expect({ ...foreign, id: 0 }).toEqual({ ...(await bob.request(method, { taskId: 'no-such-task' })), id: 0 });
    },
  );

  // Spec: tasks.list-pages, tasks.list-cursor, tasks.list-all, tasks.list-own, tasks.errors, pagination.error
  it('are listed to their owner, the newest first, page after page', async () => {
    const carol = { owner: 'carol', scopes: [] };
    const owner = new RawClient2025(app, { principal: carol });
    const taskIds: string[] = [];
    for (let count = 0; count < 5; count++) taskIds.unshift(await start('cook', { dish: 'soup' }, owner));
    const listed: string[] = [];
    let cursor: string | undefined;
    do {
      const { result } = await owner.request('tasks/list', cursor === undefined ? {} : { cursor });
      expect(result.tasks.length).toBeLessThanOrEqual(3);
      listed.push(...(result.tasks as { taskId: string }[]).map(({ taskId }) => taskId));
      cursor = result.nextCursor as string | undefined;
    } while (cursor !== undefined);
    expect(listed).toEqual(taskIds);
    expect((await owner.request('tasks/list', { cursor: 'Not a cursor!' })).error).toMatchObject({ code: -32602 });
    expect((await owner.request('tasks/list', { cursor: 1 }, { broken: true })).error).toMatchObject({ code: -32602 });
  });

  // Spec: tasks.related-status, tasks.related-all, tasks.related
  it('tell the session that started them of every change, and of progress under its token', async () => {
    const { result } = await client.request(
      'tools/call',
      { name: 'cook', arguments: { dish: 'soup' }, task: {} },
      { meta: { progressToken: 'p' } },
    );
    const { taskId } = result.task as { taskId: string };
    const status = (): Fields[] =>
      client.unasked
        .filter(({ method }) => method === 'notifications/tasks/status')
        .map(({ params }) => params as Fields);
    await until(() => status().some((task) => task['status'] === 'completed'));
    expect(status().every((task) => task['taskId'] === taskId && !('_meta' in task))).toBe(true);
    const progress = client.unasked.filter(({ method }) => method === 'notifications/progress');
    for (const { params } of progress) expect(params).toMatchObject({ progressToken: 'p', _meta: related(taskId) });
    expect(bob.unasked).toEqual([]);
  });

  it('are not told of to a session that has ended', async () => {
    const taskId = await start('simmer');
    client.session.close();
    const again = new RawClient2025(app, { principal: ALICE });
    const told = again.start('tools/call', { name: 'simmer', task: {} });
    await told.response;
    await again.request('tasks/cancel', { taskId });
    // What the other session is told of later, this one would have been told of by now.
    const other = (await told.response).result.task.taskId as string;
    await again.request('tasks/cancel', { taskId: other });
    await until(() => again.unasked.length > 0);
    expect(client.unasked).toEqual([]);
  });

  describe('that ask', () => {
    // Spec: tasks.input-required, tasks.input-received, tasks.related-question, tasks.related-elicitation
    // Spec: tasks.input-transport
    it('are answered on the stream of tasks/result', async () => {
      const taskId = await start('serve');
      await becomes(taskId, 'input_required');
      client.answer = () => accept({ name: 'Ada' });
      const stream = client.start('tasks/result', { taskId });
      expect(textOf(await stream.response)).toBe('served to Ada');
      expect(questions(stream)).toMatchObject([
        { method: 'elicitation/create', params: { message: 'For whom?', _meta: related(taskId) } },
      ]);
      expect(questions(stream)[0]?.id).toMatch(new RegExp(`^t\\.${taskId}\\..+`));
    });

    it('take the answer from any session of their owner', async () => {
      const taskId = await start('serve');
      const stream = client.start('tasks/result', { taskId });
      await until(() => questions(stream).length === 1);
      const { id } = questions(stream)[0] as JsonRpcRequest;
      bob.respond(id, { result: accept({ name: 'Eve' }) });
      new RawClient2025(app, { principal: ALICE }).respond(id, { result: accept({ name: 'Ada' }) });
      expect(textOf(await stream.response)).toBe('served to Ada');
    });

    it('put the question again to who comes back, under another id', async () => {
      const taskId = await start('serve');
      const first = client.start('tasks/result', { taskId });
      await until(() => questions(first).length === 1);
      first.hangUp();
      expect((await first.response).silent).toBe(true);
      client.answer = () => accept({ name: 'Ada' });
      const second = client.start('tasks/result', { taskId });
      expect(textOf(await second.response)).toBe('served to Ada');
      expect(questions(second)[0]?.id).not.toBe(questions(first)[0]?.id);
    });

    it('ask again where the answer does not fit, but not for ever', async () => {
      const taskId = await start('serve');
      client.answer = () => accept({ name: 1 });
      const stream = client.start('tasks/result', { taskId });
      await until(() => questions(stream).length === 3);
      expect((await get(taskId)).status).toBe('input_required');
      client.answer = undefined;
      client.respond((questions(stream)[0] as JsonRpcRequest).id, { result: accept({ name: 'Ada' }) });
      expect(textOf(await stream.response)).toBe('served to Ada');
      expect(questions(stream)).toHaveLength(3);
    });

    it('fail where the client cannot answer', async () => {
      const taskId = await start('serve');
      const stream = client.start('tasks/result', { taskId });
      await until(() => questions(stream).length === 1);
      client.respond((questions(stream)[0] as JsonRpcRequest).id, {
        error: { code: -1, message: 'There is no screen.' },
      });
      const response = await stream.response;
      expect(response.result.isError).toBe(true);
      expect(textOf(response)).toContain('There is no screen.');
    });

    it('take a question back that was answered elsewhere', async () => {
      const taskId = await start('serve');
      const [one, other] = [client.start('tasks/result', { taskId }), new RawClient2025(app, { principal: ALICE })];
      await until(() => questions(one).length === 1);
      other.answer = () => accept({ name: 'Ada' });
      await other.request('tasks/result', { taskId });
      await one.response;
      expect(one.messages.at(-1)).toMatchObject({
        method: 'notifications/cancelled',
        params: { requestId: questions(one)[0]?.id },
      });
    });

    it('take their question back when they are cancelled', async () => {
      const taskId = await start('serve');
      const stream = client.start('tasks/result', { taskId });
      await until(() => questions(stream).length === 1);
      await client.request('tasks/cancel', { taskId });
      await stream.response;
      expect(stream.messages.at(-1)).toMatchObject({
        method: 'notifications/cancelled',
        params: { requestId: questions(stream)[0]?.id },
      });
    });

    it('ask nothing of a session that did not declare it', async () => {
      const taskId = await start('serve');
      const mute = new RawClient2025(app, { principal: ALICE, capabilities: {} });
      const stream = mute.start('tasks/result', { taskId });
      await becomes(taskId, 'input_required');
      client.answer = () => accept({ name: 'Ada' });
      await client.request('tasks/result', { taskId });
      expect(textOf(await stream.response)).toBe('served to Ada');
      expect(stream.messages).toEqual([]);
    });
  });

  describe('that are called like any other tool', () => {
    it('are waited for in the request, with progress and questions on its stream', async () => {
      client.answer = () => accept({ name: 'Ada' });
      const call = client.start('tools/call', { name: 'serve' });
      expect(textOf(await call.response)).toBe('served to Ada');
      expect(questions(call)).toHaveLength(1);
      const cook = client.start(
        'tools/call',
        { name: 'cook', arguments: { dish: 'soup' } },
        { meta: { progressToken: 9 } },
      );
      expect(textOf(await cook.response)).toBe('soup is served');
    });

    it('tell the model of arguments that do not fit', async () => {
      const response = await client.request('tools/call', { name: 'cook', arguments: { dish: 'shoe' } });
      expect(response.result.isError).toBe(true);
    });

    // Spec: http.disconnect, cancel.frees
    it('are cancelled with the request, and go on when the connection is lost', async () => {
      const dave = { owner: 'dave', scopes: [] };
      const caller = new RawClient2025(app, { principal: dave });
      const tasks = async () => (await caller.request('tasks/list')).result.tasks as { status: string }[];
      const lost = caller.start('tools/call', { name: 'simmer' });
      await until(async () => (await tasks()).length === 1);
      lost.hangUp();
      expect((await lost.response).silent).toBe(true);
      expect((await tasks())[0]?.status).toBe('working');
      const cancelled = caller.start('tools/call', { name: 'simmer' });
      await until(async () => (await tasks()).length === 2);
      caller.notify('notifications/cancelled', { requestId: cancelled.id });
      expect((await cancelled.response).silent).toBe(true);
      expect((await tasks()).map(({ status }) => status)).toEqual(['cancelled', 'working']);
    });
  });
});
