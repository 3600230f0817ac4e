import { IsInt } from 'class-validator';
import { Task } from '../../../framework/decorators/task.js';
import type { TaskContext } from '../../../framework/runtime/context.js';
import type { TaskStore } from '../../../framework/tasks/task-store.js';
import { seededRandom } from '../../fixtures/seeded-random.js';
import { until } from '../../fixtures/until.js';
import { Engine, textOf, TimedStore } from './engine.js';

class Turn {
  @IsInt() turn!: number;
}

class Part {
  @IsInt() part!: number;
}

@Task({ name: 'part', description: 'A child.', input: Part, concurrency: 100 })
class Child {
  async call({ part }: Part, ctx: TaskContext) {
    await ctx.step('done', () => part);
    return String(part);
  }
}

@Task({ name: 'parent', description: 'Tasks below it, at once and one after the other.', concurrency: 100 })
class Parent {
  async call(_: object, ctx: TaskContext) {
    const parts = await ctx.all([1, 2, 3], (part, branch) => branch.task(Child, { part }));
    return [...parts, await ctx.task(Child, { part: 4 })].join();
  }
}

const TURNS = 3;
const steps = new Map<string, number>();

class Work {
  @Task({ name: 'dialogue', description: 'Asks turn by turn.', concurrency: 100 })
  async dialogue(_: object, ctx: TaskContext) {
    const heard: number[] = [];
    for (let turn = 0; turn < TURNS; turn++) {
      heard.push((await ctx.elicit(`Turn ${turn}?`, Turn)).turn);
      await ctx.step(
        'heard',
        () => void steps.set(`${ctx.taskId}.${turn}`, (steps.get(`${ctx.taskId}.${turn}`) ?? 0) + 1),
      );
    }
    const both = await ctx.all([1, 2], async (item, branch) => (await branch.elicit(`Branch ${item}?`, Turn)).turn);
    return [...heard, ...both].join();
  }
}

/** A client whose replies take their time, as those of a store across a network do. */
function slowClient(store: TaskStore, random: () => number): TaskStore {
  return new Proxy(store, {
    get(target, name) {
      const method = target[name as keyof TaskStore] as (...args: unknown[]) => unknown;
      return (...args: unknown[]): unknown => {
        const reply = method.apply(target, args);
        if (!(reply instanceof Promise) || random() < 0.3) return reply;
        const delay = random() * 4;
        return reply.then((value: unknown) => new Promise((resolve) => setTimeout(resolve, delay, value)));
      };
    },
  });
}

describe('wake-ups', () => {
  it.each([0, 2, 60_000])(
    'are never lost with a hold of %p ms, whenever answers come and however slow the store is',
    async (hold) => {
      const random = seededRandom();
      const timed = new TimedStore();
      // The watchdog would find whatever was lost, so there is none.
      const engine = new Engine([Work], {
        timed,
        store: slowClient(timed.store, random),
        hold,
        watchdogInterval: 3_600_000,
      });
      const tasks = await Promise.all(Array.from({ length: 6 }, () => engine.start('dialogue')));
      const given = new Map<string, number>();
      const answerSome = async (taskId: string): Promise<boolean> => {
        const { open, run } = await engine.record(taskId);
        for (const key of Object.keys(open)) {
          if (random() < 0.5) continue;
          given.set(`${taskId} ${key}`, given.size);
          await engine.tasks.answer('alice', taskId, {
            [key]: { action: 'accept', content: { turn: given.size - 1 } },
          });
        }
        return run === 'done';
      };
      await until(async () => (await Promise.all(tasks.map(answerSome))).every(Boolean));
      for (const taskId of tasks) {
        const mine = [...given].filter(([key]) => key.startsWith(taskId)).map(([, turn]) => turn);
        const heard =
          textOf(await engine.record(taskId))
            ?.split(',')
            .map(Number) ?? [];
        expect(heard.slice(0, TURNS)).toEqual(mine.slice(0, TURNS));
        expect(heard.slice(TURNS).sort()).toEqual(mine.slice(TURNS).sort());
      }
      expect(new Set(steps.values())).toEqual(new Set([1]));
      expect(engine.reported).toEqual([]);
      await engine.tasks.close();
    },
    30_000,
  );

  it.each([0, 2, 60_000])(
    'are never lost with a hold of %p ms, whenever children end and however slow the store is',
    async (hold) => {
      const timed = new TimedStore();
      const store = slowClient(timed.store, seededRandom());
      const engine = new Engine([Parent, Child], { timed, store, hold, watchdogInterval: 3_600_000 });
      const tasks = await Promise.all(Array.from({ length: 6 }, () => engine.start('parent')));
      for (const taskId of tasks) {
        await until(async () => (await engine.record(taskId)).run === 'done');
        expect(textOf(await engine.record(taskId))).toBe('1,2,3,4');
      }
      expect(engine.reported).toEqual([]);
      await engine.tasks.close();
    },
  );
});
