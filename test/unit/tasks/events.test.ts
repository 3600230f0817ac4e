import { IsBoolean } from 'class-validator';
import { Task } from '../../../framework/decorators/task.js';
import type { TaskContext } from '../../../framework/runtime/context.js';
import type { TaskEvent } from '../../../framework/tasks/task-events.js';
import { until } from '../../fixtures/until.js';
import { Engine } from './engine.js';

class Approval {
  @IsBoolean() approved!: boolean;
}

@Task({ name: 'child', description: 'A child.' })
class Child {
  call() {
    return 'secret';
  }
}

@Task({ name: 'work', description: 'Does a little of everything.', attempts: 2 })
class Work {
  async call(_: object, ctx: TaskContext) {
    await ctx.step('secretly', () => 'secret');
    await ctx.elicit('A secret?', Approval);
    if (ctx.attempt === 1) throw new Error('secret');
    return ctx.task(Child, {});
  }
}

@Task({ name: 'stay', description: 'Runs until it is stopped.' })
class Stay {
  call(_: object, ctx: TaskContext) {
    return new Promise<void>((resolve) => ctx.signal.addEventListener('abort', () => resolve()));
  }
}

let leave = (): void => undefined;

@Task({ name: 'leave', description: 'Does not wait for its children.' })
class Leave {
  async call(_: object, ctx: TaskContext) {
    await Promise.race([
      ctx.step('decide', () => new Promise<void>((resolve) => (leave = resolve))),
      ...[1, 2].map(() => ctx.task(Stay, {})),
    ]);
  }
}

describe('listeners', () => {
  const events: TaskEvent[] = [];
  const open = (listener: (event: TaskEvent) => void) =>
    new Engine([Work, Child, Stay, Leave], { listeners: [listener] });
  beforeEach(() => void (events.length = 0));

  // Spec: tasks.monitoring, tasks.audit, tasks.audit-context
  it('are told of each transition, with names, numbers, times and whose task it is, and without any value', async () => {
    const engine = open((event) => events.push(event));
    const taskId = await engine.start('work');
    await engine.idle(taskId);
    await until(() => events.some(({ kind }) => kind === 'parked'));
    await engine.accept(taskId, { approved: true });
    await engine.ended(taskId);
    await engine.tasks.close();
    const told = events
      .filter((event) => event.taskId === taskId)
      .map(({ kind, step }) => (step ? `${kind} ${step}` : kind))
      // Whether it has to wait for its child depends on who is faster.
      .filter((told, index, all) => !(index > all.indexOf('yielded') + 1 && ['parked', 'begun'].includes(told)));
    expect(told).toEqual([
      'created',
      'begun',
      'appended secretly#1',
      'asked elicit#1',
      'parked',
      'answered',
      'begun',
      'appended elicit#1',
      'yielded',
      'begun',
      'appended task:child#1@2',
      'finished',
    ]);
    const last = events.findLast((event) => event.taskId === taskId);
    expect(last).toMatchObject({
      task: 'work',
      status: 'completed',
      duration: expect.any(Number),
      time: expect.any(Number),
    });
    const child = events.filter(({ task }) => task === 'child');
    expect(child.map(({ kind }) => kind)).toEqual(['created', 'begun', 'finished']);
    for (const event of child) expect(event).toMatchObject({ parent: taskId, root: taskId });
    for (const event of events) expect(event.owner).toBe('alice');
    expect(JSON.stringify(events)).not.toContain('secret"');
    expect(JSON.stringify(events)).not.toContain('approved');
  });

  it.each(['cancelled', 'finished'] as const)(
    'are told of the children that go with a task that is %s',
    async (how) => {
      const engine = open((event) => events.push(event));
      const taskId = await engine.start('leave');
      await until(() => events.filter(({ task }) => task === 'stay').length >= 4);
      if (how === 'cancelled') await engine.tasks.cancel('alice', taskId);
      else leave();
      await engine.ended(taskId);
      await until(() => events.some((event) => event.taskId === taskId && event.kind === how));
      await engine.tasks.close();
      const gone = events.filter(({ task, kind }) => task === 'stay' && kind === 'cancelled');
      expect(gone).toHaveLength(2);
      for (const event of gone)
        expect(event).toMatchObject({
          ...{ owner: 'alice', parent: taskId, root: taskId, duration: expect.any(Number) },
        });
      expect(new Set(gone.map((event) => event.taskId)).size).toBe(2);
    },
  );

  it('are told of a cancelled task and of a rescued one', async () => {
    // Enqueued where nobody works.
    const other = new Engine([Work, Child]);
    const taskId = await other.start('work', {}, { work: false });
    other.timed.advance(10_000);
    const engine = new Engine([Work, Child], { listeners: [(event) => events.push(event)], timed: other.timed });
    engine.tasks.work();
    await engine.idle(taskId);
    await engine.tasks.cancel('alice', taskId);
    const kinds = events.map(({ kind }) => kind);
    expect([kinds.includes('rescued'), kinds.at(-1)]).toEqual([true, 'cancelled']);
    await engine.tasks.close();
  });

  it('are told of the end of a task that expired', async () => {
    const engine = open((event) => events.push(event));
    const taskId = await engine.start('work', {}, { ttl: 5000 });
    await engine.idle(taskId);
    engine.timed.advance(6000);
    await engine.ended(taskId);
    expect(events.at(-1)).toMatchObject({ kind: 'finished', taskId, status: 'failed', task: 'work' });
    await engine.tasks.close();
  });

  it('that throw are reported, and change nothing', async () => {
    const engine = open(() => {
      throw new Error('broken plugin');
    });
    const taskId = await engine.start('child');
    expect((await engine.ended(taskId)).status).toBe('completed');
    expect(engine.reported.map(String)).toContain('Error: broken plugin');
    await engine.tasks.close();
  });
});
