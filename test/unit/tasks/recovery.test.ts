import { IsBoolean } from 'class-validator';
import { Task } from '../../../framework/decorators/task.js';
import type { TaskContext } from '../../../framework/runtime/context.js';
import { MemoryTaskQueue } from '../../../framework/tasks/memory/task-queue.js';
import type { TaskStore } from '../../../framework/tasks/task-store.js';
import { until } from '../../fixtures/until.js';
import { Engine, textOf, TimedStore } from './engine.js';

class Approval {
  @IsBoolean() approved!: boolean;
}

const calls: string[] = [];
const entered: TaskContext[] = [];
let release: () => void = () => undefined;

@Task({ name: 'part', description: 'A part of a report.' })
class Part {
  async call(_: object, ctx: TaskContext) {
    await ctx.step('part', () => void calls.push('part'));
    return 'part';
  }
}

class Work {
  @Task({ name: 'report', description: 'Steps, branches, a question, a sleep and a child.' })
  async report(_: object, ctx: TaskContext) {
    await ctx.step('plan', () => void calls.push('plan'));
    await ctx.all(['x', 'y'], (item, branch) => branch.step('read', () => void calls.push(`read ${item}`)), {
      concurrency: 1,
    });
    await ctx.elicit('Go on?', Approval);
    await ctx.sleep(10);
    await ctx.task(Part, {});
    await ctx.step('write', () => void calls.push('write'));
    return 'done';
  }

  @Task({ name: 'gate', description: 'Waits at a gate inside of a step.' })
  async gate(_: object, ctx: TaskContext) {
    entered.push(ctx);
    await ctx.step('gate', async () => {
      calls.push('gate');
      await new Promise<void>((resolve) => (release = resolve));
    });
    await ctx.step('next', () => void calls.push('next'));
    return 'through';
  }

  @Task({ name: 'poison', description: 'Never comes back.' })
  async poison(_: object, ctx: TaskContext) {
    await ctx.step('bait', () => void calls.push('bait'));
    await ctx.step('bite', () => new Promise<void>(() => undefined));
    return 'never';
  }
}

const WRITES: ReadonlySet<string | symbol> = new Set(['begin', 'append', 'ask', 'park', 'yield', 'finish', 'spawn']);

/** A client of a store that dies at its n-th write, before or after it: from then on none of its calls comes back. */
function dyingClient(
  store: TaskStore,
  at: number,
  when: 'before' | 'after',
): { readonly client: TaskStore; hasDied(): boolean } {
  let writes = 0;
  let dead = false;
  const never = new Promise<never>(() => undefined);
  const client = new Proxy(store, {
    get(target, name) {
      const method = target[name as keyof TaskStore] as (...args: unknown[]) => unknown;
      if (name === 'subscribe') return method.bind(target);
      return (...args: unknown[]): unknown => {
        if (dead) return never;
        dead = WRITES.has(name) && ++writes === at;
        if (!dead) return method.apply(target, args);
        return when === 'before' ? never : Promise.resolve(method.apply(target, args)).then(() => never);
      };
    },
  });
  return { client, hasDied: () => dead };
}

describe('recovery', () => {
  beforeEach(() => {
    calls.length = 0;
    entered.length = 0;
  });

  it.each(['before', 'after'] as const)(
    'repeats no recorded step, whichever write the worker dies %s',
    async (when) => {
      let boundaries = 0;
      for (let at = 1, isOver = false; !isOver; at++) {
        calls.length = 0;
        const timed = new TimedStore();
        const { client, hasDied } = dyingClient(timed.store, at, when);
        const doomed = new Engine([Work, Part], { timed, store: client });
        const taskId = await doomed.start('report');
        const survivor = new Engine([Work, Part], { timed });
        const answerThrough = async ({ tasks }: Engine): Promise<void> => {
          const key = Object.keys((await survivor.record(taskId)).open)[0];
          // Not awaited: a dead process tells nothing.
          if (key) void tasks.answer('alice', taskId, { [key]: { action: 'accept', content: { approved: true } } });
        };
        // The doomed worker alone, to its death or to the end of the task.
        await until(async () => {
          await answerThrough(doomed);
          return hasDied() || (await survivor.record(taskId)).run === 'done';
        });
        isOver = !hasDied();
        boundaries = at;
        timed.advance(60_000);
        survivor.tasks.work();
        await until(async () => {
          await answerThrough(survivor);
          return (await survivor.record(taskId)).run === 'done';
        });
        expect(textOf(await survivor.record(taskId))).toBe('done');
        const counts = ['plan', 'read x', 'read y', 'part', 'write'].map(
          (step) => calls.filter((call) => call === step).length,
        );
        // Died before a step was recorded: that one step runs again, and no other.
        expect(Math.max(...counts)).toBeLessThanOrEqual(when === 'before' ? 2 : 1);
        expect(counts.filter((count) => count !== 1).length).toBeLessThanOrEqual(when === 'before' ? 1 : 0);
        await survivor.tasks.close();
      }
      expect(boundaries).toBeGreaterThan(10);
    },
  );

  it('fences off a worker that comes back after it was taken over', async () => {
    const timed = new TimedStore();
    const zombie = new Engine([Work, Part], { timed });
    const taskId = await zombie.start('gate');
    await until(() => calls.length === 1);
    const releaseZombie = release;

    const successor = new Engine([Work, Part], { timed });
    timed.advance(60_000);
    successor.tasks.work();
    await until(() => calls.length === 2);
    const [stale] = entered;
    releaseZombie();
    await until(() => stale?.signal.aborted);
    expect(calls).toEqual(['gate', 'gate']);
    release();
    expect(textOf(await successor.ended(taskId))).toBe('through');
    expect(calls).toEqual(['gate', 'gate', 'next']);
    expect((await successor.record(taskId)).crashes).toBe(0);
    await Promise.all([zombie.tasks.close(), successor.tasks.close()]);
  });

  it('goes on after its store was out of reach', async () => {
    const timed = new TimedStore();
    let isOut = true;
    const store = new Proxy(timed.store, {
      get(target, name) {
        const method = target[name as keyof TaskStore] as (...args: unknown[]) => unknown;
        return name === 'append' && isOut ? () => Promise.reject(new Error('ECONNREFUSED')) : method.bind(target);
      },
    });
    const engine = new Engine([Work, Part], { timed, store });
    const taskId = await engine.start('report');
    await until(() => engine.reported.length > 0);
    isOut = false;
    timed.advance(60_000);
    await engine.accept(taskId, { approved: true });
    expect(textOf(await engine.ended(taskId))).toBe('done');
    expect(calls).toEqual(['plan', 'plan', 'read x', 'read y', 'part', 'write']);
    expect(engine.reported.map(String)).toEqual(['Error: ECONNREFUSED']);
    await engine.tasks.close();
  });

  it('finds a lost enqueue', async () => {
    class LossyQueue extends MemoryTaskQueue {
      lost = 0;
      override async enqueue(...args: Parameters<MemoryTaskQueue['enqueue']>): Promise<void> {
        if (this.lost++ === 0) throw new Error('The queue is out of reach.');
        return super.enqueue(...args);
      }
    }
    const queue = new LossyQueue();
    const engine = new Engine([Work, Part], { queue });
    const taskId = await engine.start('report');
    expect((await engine.record(taskId)).run).toBe('queued');
    expect(engine.reported).toHaveLength(1);
    engine.timed.advance(10_000);
    await engine.accept(taskId, { approved: true });
    expect(textOf(await engine.ended(taskId))).toBe('done');
    await engine.tasks.close();
  });

  it('fails a task that kills its worker each time, and names the step', async () => {
    const timed = new TimedStore();
    const engines = [new Engine([Work, Part], { timed, maxCrashes: 2, drain: 0 })];
    const taskId = await (engines[0] as Engine).start('poison');
    for (let worker = 1; worker <= 3; worker++) {
      const engine = engines.at(-1) as Engine;
      await engine.when(
        taskId,
        ({ run, epoch, lastStep }) => run === 'running' && epoch === worker && lastStep !== undefined,
      );
      const next = new Engine([Work, Part], { timed, maxCrashes: 2, drain: 0 });
      timed.advance(60_000);
      next.tasks.work();
      engines.push(next);
      await next.when(taskId, ({ run, epoch }) => run === 'done' || epoch > worker);
    }
    const record = await (engines[0] as Engine).ended(taskId);
    expect(record.statusMessage).toMatch(/^The worker crashed 3 times after step ".*bait.*"\.$/);
    expect(calls).toEqual(['bait']);
    await Promise.all(engines.map(({ tasks }) => tasks.close()));
  });

  it('hands a running task over at its next boundary when the process stops', async () => {
    const timed = new TimedStore();
    const leaving = new Engine([Work, Part], { timed });
    const taskId = await leaving.start('gate');
    await until(() => calls.length === 1);
    // The store stays open for the next process.
    const closed = leaving.tasks.close();
    release();
    await closed;
    expect(await leaving.record(taskId)).toMatchObject({ run: 'queued', activation: 2, crashes: 0 });

    const next = new Engine([Work, Part], { timed });
    next.tasks.work();
    timed.advance(10_000);
    expect(textOf(await next.ended(taskId))).toBe('through');
    expect(calls).toEqual(['gate', 'next']);
    await next.tasks.close();
  });

  it('hands over what comes to no boundary within the limit', async () => {
    const engine = new Engine([Work, Part], { drain: 10 });
    const taskId = await engine.start('gate');
    await until(() => calls.length === 1);
    await engine.tasks.close();
    expect(await engine.record(taskId)).toMatchObject({ run: 'queued', activation: 2 });
    release();
  });
});
