import { Task } from '../../../framework/decorators/task.js';
import type { OnCrash } from '../../../framework/metadata/agent-tool.js';
import type { TaskContext } from '../../../framework/runtime/context.js';
import { until } from '../../fixtures/until.js';
import { Engine, textOf, TimedStore } from './engine.js';

const calls: string[] = [];
/** How many runs of the step hang, as in a process that is about to die. */
let hangs = 0;

async function effect(name: string): Promise<string> {
  calls.push(name);
  if (hangs-- > 0) await new Promise<void>(() => undefined);
  return name;
}

const pay = async (ctx: TaskContext, onCrash: OnCrash) => {
  await ctx.step('before', () => void calls.push('before'));
  return ctx.step('pay', () => effect('pay'), { onCrash });
};

class Work {
  @Task({ name: 'retry', description: 'Pays, again if need be.' })
  retry(_: object, ctx: TaskContext) {
    return pay(ctx, 'retry');
  }

  @Task({ name: 'fail', description: 'Pays at most once.', attempts: 3 })
  async fail(_: object, ctx: TaskContext) {
    // No catch of the author's may take the end for a failure of the step.
    return pay(ctx, 'fail').catch(() => 'caught');
  }

  @Task({ name: 'ask', description: 'Pays again when told to.' })
  ask(_: object, ctx: TaskContext) {
    return pay(ctx, 'ask');
  }

  @Task({ name: 'naps', description: 'Sleeps inside of a step that must not be cut off.' })
  async naps(_: object, ctx: TaskContext) {
    return ctx.step(
      'nap',
      async () => {
        await ctx.sleep('1h');
        return effect('nap');
      },
      { onCrash: 'fail' },
    );
  }

  @Task({ name: 'flaky', description: 'Fails once and is tried again.', attempts: 2 })
  async flaky(_: object, ctx: TaskContext) {
    return ctx.step(
      'pay',
      () => {
        calls.push('pay');
        if (ctx.attempt === 1) throw new Error('secret');
        return 'paid';
      },
      { onCrash: 'fail' },
    );
  }
}

/** Starts a task on a worker that dies in the step, as often as told; the last worker survives. */
async function crash(tool: string, times = 1): Promise<{ readonly engine: Engine; readonly taskId: string }> {
  const timed = new TimedStore();
  let engine = new Engine([Work], { timed, drain: 0 });
  const taskId = await engine.start(tool);
  for (let worker = 1; worker <= times; worker++) {
    await until(() => calls.filter((call) => call !== 'before').length >= worker);
    timed.advance(60_000);
    engine = new Engine([Work], { timed });
    engine.tasks.work();
  }
  return { engine, taskId };
}

describe('a step that was cut off', () => {
  beforeEach(() => {
    calls.length = 0;
    hangs = 1;
  });

  it('runs again where it may', async () => {
    hangs = 2;
    const { engine, taskId } = await crash('retry', 2);
    expect(textOf(await engine.ended(taskId))).toBe('pay');
    expect(calls).toEqual(['before', 'pay', 'pay', 'pay']);
    await engine.tasks.close();
  });

  it('ends the task where it must not run again, naming the step', async () => {
    const { engine, taskId } = await crash('fail');
    const record = await engine.ended(taskId);
    expect(record.outcome).toMatchObject({ kind: 'result', result: { isError: true } });
    expect(textOf(record)).toMatch(/^The step "pay#1" was cut off/);
    expect(record.attempt).toBe(1);
    expect(calls).toEqual(['before', 'pay']);
    await engine.tasks.close();
  });

  it('asks whether to run again, each time that it was cut off, and does as it is told', async () => {
    hangs = 2;
    const { engine, taskId } = await crash('ask');
    const { open } = await engine.idle(taskId);
    const [question] = Object.values(open);
    expect(question?.request.params).toMatchObject({
      message: expect.stringContaining('The step "pay" was interrupted'),
    });
    await engine.accept(taskId, { again: true });
    await until(() => calls.length === 3);
    engine.timed.advance(60_000);
    const next = new Engine([Work], { timed: engine.timed });
    next.tasks.work();
    const again = await next.when(taskId, (record) => Object.keys(record.open).length > 0);
    expect(Object.keys(again.open)).not.toEqual(Object.keys(open));
    await next.accept(taskId, { again: true });
    expect(textOf(await next.ended(taskId))).toBe('pay');
    expect(calls).toEqual(['before', 'pay', 'pay', 'pay']);
    await next.tasks.close();
  });

  it('does not run again where the user says no', async () => {
    const { engine, taskId } = await crash('ask');
    await engine.accept(taskId, { again: false });
    expect(textOf(await engine.ended(taskId))).toMatch(/^The step "pay#1" was cut off/);
    expect(calls).toEqual(['before', 'pay']);
    await engine.tasks.close();
  });
});

describe('a step that must not be cut off', () => {
  beforeEach(() => {
    calls.length = 0;
    hangs = 0;
  });

  it('may wait inside of itself, and goes on in another process', async () => {
    const timed = new TimedStore();
    const first = new Engine([Work], { timed });
    const taskId = await first.start('naps');
    await first.idle(taskId);
    const second = new Engine([Work], { timed });
    timed.advance(3_600_001);
    second.tasks.work();
    expect(textOf(await second.ended(taskId))).toBe('nap');
    expect(calls).toEqual(['nap']);
    await Promise.all([first.tasks.close(), second.tasks.close()]);
  });

  it('is tried again by the next attempt, since a failure is no crash', async () => {
    const engine = new Engine([Work]);
    expect(textOf(await engine.ended(await engine.start('flaky')))).toBe('paid');
    expect(calls).toEqual(['pay', 'pay']);
    await engine.tasks.close();
  });
});
