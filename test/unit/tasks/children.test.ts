import { IsBoolean, IsInt, IsString } from 'class-validator';
import { Task } from '../../../framework/decorators/task.js';
import { ToolError } from '../../../framework/errors.js';
import type { TaskContext } from '../../../framework/runtime/context.js';
import type { TaskRecord } from '../../../framework/tasks/task-record.js';
import { until } from '../../fixtures/until.js';
import { Engine, textOf, TimedStore } from './engine.js';

class Part {
  @IsString() part!: string;
}
class Length {
  @IsInt() length!: number;
}
class Approval {
  @IsBoolean() approved!: boolean;
}

const calls: string[] = [];
let release: () => void = () => undefined;
let failures = 0;
let gone: AbortSignal | undefined;

@Task({ name: 'measure', description: 'Measures a part.', input: Part, output: Length })
class Measure {
  async call({ part }: Part, ctx: TaskContext) {
    await ctx.step('measure', () => void calls.push(part));
    return { length: part.length };
  }
}

@Task({ name: 'stumble', description: 'Fails as often as told.' })
class Stumble {
  call() {
    calls.push('stumble');
    if (failures-- > 0) throw new ToolError('It stumbled.');
    return 'upright';
  }
}

@Task({ name: 'linger', description: 'Runs until it is let go.' })
class Linger {
  async call(_: object, ctx: TaskContext) {
    gone = ctx.signal;
    await ctx.step('linger', () => new Promise<void>((resolve) => (release = resolve)));
    return 'let go';
  }
}

@Task({ name: 'confirm', description: 'Asks.' })
class Confirm {
  async call(_: object, ctx: TaskContext) {
    const { approved } = await ctx.elicit('Sure?', Approval);
    return approved ? 'sure' : 'unsure';
  }
}

class Parents {
  @Task({ name: 'sum', description: 'Adds the lengths of parts up.' })
  async sum(_: object, ctx: TaskContext) {
    const lengths = await ctx.all(['a', 'bb', 'ccc'], (part, branch) => branch.task(Measure, { part }));
    return String(lengths.reduce((sum, { length }) => sum + length, 0));
  }

  @Task({ name: 'cope', description: 'Copes with a child that fails.' })
  async cope(_: object, ctx: TaskContext) {
    const first = await ctx.task(Stumble, {}).catch((error: Error) => `${error.name}: ${error.message}`);
    return `${first} ${await ctx.task(Stumble, {})}`;
  }

  @Task({ name: 'persist', description: 'Tries again after a child has failed.', attempts: 2 })
  async persist(_: object, ctx: TaskContext) {
    const measured = await ctx.task(Measure, { part: 'once' });
    try {
      return `${measured.length} ${await ctx.task(Stumble, {})}`;
    } catch {
      throw new Error('secret');
    }
  }

  @Task({ name: 'wait', description: 'Waits for a child that lingers.' })
  wait(_: object, ctx: TaskContext) {
    return ctx.task(Linger, {});
  }

  @Task({ name: 'delegate', description: 'Lets a grandchild ask.' })
  async delegate(_: object, ctx: TaskContext) {
    return `${await ctx.task(Parents, {}, { name: 'inner' })} ${await ctx.task(Confirm, {})}`;
  }

  @Task({ name: 'inner', description: 'Stands between.' })
  inner(_: object, ctx: TaskContext) {
    return ctx.task(Confirm, {});
  }

  @Task({ name: 'vague', description: 'Names a class of several tasks.' })
  vague(_: object, ctx: TaskContext) {
    return ctx.task(Parents as never, {});
  }
}

const ALL = [Parents, Measure, Stumble, Linger, Confirm];

describe('child tasks', () => {
  beforeEach(() => {
    calls.length = 0;
    failures = 0;
  });

  it.each([0, 10_000])('give their parent what they came to, with a hold of %d ms', async (hold) => {
    const engine = new Engine(ALL, { hold });
    const taskId = await engine.start('sum');
    expect(textOf(await engine.ended(taskId))).toBe('6');
    expect([...calls].sort()).toEqual(['a', 'bb', 'ccc']);
    expect((await engine.record(taskId)).attempt).toBe(1);
    await engine.tasks.close();
  });

  it('run on any worker, and outlive the one that their parent was on', async () => {
    const timed = new TimedStore();
    const first = new Engine(ALL, { timed, drain: 0 });
    const taskId = await first.start('wait');
    await first.idle(taskId);
    await until(() => gone !== undefined);
    await first.tasks.close();
    const second = new Engine(ALL, { timed });
    second.tasks.work();
    const before = release;
    timed.advance(60_000);
    await until(() => release !== before);
    release();
    expect(textOf(await second.ended(taskId))).toBe('let go');
    await second.tasks.close();
  });

  it('throw in their parent where they fail, and are made anew by the next use', async () => {
    failures = 1;
    const engine = new Engine(ALL);
    expect(textOf(await engine.ended(await engine.start('cope')))).toBe('ToolError: It stumbled. upright');
    await engine.tasks.close();
  });

  it('that failed are run again by the next attempt of their parent, the others not', async () => {
    failures = 1;
    const engine = new Engine(ALL);
    expect(textOf(await engine.ended(await engine.start('persist')))).toBe('4 upright');
    expect(calls).toEqual(['once', 'stumble', 'stumble']);
    await engine.tasks.close();
  });

  it('end with their parent', async () => {
    const engine = new Engine(ALL);
    gone = undefined;
    const taskId = await engine.start('wait');
    await until(() => gone !== undefined);
    await engine.tasks.cancel('alice', taskId);
    await until(() => gone?.aborted);
    await engine.tasks.close();
  });

  it('are not there for clients', async () => {
    const engine = new Engine(ALL);
    const taskId = await engine.start('wait');
    let child: TaskRecord | undefined;
    engine.store.subscribe((hint) => {
      void engine.store.get('alice', hint.taskId).then((record) => (child = record?.parent ? record : child));
    });
    await until(() => child !== undefined);
    expect(await engine.tasks.get('alice', child?.taskId ?? '')).toBeUndefined();
    expect((await engine.tasks.list('alice', 10)).tasks.map((task) => task.taskId)).toEqual([taskId]);
    release();
    await engine.ended(taskId);
    await engine.tasks.close();
  });

  it('ask through the task that the client knows', async () => {
    const engine = new Engine(ALL);
    const taskId = await engine.start('delegate');
    const seen: string[] = [];
    engine.tasks.watch('alice', taskId, ({ status }) => seen.at(-1) !== status && seen.push(status));
    const { open, status } = await engine.when(taskId, (record) => Object.keys(record.open).length > 0);
    const [key = ''] = Object.keys(open);
    expect([status, open[key]?.request.params]).toMatchObject(['input_required', { message: 'Sure?' }]);
    expect((await engine.tasks.list('alice', 1)).tasks[0]?.status).toBe('input_required');
    const wrong = engine.tasks.answer('alice', taskId, { [key]: { action: 'accept', content: { approved: 'yes' } } });
    await expect(wrong).rejects.toMatchObject({ code: 'TASK_ANSWER_INVALID' });
    await engine.accept(taskId, { approved: true });
    const second = await engine.when(taskId, (record) => ![key, undefined].includes(Object.keys(record.open)[0]));
    expect(Object.keys(second.open)).toHaveLength(1);
    await engine.accept(taskId, { approved: false });
    expect(textOf(await engine.ended(taskId))).toBe('sure unsure');
    expect(seen.filter((one) => one === 'input_required').length).toBeGreaterThan(0);
    await engine.tasks.close();
  });

  it('must be named where a class has several', async () => {
    const engine = new Engine(ALL);
    expect((await engine.ended(await engine.start('vague'))).outcome).toMatchObject({ result: { isError: true } });
    expect(engine.reported).toMatchObject([{ code: 'UNKNOWN_TASK' }]);
    await engine.tasks.close();
  });
});
