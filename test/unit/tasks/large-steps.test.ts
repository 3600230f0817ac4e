import { IsBoolean } from 'class-validator';
import { Task } from '../../../framework/decorators/task.js';
import type { TaskContext } from '../../../framework/runtime/context.js';
import { MemoryTaskStore } from '../../../framework/tasks/memory/task-store.js';
import type { Fence } from '../../../framework/tasks/task-store.js';
import { Engine, type Options, textOf } from './engine.js';

class Approval {
  @IsBoolean() approved!: boolean;
}

const calls: string[] = [];
const large = (name: string) => (): string => {
  calls.push(name);
  return name.repeat(100_000);
};

class Work {
  @Task({ name: 'gather', description: 'Records much, and asks in between.', attempts: 2 })
  async gather(_: object, ctx: TaskContext) {
    const first = await ctx.step('first', large('a'));
    const inner = await ctx.step('outer', async () => (await ctx.step('inner', large('b'))).length);
    await ctx.elicit('Go on?', Approval);
    const [second, third] = await ctx.all(['c', 'd'], (name, branch) => branch.step(name, large(name)));
    if (ctx.attempt === 1) throw new Error('once more');
    return [first.length, inner, second?.length, third?.length].join();
  }
}

class WatchedStore extends MemoryTaskStore {
  readonly recalled: string[] = [];

  override recall(fence: Fence, key: string) {
    this.recalled.push(key);
    return super.recall(fence, key);
  }
}

describe('a step with a large value', () => {
  const gathered = async (options: Options) => {
    calls.length = 0;
    const engine = new Engine([Work], options);
    const taskId = await engine.start('gather');
    await engine.idle(taskId);
    await engine.accept(taskId, { approved: true });
    const record = await engine.ended(taskId);
    await engine.tasks.close();
    return textOf(record);
  };

  it('is recorded once, and loaded when a replay comes to it and not before', async () => {
    const store = new WatchedStore();
    expect(await gathered({ store })).toBe('100000,100000,100000,100000');
    expect(calls).toEqual(['a', 'b', 'c', 'd']);
    // The inner step of a recorded one is never needed again.
    expect(store.recalled).toEqual([
      'first#1',
      'first#1',
      expect.stringMatching(/c#1$/),
      expect.stringMatching(/d#1$/),
    ]);
  });

  it('replays as any other does where every replay is checked', async () => {
    expect(await gathered({ replayCheck: true })).toBe('100000,100000,100000,100000');
  });

  it('counts in the size of the whole journal, also where an activation has not loaded it', async () => {
    const engine = new Engine([Work], { journal: { whole: 350_000 } });
    const taskId = await engine.start('gather');
    await engine.idle(taskId);
    await engine.accept(taskId, { approved: true });
    expect(textOf(await engine.ended(taskId))).toMatch(/^With the step "[^"]*d#1" .* the limit is 350000\. /);
    await engine.tasks.close();
  });
});
