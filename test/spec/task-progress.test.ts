import { IsBoolean } from 'class-validator';
import { type App, type CallContext, createApp, Task, type TaskContext, Tool } from 'perdura';
import { z } from 'zod';
import { until } from '../fixtures/until.js';
import { accept, ALICE, EVERYTHING, type Fields, META, RawClient2025, RawClient2026, textOf } from './raw-client.js';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

class Consent {
  @IsBoolean() ok!: boolean;
}

let release: () => void = () => undefined;

class Words {
  @IsBoolean() words!: boolean;
}

const releases: (() => void)[] = [];

@Task({ name: 'plot', description: 'One of two.', input: z.object({ plot: z.number(), words: z.boolean() }) })
class Plot {
  async call({ plot, words }: { plot: number; words: boolean }, ctx: TaskContext) {
    ctx.progress(1, 4, words ? `plot ${plot} begun` : undefined);
    await ctx.step('wait', () => new Promise<void>((resolve) => releases.push(resolve)));
  }
}

@Task({ name: 'survey', description: 'Has children that report.', input: Words })
class Survey {
  async call({ words }: Words, ctx: TaskContext) {
    await ctx.all([1, 2], (plot, branch) => branch.task(Plot, { plot, words }));
    return 'surveyed';
  }
}

class Meter {
  @Task({ name: 'meter', description: 'Reports where it is.' })
  async meter(_: object, ctx: TaskContext) {
    ctx.progress(10, 40, 'a quarter');
    await ctx.step('wait', () => new Promise<void>((resolve) => (release = resolve)));
    ctx.progress(30, 40);
    ctx.progress(40, 40, 'all of it');
    return 'done';
  }

  @Task({ name: 'insist', description: 'Asks three things at once.' })
  async insist(_: object, ctx: TaskContext) {
    const answers = await ctx.all([1, 2, 3], (item, branch) => branch.elicit(`Really ${item}?`, Consent));
    return answers.map(({ ok }) => ok).join();
  }

  @Task({ name: 'trace', description: 'Tells the trace that it belongs to.' })
  trace(_: object, ctx: TaskContext) {
    return String(ctx.traceparent);
  }

  @Tool({ name: 'trace_now', description: 'Tells the trace that it belongs to.' })
  now(_: object, ctx: CallContext) {
    return String(ctx.traceparent);
  }
}

describe('tasks', () => {
  let app: App;
  beforeAll(async () => void (app = await createApp({ name: 'meter', version: '1.0.0', use: [Meter, Plot, Survey] })));
  afterAll(() => app.close());

  describe('on 2025-11-25', () => {
    let client: RawClient2025;
    beforeEach(() => void (client = new RawClient2025(app, { principal: ALICE })));
    const told = (method: string): Fields[] =>
      client.unasked.filter((message) => message.method === method).map(({ params }) => params as Fields);
    const start = async (name: string, meta: Fields = {}): Promise<string> => {
      const { result } = await client.request('tools/call', { name, task: {} }, { meta });
      return (result.task as { taskId: string }).taskId;
    };

    // Spec: progress.task-token@2025-11-25, progress.task-same-token@2025-11-25
    it("pass the handler's own numbers on under the token of the request, the last before the end too", async () => {
      await start('meter', { progressToken: 'p' });
      await until(() => told('notifications/progress').length > 0);
      release();
      await until(() => told('notifications/tasks/status').some(({ status }) => status === 'completed'));
      const progress = told('notifications/progress');
      expect(progress[0]).toMatchObject({ progressToken: 'p', progress: 10, total: 40, message: 'a quarter' });
      expect(progress.at(-1)).toMatchObject({ progressToken: 'p', progress: 40, total: 40 });
      const numbers = progress.map((one) => one['progress'] as number);
      expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    });

    // Spec: tasks.related-all@2025-11-25
    it('say whose progress it is on the stream of a call that waits for them', async () => {
      const call = client.start('tools/call', { name: 'meter' }, { meta: { progressToken: 'p' } });
      await until(() => call.messages.length > 0);
      release();
      const { _meta } = (await call.response).result as { _meta: Fields };
      expect(Object.keys(_meta)).toEqual([`${META}related-task`]);
      expect(call.messages[0]?.params).toEqual({
        ...{ progressToken: 'p', progress: 10, total: 40, message: 'a quarter' },
        _meta,
      });
      expect(call.messages.every(({ params }) => params?.['_meta'] !== undefined)).toBe(true);
    });

    it('never notify the same state twice', async () => {
      const taskId = await start('insist');
      const open = async () => Object.keys((await app.tasks.get(ALICE.owner, taskId))?.open ?? {});
      await until(async () => (await open()).length === 3);
      for (const key of await open())
        await app.tasks.answer(ALICE.owner, taskId, { [key]: accept({ ok: true }) as never });
      await until(() => told('notifications/tasks/status').some(({ status }) => status === 'completed'));
      const states = told('notifications/tasks/status').map(({ status, statusMessage }) =>
        [status, statusMessage].join(' '),
      );
      expect(states.filter((state, index) => state === states[index - 1])).toEqual([]);
      expect(states.filter((state) => state.startsWith('input_required')).length).toBeLessThanOrEqual(1);
    });
  });

  describe('show the progress of their children as their own', () => {
    afterEach(() => releases.splice(0).forEach((go) => go()));
    const finishOne = async (): Promise<void> => {
      await until(() => releases.length > 0);
      releases.shift()?.();
    };

    it('on 2025-11-25: numbers under the token of the request, and the last message', async () => {
      const client = new RawClient2025(app, { principal: ALICE });
      const told = (method: string): Fields[] =>
        client.unasked.filter((message) => message.method === method).map(({ params }) => params as Fields);
      const last = (): Fields | undefined => told('notifications/progress').at(-1);
      const call = { name: 'survey', arguments: { words: true }, task: {} };
      const { result } = await client.request('tools/call', call, { meta: { progressToken: 'p' } });
      const { taskId } = result.task as { taskId: string };
      await until(() => last()?.['progress'] === 2);
      expect(last()).toEqual({
        ...{ progressToken: 'p', progress: 2, total: 8, message: expect.stringMatching(/^plot [12] begun$/) },
        _meta: expect.anything(),
      });
      await finishOne();
      await until(() => last()?.['progress'] === 5);
      await finishOne();
      await until(() => told('notifications/tasks/status').some(({ status }) => status === 'completed'));
      const progress = told('notifications/progress').map((one) => one['progress'] as number);
      expect(progress).toEqual([...new Set(progress)].sort((a, b) => a - b));
      expect(last()).toMatchObject({ progress: 8, total: 8 });
      expect((await client.request('tasks/get', { taskId })).result).toMatchObject({ status: 'completed' });
    });

    it.each([
      [true, /^plot [12] begun$/],
      [false, /^2 of 8$/],
    ])('on 2026-07-28, where the children put it in words: %s', async (words, message) => {
      const client = new RawClient2026(app, { principal: ALICE });
      const { result } = await client.request('tools/call', { name: 'survey', arguments: { words } });
      const get = async () => (await client.request('tasks/get', { taskId: result.taskId })).result;
      await until(async () => message.test(String((await get()).statusMessage)));
      await finishOne();
      await finishOne();
      await until(async () => (await get()).status === 'completed');
    });
  });

  // What a poll is answered is kept for the next one: it must be the task's state all the same.
  it.each(['2025-11-25', '2026-07-28'] as const)('tell every poll of %s how far they are now', async (revision) => {
    const isOld = revision === '2025-11-25';
    const client = isOld ? new RawClient2025(app, { principal: ALICE }) : new RawClient2026(app, { principal: ALICE });
    const { result: made } = await client.request('tools/call', { name: 'meter', ...(isOld && { task: {} }) });
    const { taskId } = (isOld ? made.task : made) as { taskId: string };
    const poll = async (): Promise<Fields> => (await client.request('tasks/get', { taskId })).result as Fields;
    await until(async () => (await poll())['statusMessage'] === 'a quarter');
    const twice = [await poll(), await poll()];
    expect(twice[0]).toEqual(twice[1]);
    expect(twice[1]).toMatchObject({ taskId, status: 'working', statusMessage: 'a quarter' });
    await until(async () => {
      release();
      return (await poll())['status'] === 'completed';
    });
    expect(await poll()).not.toMatchObject({ statusMessage: 'a quarter' });
  });

  describe('belong to the trace of the request that made them', () => {
    const clients = {
      '2025-11-25': () => new RawClient2025(app, { principal: ALICE }),
      '2026-07-28': () => new RawClient2026(app, { principal: ALICE, capabilities: EVERYTHING }),
    };
    // Spec: meta.trace-context@2026-07-28
    it.each(Object.keys(clients) as (keyof typeof clients)[])('on %s', async (revision) => {
      const client = clients[revision]();
      const call = async (name: string, meta: Fields) =>
        textOf(await client.request('tools/call', { name }, { meta, broken: true }));
      for (const name of ['trace', 'trace_now']) {
        expect(await call(name, { traceparent: TRACE })).toBe(TRACE);
        expect(await call(name, { traceparent: 'not one' })).toBe('undefined');
        expect(await call(name, {})).toBe('undefined');
      }
    });
  });
});
