import { IsBoolean } from 'class-validator';
import { Task } from '../../../framework/decorators/task.js';
import type { TaskContext } from '../../../framework/runtime/context.js';
import { Engine, textOf } from './engine.js';

class Approval {
  @IsBoolean() approved!: boolean;
}

let runs = 0;
let effects: string[] = [];

class Work {
  @Task({ name: 'sound', description: 'Does a little of everything.' })
  async sound(_: object, ctx: TaskContext) {
    await ctx.step('outer', async () => {
      effects.push('outer');
      await ctx.step('inner', () => void effects.push('inner'));
    });
    await ctx.all([1, 2, 3], async (item, branch) => {
      await branch.step('part', () => void effects.push(`part ${item}`), { onCrash: 'fail' });
      return branch.uuid();
    });
    await ctx.step('failing', () => Promise.reject(new Error('no'))).catch(() => undefined);
    await ctx.elicit('Sure?', Approval, { timeout: '1h' });
    await ctx.sleep(5);
    return ctx.task(Inner, {});
  }

  @Task({ name: 'names', description: 'Names a step by chance.' })
  async names(_: object, ctx: TaskContext) {
    await ctx.step('first', () => 1);
    await ctx.step(`step ${++runs}`, () => 2);
    return ctx.step('last', () => effects.push('last'));
  }

  @Task({ name: 'asks', description: 'Asks by chance.' })
  async asks(_: object, ctx: TaskContext) {
    await ctx.elicit(`Question ${++runs}?`, Approval);
    return ctx.step('last', () => effects.push('last'));
  }
}

@Task({ name: 'inner', description: 'A child.' })
class Inner {
  async call(_: object, ctx: TaskContext) {
    return ctx.step('inside', () => 'done');
  }
}

describe('a task whose replay is checked', () => {
  beforeEach(() => {
    runs = 0;
    effects = [];
  });

  it('runs as ever where it is deterministic, each effect once', async () => {
    const engine = new Engine([Work, Inner], { replayCheck: true });
    const taskId = await engine.start('sound');
    await engine.accept(taskId, { approved: true });
    expect(textOf(await engine.ended(taskId))).toBe('done');
    expect(effects.sort()).toEqual(['inner', 'outer', 'part 1', 'part 2', 'part 3']);
    await engine.tasks.close();
  });

  it('fails at once where a step has another name each time, naming the first of them', async () => {
    const engine = new Engine([Work], { replayCheck: true });
    const text = textOf(await engine.ended(await engine.start('names')));
    expect(text).toMatch(/^The step "step 2#1" asks for something else/);
    expect(effects).toEqual([]);
    await engine.tasks.close();
  });

  it('fails at once where a question has another text each time', async () => {
    const engine = new Engine([Work], { replayCheck: true, hold: 10_000 });
    const taskId = await engine.start('asks');
    await engine.accept(taskId, { approved: true });
    expect(textOf(await engine.ended(taskId))).toMatch(/^The step "elicit#1" asks for something else/);
    expect(effects).toEqual([]);
    await engine.tasks.close();
  });
});
