import { IsBoolean } from 'class-validator';
import { buildCatalog } from '../../../framework/catalog/build-catalog.js';
import { Task } from '../../../framework/decorators/task.js';
import { ProtocolError, ToolError } from '../../../framework/errors.js';
import type { TaskContext } from '../../../framework/runtime/context.js';
import { until } from '../../fixtures/until.js';
import { Engine, textOf } from './engine.js';

class Approval {
  @IsBoolean() approved!: boolean;
}

const calls: string[] = [];
let seen: TaskContext | undefined;
let release: () => void = () => undefined;

class Work {
  @Task({ name: 'steps', description: 'Records two steps.' })
  async steps(_: object, ctx: TaskContext) {
    const a = await ctx.step('a', () => calls.push('a'));
    const b = await ctx.step('b', () => calls.push('b'));
    return `${a}${b}`;
  }

  @Task({ name: 'asks', description: 'Asks between two steps.' })
  async asks(_: object, ctx: TaskContext) {
    await ctx.step('before', () => calls.push('before'));
    const { approved } = await ctx.elicit('Go on?', Approval, { timeout: '1h' });
    await ctx.step('after', () => calls.push('after'));
    return approved ? 'yes' : 'no';
  }

  @Task({ name: 'sleeps', description: 'Sleeps long between two steps.' })
  async sleeps(_: object, ctx: TaskContext) {
    await ctx.step('before', () => calls.push('before'));
    await ctx.sleep('2h');
    await ctx.step('after', () => calls.push('after'));
    return 'awake';
  }

  @Task({ name: 'flaky', description: 'Fails twice after a step.', attempts: 3 })
  async flaky(_: object, ctx: TaskContext) {
    await ctx.step('sound', () => calls.push('sound'));
    await ctx.step('flaky', () => {
      calls.push('flaky');
      if (ctx.attempt < 3) throw new Error('secret');
    });
    return `attempt ${ctx.attempt}`;
  }

  @Task({ name: 'broken', description: 'Always fails.', attempts: 2 })
  broken(): string {
    calls.push('broken');
    throw new Error('secret');
  }

  @Task({ name: 'refuses', description: 'Fails on purpose.', attempts: 3 })
  refuses(): string {
    calls.push('refuses');
    throw new ToolError('No such period.');
  }

  @Task({ name: 'protocol', description: 'Fails as a request.', attempts: 3 })
  protocol(): string {
    calls.push('protocol');
    throw new ProtocolError(-32000, 'Not now.');
  }

  @Task({ name: 'hangs', description: 'Runs until it is released.', timeout: '24h' })
  async hangs(_: object, ctx: TaskContext) {
    seen = ctx;
    await new Promise<void>((resolve) => (release = resolve));
    await ctx.step('late', () => calls.push('late'));
    return 'late';
  }

  @Task({ name: 'slow', description: 'Runs longer than it may.', timeout: 20, attempts: 2 })
  async slow(_: object, ctx: TaskContext) {
    calls.push('slow');
    await new Promise((_resolve, reject) => ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason)));
    return 'never';
  }

  @Task({ name: 'reports', description: 'Tells how far it is.' })
  async reports(_: object, ctx: TaskContext) {
    ctx.progress(1, 4);
    ctx.progress(2, 4, 'half');
    await ctx.elicit('Go on?', Approval);
    return 'done';
  }
}

describe('an activation', () => {
  let engine: Engine;
  beforeEach(() => {
    calls.length = 0;
    engine = new Engine([Work]);
  });
  afterEach(async () => {
    release();
    await engine.tasks.close();
  });

  it('runs a task to its result', async () => {
    const record = await engine.ended(await engine.start('steps'));
    expect(record).toMatchObject({ status: 'completed', epoch: 1 });
    expect(textOf(record)).toBe('12');
    expect(engine.reported).toEqual([]);
  });

  it('gives the worker back while a question is open, and repeats no recorded step when it goes on', async () => {
    const taskId = await engine.start('asks');
    expect(await engine.idle(taskId)).toMatchObject({ status: 'input_required', epoch: 1 });
    await engine.accept(taskId, { approved: true });
    const record = await engine.ended(taskId);
    expect([textOf(record), record.epoch]).toEqual(['yes', 2]);
    expect(calls).toEqual(['before', 'after']);
  });

  it('takes an answer without another activation while the task is held in memory', async () => {
    const held = new Engine([Work], { hold: 60_000 });
    const taskId = await held.start('asks');
    await held.accept(taskId, { approved: false });
    const record = await held.ended(taskId);
    expect([textOf(record), record.epoch]).toEqual(['no', 1]);
    await held.tasks.close();
  });

  it('sleeps in the record, not in the worker', async () => {
    const taskId = await engine.start('sleeps');
    expect((await engine.idle(taskId)).status).toBe('working');
    engine.timed.advance(7_200_001);
    expect(textOf(await engine.ended(taskId))).toBe('awake');
    expect(calls).toEqual(['before', 'after']);
  });

  it('tells the handler when nobody answered in time', async () => {
    const taskId = await engine.start('asks');
    await engine.idle(taskId);
    engine.timed.advance(3_600_001);
    const record = await engine.ended(taskId);
    expect(record).toMatchObject({ status: 'completed', outcome: { result: { isError: true } } });
    expect(textOf(record)).toContain('Nobody answered');
  });

  it('runs a failed attempt again, keeps recorded successes and repeats recorded failures', async () => {
    const record = await engine.ended(await engine.start('flaky'));
    expect([textOf(record), record.attempt]).toEqual(['attempt 3', 3]);
    expect(calls).toEqual(['sound', 'flaky', 'flaky', 'flaky']);
  });

  it('ends with the last failure when no attempt is left, without its message', async () => {
    const record = await engine.ended(await engine.start('broken'));
    expect(record).toMatchObject({ attempt: 2, outcome: { kind: 'result', result: { isError: true } } });
    expect(JSON.stringify(record)).not.toContain('secret');
    expect(calls).toHaveLength(2);
  });

  it.each([
    ['refuses', { kind: 'result', result: { isError: true } }],
    ['protocol', { kind: 'error', error: { code: -32000, message: 'Not now.' } }],
  ])('does not try %s again, which failed as it was meant to', async (tool, outcome) => {
    expect(await engine.ended(await engine.start(tool))).toMatchObject({ attempt: 1, outcome });
    expect(calls).toEqual([tool]);
  });

  it('stops an attempt that runs longer than its timeout', async () => {
    const record = await engine.ended(await engine.start('slow'));
    expect(record).toMatchObject({
      attempt: 2,
      status: 'failed',
      statusMessage: expect.stringContaining('timeout of 20 ms'),
    });
    expect(calls).toEqual(['slow', 'slow']);
  });

  // Spec: tasks.cancel-stops, tasks.cancelled-final
  it('aborts the signal of a cancelled task, and drops what comes late', async () => {
    const taskId = await engine.start('hangs');
    await until(() => seen);
    const signal = (seen as TaskContext).signal;
    const cancelled = await engine.tasks.cancel('alice', taskId);
    expect(cancelled).toMatchObject({ ok: true, value: { status: 'cancelled' } });
    await until(() => signal.aborted);
    expect(signal.reason).toMatchObject({ code: 'TASK_STOPPED' });
    release();
    await engine.tasks.close();
    expect(await engine.record(taskId)).toEqual(cancelled.ok && cancelled.value);
    expect(calls).toEqual([]);
    expect(engine.reported).toEqual([]);
  });

  it('shows the latest progress as the status message', async () => {
    const taskId = await engine.start('reports');
    expect((await engine.idle(taskId)).statusMessage).toBe('half');
  });

  it('fails a task whose tool was taken out of the server that runs it', async () => {
    const tools = new Map(buildCatalog([Work]).tools);
    const shrinking = new Engine([Work], { catalog: { ...buildCatalog([Work]), tools } });
    const taskId = await shrinking.start('steps');
    tools.delete('steps');
    expect((await shrinking.ended(taskId)).statusMessage).toContain('"steps"');
    await shrinking.tasks.close();
  });

  it('is left to other servers where this one does not have its tool', async () => {
    const taskId = await engine.start('steps', {}, { work: false });
    const other = new Engine([], { timed: engine.timed });
    other.tasks.work();
    engine.timed.advance(10_000);
    await until(async () => (await engine.store.due(10)).length === 0);
    expect(await engine.record(taskId)).toMatchObject({ run: 'queued', epoch: 0 });
    engine.tasks.work();
    expect(textOf(await engine.ended(taskId))).toBe('12');
    await other.tasks.close();
  });

  it('runs an activation once, however often it was enqueued', async () => {
    const taskId = await engine.start('asks');
    await engine.idle(taskId);
    const { open } = await engine.record(taskId);
    const answer = { [Object.keys(open)[0] as string]: { action: 'accept', content: { approved: true } } };
    await Promise.all([1, 2, 3].map(() => engine.tasks.answer('alice', taskId, answer)));
    expect((await engine.ended(taskId)).epoch).toBe(2);
    expect(calls).toEqual(['before', 'after']);
  });
});
