import { IsInt, Max } from 'class-validator';
import { Task } from '../../../framework/decorators/task.js';
import { Tool } from '../../../framework/decorators/tool.js';
import type { TaskContext } from '../../../framework/runtime/context.js';
import type { Json } from '../../../framework/spec.js';
import type { TaskRecord } from '../../../framework/tasks/task-record.js';
import { until } from '../../fixtures/until.js';
import { Engine, textOf } from './engine.js';

class Amount {
  @IsInt() @Max(10) amount!: number;
}

class Work {
  @Task({ name: 'asks', description: 'Asks for an amount.', ttl: '1h' })
  async asks(_: object, ctx: TaskContext) {
    return String((await ctx.elicit('How many?', Amount)).amount);
  }

  @Task({ name: 'samples', description: "Asks the client's model." })
  async samples(_: object, ctx: TaskContext) {
    const { content } = await ctx.sample({ messages: [{ role: 'user', content: { type: 'text', text: 'Hi' } }] });
    return JSON.stringify(content);
  }

  @Task({ name: 'quick', description: 'Ends at once.' })
  quick(): string {
    return 'ok';
  }

  @Tool({ name: 'plain', description: 'No task.' })
  plain(): string {
    return 'ok';
  }
}

describe('tasks', () => {
  let engine: Engine;
  beforeEach(() => void (engine = new Engine([Work])));
  afterEach(() => engine.tasks.close());

  const open = async (taskId: string): Promise<string> => Object.keys((await engine.idle(taskId)).open)[0] as string;
  const answer = async (taskId: string, response: Json) =>
    engine.tasks.answer('alice', taskId, { [await open(taskId)]: response });

  // Spec: tasks.id-random, extension.id-random, tasks.id-made, tasks.id-unique
  it('have ids that nobody can guess', async () => {
    const ids = await Promise.all([engine.start('quick'), engine.start('quick')]);
    for (const id of ids) expect(Buffer.from(id, 'base64url')).toHaveLength(32);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('are made of @Task alone', async () => {
    await expect(engine.start('plain')).rejects.toMatchObject({ code: 'NOT_A_TASK' });
  });

  it.each([
    [undefined, 3_600_000],
    [60_000, 60_000],
    [86_400_000, 3_600_000],
    [0, 1000],
  ])('that are asked for with a ttl of %p live for %p ms', async (ttl, granted) => {
    expect((await engine.record(await engine.start('asks', {}, { ttl }))).ttl).toBe(granted);
  });

  describe('answers', () => {
    it.each<[string, Json]>([
      ['content that breaks the schema', { action: 'accept', content: { amount: 11 } }],
      ['no content where some is required', { action: 'accept' }],
      ['an unknown action', { action: 'maybe' }],
      ['no object', 'yes'],
      ['too many bytes', { action: 'accept', content: { amount: 1, text: 'x'.repeat(1024 * 1024) } }],
    ])('with %s are refused, and the question stays open', async (_, response) => {
      const taskId = await engine.start('asks');
      await expect(answer(taskId, response)).rejects.toMatchObject({ code: 'TASK_ANSWER_INVALID' });
      expect((await engine.record(taskId)).status).toBe('input_required');
      expect((await answer(taskId, { action: 'accept', content: { amount: 7 } })).ok).toBe(true);
      expect(textOf(await engine.ended(taskId))).toBe('7');
    });

    it('are taken all or none', async () => {
      const taskId = await engine.start('asks');
      const key = await open(taskId);
      const both: Record<string, Json> = { [key]: { action: 'accept', content: {} }, unknown: { action: 'accept' } };
      await expect(engine.tasks.answer('alice', taskId, both)).rejects.toMatchObject({ code: 'TASK_ANSWER_INVALID' });
      expect(Object.keys((await engine.record(taskId)).open)).toEqual([key]);
    });

    it('to unknown keys are ignored, whatever they hold', async () => {
      const taskId = await engine.start('asks');
      await open(taskId);
      const before = await engine.record(taskId);
      expect(await engine.tasks.answer('alice', taskId, { unknown: 'x', constructor: 1 })).toEqual({
        ok: true,
        value: before,
      });
    });

    it("to another owner's task find no task", async () => {
      const taskId = await engine.start('asks');
      expect(await engine.tasks.answer('bob', taskId, {})).toEqual({ ok: false, reason: 'not_found' });
    });

    it.each<[string, Json]>([
      ['no role', { model: 'm', content: { type: 'text', text: 'x' } }],
      ["the user's role", { model: 'm', role: 'user', content: { type: 'text', text: 'x' } }],
      ['content of no known type', { model: 'm', role: 'assistant', content: { type: 'thought' } }],
    ])('of a model with %s are refused', async (_, response) => {
      const taskId = await engine.start('samples');
      await expect(answer(taskId, response)).rejects.toMatchObject({ code: 'TASK_ANSWER_INVALID' });
      await answer(taskId, { model: 'm', role: 'assistant', content: { type: 'text', text: 'hello' } });
      expect(textOf(await engine.ended(taskId))).toContain('hello');
    });

    it('that are errors tell the handler that the client could not answer', async () => {
      const taskId = await engine.start('samples');
      await answer(taskId, { error: { code: -1, message: 'User rejected sampling request' } });
      const record = await engine.ended(taskId);
      expect(record).toMatchObject({ outcome: { kind: 'result', result: { isError: true } } });
      expect(textOf(record)).toContain('User rejected sampling request');
    });
  });

  describe('lists', () => {
    it('are read in pages by opaque cursors', async () => {
      const ids: string[] = [];
      for (let i = 0; i < 5; i++) ids.push(await engine.start('quick'));
      const first = await engine.tasks.list('alice', 3);
      const second = await engine.tasks.list('alice', 3, first.next);
      expect([...first.tasks, ...second.tasks].map(({ taskId }) => taskId)).toEqual(ids.reverse());
      expect(second.next).toBeUndefined();
    });

    it.each(['', '-1', '!', 'x'.repeat(50), '1.5'])(
      'refuse the cursor %p, which they did not give out',
      async (cursor) => {
        await expect(engine.tasks.list('alice', 3, cursor)).rejects.toMatchObject({ code: 'TASK_CURSOR_INVALID' });
      },
    );
  });

  describe('watchers', () => {
    it('are told the record now, of changes, and of the end, and then no more', async () => {
      const taskId = await engine.start('asks');
      await open(taskId);
      const seen: TaskRecord[] = [];
      engine.tasks.watch('alice', taskId, (record) => seen.push(record));
      await until(() => seen.length === 1);
      await answer(taskId, { action: 'accept', content: { amount: 3 } });
      await until(() => seen.at(-1)?.run === 'done');
      const statuses = seen.map(({ status }) => status);
      expect([statuses[0], statuses.at(-1)]).toEqual(['input_required', 'completed']);
      const versions = seen.map(({ version }) => version);
      expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
    });

    it('are told nothing once they stopped, nor of what is not theirs', async () => {
      const taskId = await engine.start('asks');
      const told: string[] = [];
      engine.tasks.watch('bob', taskId, () => told.push('stranger'));
      engine.tasks.watch('alice', taskId, () => told.push('stopped'))();
      engine.tasks.watch('alice', taskId, () => told.push('watcher'));
      await engine.tasks.cancel('alice', taskId);
      await until(() => told.length > 0);
      expect(new Set(told)).toEqual(new Set(['watcher']));
    });

    it('are told once that there is nothing to watch', async () => {
      const taskId = await engine.start('asks');
      const gone: string[] = [];
      const none = (): never => {
        throw new Error('There is no record to tell of.');
      };
      engine.tasks.watch('alice', 'no-such-task', none, () => gone.push('unknown'));
      engine.tasks.watch('bob', taskId, none, () => gone.push('not theirs'));
      await until(() => gone.length === 2);
      expect(gone).toEqual(['unknown', 'not theirs']);
      expect(engine.reported).toEqual([]);
    });
  });

  it('cannot be cancelled by anybody else, nor after their end', async () => {
    const taskId = await engine.start('asks');
    expect(await engine.tasks.cancel('bob', taskId)).toEqual({ ok: false, reason: 'not_found' });
    expect((await engine.tasks.cancel('alice', taskId)).ok).toBe(true);
    expect(await engine.tasks.cancel('alice', taskId)).toEqual({ ok: false, reason: 'terminal' });
  });

  it('wait in their store until a process works', async () => {
    const idle = new Engine([Work], { timed: engine.timed });
    const taskId = await idle.start('quick', {}, { work: false });
    expect((await idle.record(taskId)).run).toBe('queued');
    engine.tasks.work();
    engine.timed.advance(10_000);
    expect(textOf(await engine.ended(taskId))).toBe('ok');
  });
});
