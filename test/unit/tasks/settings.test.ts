import { z } from 'zod';
import { Task } from '../../../framework/decorators/task.js';
import type { TaskContext } from '../../../framework/runtime/context.js';
import { until } from '../../fixtures/until.js';
import { Engine, textOf } from './engine.js';

const calls: string[] = [];

class Work {
  @Task({ name: 'waits', description: 'Fails twice.', attempts: 3, backoff: [7, 9] })
  waits(_: object, ctx: TaskContext) {
    if (ctx.attempt < 3) throw new Error('secret');
    return 'done';
  }

  @Task({ name: 'slow', description: 'Has a step that never ends by itself.', stepTimeout: 20, attempts: 2 })
  async slow(_: object, ctx: TaskContext) {
    await ctx.step('sound', () => void calls.push('sound'));
    return ctx.step('slow', (_key, signal) => {
      signal.addEventListener('abort', () => calls.push('aborted'));
      return ctx.attempt === 2 ? 'in time' : new Promise<string>(() => undefined);
    });
  }

  @Task({ name: 'patient', description: 'Has a step with a limit of its own.', stepTimeout: 20 })
  patient(_: object, ctx: TaskContext) {
    return ctx.step('slow', () => new Promise((resolve) => setTimeout(() => resolve('late'), 60)), { timeout: '10s' });
  }

  @Task({
    ...{ name: 'once', description: 'Once a day.', input: z.object({ day: z.string().transform(Number) }) },
    idempotencyKey: ({ day }) => `day ${day + 1}`,
  })
  once(_: { day: number }) {
    return 'done';
  }

  @Task({
    ...{ name: 'nightly', description: 'Every night.', input: z.object({ depth: z.number() }) },
    schedule: { cron: '0 3 * * *', input: { depth: 3 }, owner: 'night-shift' },
  })
  nightly({ depth }: { depth: number }, ctx: TaskContext) {
    return `${ctx.principal.owner} ${depth}`;
  }

  @Task({ name: 'large', description: 'Records too much.', attempts: 2 })
  async large(_: object, ctx: TaskContext) {
    await ctx.step('small', () => 'x'.repeat(100));
    await ctx.step('large', () => 'x'.repeat(2000));
    return 'never';
  }

  @Task({ name: 'many', description: 'Records too often.' })
  async many(_: object, ctx: TaskContext) {
    for (let i = 0; i < 10; i++) await ctx.step('part', () => 'x'.repeat(100));
    return 'never';
  }
}

describe('a task with settings', () => {
  beforeEach(() => void (calls.length = 0));

  it('waits for its next attempt as its backoff says', async () => {
    const engine = new Engine([Work], { backoff: () => 100_000 });
    const seen = new Set<string>();
    const taskId = await engine.start('waits', {}, { work: false });
    engine.tasks.watch('alice', taskId, ({ statusMessage }) => statusMessage && seen.add(statusMessage));
    engine.tasks.work();
    expect(textOf(await engine.ended(taskId))).toBe('done');
    expect([...seen].map((message) => /in (\d+) ms/.exec(message)?.[1])).toEqual(['7', '9']);
    await engine.tasks.close();
  });

  it('ends a step that runs longer than its limit, and tries again', async () => {
    const engine = new Engine([Work]);
    const taskId = await engine.start('slow');
    expect(textOf(await engine.ended(taskId))).toBe('in time');
    expect(calls).toEqual(['sound', 'aborted']);
    expect(engine.reported).toMatchObject([{ name: 'PerduraError', code: 'STEP_TIMED_OUT' }]);
    await engine.tasks.close();
  });

  it("lets a step's own limit stand before the task's", async () => {
    const engine = new Engine([Work]);
    expect(textOf(await engine.ended(await engine.start('patient')))).toBe('late');
    await engine.tasks.close();
  });

  it('is the same task for calls whose input has the same key', async () => {
    const engine = new Engine([Work]);
    const first = await engine.start('once', { day: '1' });
    expect(await engine.start('once', { day: '1.0' })).toBe(first);
    expect(await engine.start('once', { day: '2' })).not.toBe(first);
    await engine.tasks.close();
  });

  it('starts by itself, once for each firing, for a service of its own', async () => {
    const engine = new Engine([Work]);
    expect(engine.tasks.scheduled.map(({ tool, schedule }) => [tool, schedule.cron, schedule.timeZone])).toEqual([
      ['nightly', '0 3 * * *', 'UTC'],
    ]);
    const fired = await Promise.all(['mon', 'mon', 'tue'].map((night) => engine.tasks.fire('nightly', night)));
    const ids = fired.map((one) => one.ok && one.value.taskId);
    expect([ids[0] === ids[1], ids[1] === ids[2]]).toEqual([true, false]);
    engine.tasks.work();
    const ended = async () => (await engine.tasks.list('service:night-shift', 10)).tasks;
    await until(async () => (await ended()).every(({ run }) => run === 'done'));
    expect((await ended()).map(textOf)).toEqual(['service:night-shift 3', 'service:night-shift 3']);
    await expect(engine.tasks.fire('once', 'mon')).rejects.toMatchObject({ code: 'NOT_SCHEDULED' });
    await engine.tasks.close();
  });

  it('fails where one step records more than it may, and names it', async () => {
    const engine = new Engine([Work], { journal: { entry: 1000 } });
    const record = await engine.ended(await engine.start('large'));
    expect(textOf(record)).toMatch(/^What the step "large#1" .* the limit is 1000\. /);
    expect(record.attempt).toBe(1);
    await engine.tasks.close();
  });

  it('fails where its journal has grown too large, and names the step that was one too many', async () => {
    const engine = new Engine([Work], { journal: { whole: 1000 } });
    const text = textOf(await engine.ended(await engine.start('many')));
    expect(text).toMatch(/^With the step "part#\d" the task's journal would have \d+ bytes; the limit is 1000\./);
    await engine.tasks.close();
  });
});
