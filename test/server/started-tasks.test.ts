import { IsInt, IsString, Min } from 'class-validator';
import { type App, createApp, Task, type TaskContext } from 'perdura';
import { startWorker } from 'perdura/worker';
import { checkedConnect as connect } from '../checked-connect.js';
import { RedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

//#region start
class Order {
  @IsString() id!: string;
  @IsInt() @Min(1) items = 1;
}

@Task({ name: 'ship', description: 'Ship an order.', input: Order })
class Ship {
  async call({ id, items }: Order, ctx: TaskContext) {
    return ctx.step('label', () => `${items} of ${id} shipped`);
  }
}

/** What a webhook calls: told twice of an order, it ships it once. */
const paid = (app: App, owner: string, id: string) =>
  app.start(Ship, { id, items: 2 }, { owner, idempotencyKey: `paid:${id}` });
//#endregion

class Answer {
  @IsString() answer!: string;
}

class Clerk {
  @Task({ name: 'ask', description: 'Asks somebody.' })
  async ask(_: object, ctx: TaskContext) {
    return ctx.elicit('Well?', Answer, { key: 'well' }).catch(({ code }: { code: string }) => code);
  }

  @Task({ name: 'idle', description: 'Waits.' })
  async idle(_: object, ctx: TaskContext) {
    await ctx.sleep('1h');
  }
}

const ANN = { owner: 'ann', scopes: [] };
const about = { name: 'shop', version: '1.0.0', use: [Ship, Clerk] };

describe.each(['memory', 'Redis'] as const)('A task that code starts, in %s', (place) => {
  let redis: RedisServer | undefined;
  let web: App;
  let stop = (): Promise<unknown> => Promise.resolve();

  beforeAll(async () => {
    if (place === 'memory') {
      web = await createApp({ ...about, tasks: { quota: 2 } });
      return;
    }
    redis = await RedisServer.start();
    const tasks = { redis: redis.url, quota: 2 };
    web = await createApp({ ...about, tasks });
    const worker = await startWorker(await createApp({ ...about, tasks }), { signals: false });
    stop = () => worker.close();
  });
  afterAll(async () => {
    await web.close();
    await stop();
    await redis?.stop();
  });

  it.each(['2025-11-25', '2026-07-28'] as const)('belongs to whom it was started for, on %s', async (revision) => {
    const id = await paid(web, 'ann', `cup-${revision}`);
    const client = await connect(web, { revision, principal: ANN });
    expect(await client.followTask(id)).toMatchObject({ content: [{ text: `2 of cup-${revision} shipped` }] });
    const stranger = await connect(web, { revision, principal: { owner: 'bob', scopes: [] } });
    await expect(stranger.request('tasks/get', { taskId: id })).rejects.toMatchObject({ code: -32602 });
  });

  it('is one for starts with the same key, and another for another owner', async () => {
    const first = await paid(web, 'ann', 'jug');
    expect(await paid(web, 'ann', 'jug')).toBe(first);
    expect(await paid(web, 'eve', 'jug')).not.toBe(first);
  });

  it('is not made of input that it does not take', async () => {
    const start = web.start(Ship, { id: 'cup', items: 0 }, { owner: 'ann' });
    await expect(start).rejects.toMatchObject({ code: 'INVALID_TASK_INPUT', message: /ship.*items/ });
  });

  it('is not made for nobody, nor of what is no task', async () => {
    await expect(web.start(Ship, { id: 'cup', items: 1 }, { owner: '' })).rejects.toMatchObject({
      code: 'NO_TASK_OWNER',
    });
    await expect(web.start(Clerk, {}, { owner: 'ann', name: 'nap' })).rejects.toMatchObject({ code: 'UNKNOWN_TASK' });
  });

  it.each(['2025-11-25', '2026-07-28'] as const)(
    'asks its owner where it is told that it may, on %s',
    async (revision) => {
      const asks = { elicitation: { form: {} } };
      const id = await web.start(Clerk, {}, { owner: 'ann', name: 'ask', asks });
      // One that could not answer is not asked.
      const silent = await connect(web, { revision: '2026-07-28', principal: ANN });
      const seen = (): Promise<Record<string, unknown>> => silent.request('tasks/get', { taskId: id });
      await until(async () => (await seen())['status'] === 'input_required');
      expect((await seen())['inputRequests']).toEqual({});
      const client = await connect(web, {
        revision,
        principal: ANN,
        elicit: () => ({ action: 'accept', content: { answer: 'Aye' } }),
      });
      expect(await client.followTask(id)).toMatchObject({ content: [{ text: '{"answer":"Aye"}' }] });
    },
  );

  it('is answered by code, as for a link in a mail', async () => {
    const asks = { elicitation: { form: {} } };
    const id = await web.start(Clerk, {}, { owner: 'ann', name: 'ask', asks });
    await until(async () => (await web.tasks.get('ann', id))?.status === 'input_required');
    const wrong = web.tasks.answer('ann', id, { well: { action: 'accept', content: {} } });
    await expect(wrong).rejects.toMatchObject({ code: 'TASK_ANSWER_INVALID' });
    await web.tasks.answer('ann', id, { well: { action: 'accept', content: { answer: 'Nay' } } });
    const client = await connect(web, { revision: '2026-07-28', principal: ANN });
    expect(await client.followTask(id)).toMatchObject({ content: [{ text: '{"answer":"Nay"}' }] });
  });

  it('has nobody to ask', async () => {
    const id = await web.start(Clerk, {}, { owner: 'ann', name: 'ask' });
    const client = await connect(web, { revision: '2026-07-28', principal: ANN });
    expect(await client.followTask(id)).toMatchObject({ content: [{ text: 'CLIENT_CANNOT' }] });
  });

  it('counts among those of its owner', async () => {
    const idle = { owner: 'zoe', name: 'idle' };
    await web.start(Clerk, {}, idle);
    await web.start(Clerk, {}, idle);
    await expect(web.start(Clerk, {}, idle)).rejects.toMatchObject({
      code: 'TOO_MANY_TASKS',
      retryAfter: expect.any(Number),
    });
  });
});
