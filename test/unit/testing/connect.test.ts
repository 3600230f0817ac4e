import { type CallContext, createApp, Tool } from 'perdura';
import { RpcError, scriptedModel } from 'perdura/testing';
import { checkedConnect as connect } from '../../checked-connect.js';
import { deskApp } from '../../fixtures/desk-app.js';
import { until } from '../../fixtures/until.js';

describe.each(['2025-11-25', '2026-07-28'] as const)('the in-memory client on %s', (revision) => {
  it('follows a task to its end and answers what it asks', async () => {
    //#region task
    const app = await deskApp();
    const client = await connect(app, {
      revision,
      elicit: () => ({ action: 'accept', content: { name: 'Ada' } }),
    });
    const result = await client.runTask('greet_later');
    expect(result.content).toEqual([{ type: 'text', text: 'Hello, Ada!' }]);
    await app.close();
    //#endregion
  });

  it('plays a scripted model and keeps what it was asked', async () => {
    //#region model
    const model = scriptedModel([{ calls: [{ name: 'add', input: { a: 2, b: 40 } }] }, 'The sum is 42.']);
    const app = await deskApp();
    const client = await connect(app, { revision, sample: model });
    const result = await client.callTool('delegate', { question: 'What is 2 and 40?' });
    expect(result.content).toEqual([{ type: 'text', text: 'The sum is 42.' }]);
    expect(model.requests).toHaveLength(2);
    await app.close();
    //#endregion
  });

  it('lets a turn of the script call a tool with what the request says', async () => {
    const model = scriptedModel([
      ({ messages }) => ({ calls: [{ name: 'add', input: { a: messages.length, b: 1 } }] }),
      'Two.',
    ]);
    const app = await deskApp();
    const client = await connect(app, { revision, sample: model });
    await client.callTool('delegate', { question: 'How many, and one more?' });
    expect(model.requests[1]?.messages.at(-1)).toMatchObject({
      content: [{ type: 'tool_result', content: [{ text: '{"sum":2}' }] }],
    });
    await app.close();
  });

  it('cancels a task for good', async () => {
    const app = await deskApp();
    const client = await connect(app, { revision });
    const { taskId } = await client.startTask('wait');
    await client.cancelTask(taskId);
    expect((await client.getTask(taskId)).status).toBe('cancelled');
    await app.close();
  });

  it('hears progress and logs that it asked for', async () => {
    const app = await deskApp();
    const client = await connect(app, { revision, logLevel: 'info' });
    await client.callTool('count', {}, { progressToken: 'p' });
    expect(client.notifications.filter(({ method }) => method === 'notifications/progress')).toHaveLength(3);
    expect(client.notifications.filter(({ method }) => method === 'notifications/message')).toHaveLength(1);
    await app.close();
  });

  it('throws the error that the server answers with', async () => {
    const app = await deskApp();
    const client = await connect(app, { revision });
    await expect(client.callTool('nothing')).rejects.toThrow(RpcError);
    await app.close();
  });

  it('says so where a call makes no task, with what was answered in its place', async () => {
    const app = await deskApp();
    const client = await connect(app, { revision });
    const sum = { a: 2, b: 40 };
    await expect(client.startTask('add', sum)).rejects.toThrow(/add/);
    await expect(client.runTask('add', sum)).rejects.toThrow(/add/);
    await expect(client.runTask('wait', { until: 'noon' })).rejects.toThrow(/takes no arguments/);
    await app.close();
  });

  it('gives up where its answers to a question do not fit', async () => {
    let asked = 0;
    const app = await deskApp();
    const elicit = () => ({ action: 'accept', content: { name: ++asked } }) as const;
    const client = await connect(app, { revision, elicit });
    const failure = client.callTool('greet').then(
      ({ isError, content }) => (isError ? JSON.stringify(content) : undefined),
      (error: Error) => error.message,
    );
    expect(await failure).toMatch(/was answered 3 times with/);
    expect(asked).toBe(3);
    await app.close();
  });

  it('gives up what it waits for when it is closed, or told to', async () => {
    @Tool({ name: 'hang', description: 'Ends only when it is aborted.' })
    class Hang {
      call(_: object, { signal }: CallContext): Promise<never> {
        return new Promise((_resolve, reject) => {
          if (signal.aborted) reject(new Error('given up'));
          signal.addEventListener('abort', () => reject(new Error('given up')));
        });
      }
    }
    const app = await createApp({ name: 'patient', version: '1.0.0', use: [Hang] });
    const client = await connect(app, { revision });
    const stop = new AbortController();
    const outcomes = [stop.signal, AbortSignal.abort(), new AbortController().signal].map((signal) =>
      client.callTool('hang', {}, { signal }).catch((error: RpcError) => error.message),
    );
    stop.abort();
    await Promise.all(outcomes.slice(0, 2));
    await client.close();
    expect(await Promise.all(outcomes)).toEqual(Array(3).fill('The request was cancelled.'));
    await app.close();
  });

  it('hides a task from everybody but its owner', async () => {
    const app = await deskApp();
    const owner = await connect(app, { revision, principal: { owner: 'ada', scopes: [] } });
    const other = await connect(app, { revision, principal: { owner: 'bob', scopes: [] } });
    const { taskId } = await owner.startTask('wait', {});
    const unknown = await other.getTask('no-such-task').catch((error: RpcError) => error);
    const foreign = await other.getTask(taskId).catch((error: RpcError) => error);
    expect(foreign).toMatchObject({ code: -32602 });
    expect(foreign).toEqual(unknown);
    await app.close();
  });
});

it('follows no task on 2026-07-28 for longer than the server is there', async () => {
  const app = await deskApp();
  const client = await connect(app, { revision: '2026-07-28' });
  const { taskId } = await client.startTask('wait', {});
  const followed = client.followTask(taskId).catch((error: RpcError) => error.message);
  await until(() => client.notifications.some(({ method }) => method === 'notifications/subscriptions/acknowledged'));
  await app.close();
  expect(await followed).toBe('The subscription has ended before the task.');
});
