import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../fixtures/until.js';
import { type Fields, message, openSession, start, startStateless } from './client.js';
import { Crew, type Member } from './crew.js';

/** Each start compiles the sources anew, on a machine that does other things too. */
jest.setTimeout(60_000);

describe('Tasks, with web and worker in processes of their own', () => {
  let crew: Crew;
  let webs: readonly [Member, Member];
  let worker: Member;

  beforeAll(async () => {
    crew = await Crew.start();
    const [a, b, w] = await Promise.all([crew.add('web'), crew.add('web'), crew.add('worker')]);
    webs = [a, b];
    worker = w;
  });
  afterAll(() => crew.close());

  const stateless = async (web: Member, method: string, params: Fields): Promise<Fields> => {
    const { result, error } = await (await startStateless(web.port, method, params)).response();
    if (error) throw new Error(JSON.stringify(error));
    return result as Fields;
  };

  // Spec: extension.consistent, stateless.affinity
  it('2026-07-28: created in one web process, listened to in another, answered in the first, run by the worker', async () => {
    const [a, b] = webs;
    const { taskId } = await stateless(a, 'tools/call', { name: 'greet_later', arguments: {} });
    const listening = await startStateless(b.port, 'subscriptions/listen', { notifications: { taskIds: [taskId] } });
    const asked = await listening.find(({ params }) => params?.status === 'input_required');
    const [key] = Object.keys(asked['params'].inputRequests as Fields) as [string];

    await expect(
      stateless(b, 'tasks/update', { taskId, inputResponses: { [key]: { action: 'accept', content: {} } } }),
    ).rejects.toThrow('-32602');
    await stateless(b, 'tasks/update', {
      taskId,
      inputResponses: { [key]: { action: 'accept', content: { name: 'Ada' } } },
    });
    const told = await listening.find(({ params }) => params?.status === 'completed');
    const polled = await stateless(a, 'tasks/get', { taskId });
    for (const task of [told['params'], polled]) {
      expect(task.result.content).toEqual([{ type: 'text', text: `Hello, Ada! From ${worker.pid}.` }]);
    }
    listening.hangUp();
  });

  it('2025-11-25: one session in both web processes; the question of one is answered through the other', async () => {
    const [a, b] = webs;
    const headers = await openSession(a.port);
    const created = await start(a.port, {
      headers,
      body: message('tools/call', { name: 'greet_later', arguments: {}, task: { ttl: 60_000 } }),
    });
    const { taskId } = (await created.response())['result'].task as { taskId: string };
    const result = await start(b.port, { headers, body: message('tasks/result', { taskId }) });
    const asked = await result.find(({ method }) => method === 'elicitation/create');

    // Content that does not fit its form brings the question back, on the stream that it stood on.
    const answer = (id: unknown, content: Fields): Fields => ({
      jsonrpc: '2.0',
      id,
      result: { action: 'accept', content },
    });
    expect((await start(a.port, { headers, body: answer(asked['id'], {}) })).status).toBe(202);
    const again = await result.find(({ method, id }) => method === 'elicitation/create' && id !== asked['id']);
    expect((await start(a.port, { headers, body: answer(again['id'], { name: 'Grace' }) })).status).toBe(202);
    expect((await result.response())['result'].content).toEqual([
      { type: 'text', text: `Hello, Grace! From ${worker.pid}.` },
    ]);
  });

  it('2026-07-28: a call that asks goes on in another process, which opens the state that the first one sealed', async () => {
    const [a, b] = webs;
    const asked = await stateless(a, 'tools/call', { name: 'greet', arguments: {} });
    expect(asked).toMatchObject({ resultType: 'input_required' });
    const [key] = Object.keys(asked['inputRequests'] as Fields) as [string];
    const inputResponses = { [key]: { action: 'accept', content: { name: 'Ada' } } };
    const { requestState } = asked;
    const { content } = await stateless(b, 'tools/call', {
      name: 'greet',
      arguments: {},
      inputResponses,
      requestState,
    });
    expect(content).toEqual([{ type: 'text', text: 'Hello, Ada!' }]);
  });

  // Spec: tasks.foreign, extension.bound
  it('are nobody else’s in any process', async () => {
    const [a, b] = webs;
    const { taskId } = await stateless(a, 'tools/call', { name: 'greet_later', arguments: {} });
    for (const method of ['tasks/get', 'tasks/cancel']) {
      const { error } = await (await startStateless(b.port, method, { taskId }, 'eve')).response();
      expect(error).toMatchObject({ code: -32602, message: 'Task not found' });
    }
    await stateless(b, 'tasks/cancel', { taskId });
    expect((await stateless(a, 'tasks/get', { taskId }))['status']).toBe('cancelled');
  });

  it('go on in another worker, without repeating a step, when theirs is told to stop', async () => {
    const [a, b] = webs;
    const folder = await mkdtemp(join(tmpdir(), 'perdura-relay-'));
    const file = join(folder, 'open');
    const { taskId } = await stateless(a, 'tools/call', { name: 'relay', arguments: { file } });
    const read = (): Promise<Fields> => stateless(b, 'tasks/get', { taskId });
    await until(async () => (await read())['statusMessage'] === `first step in ${worker.pid}`);

    const next = await crew.add('worker');
    expect(await worker.end('SIGTERM')).toBe(0);
    await writeFile(file, '');
    await until(async () => (await read())['status'] === 'completed');
    expect((await read())['result'].content).toEqual([{ type: 'text', text: `${worker.pid} ${next.pid}` }]);
    worker = next;
    await rm(folder, { recursive: true });
  });
});
