import { Task } from '../../../framework/decorators/task.js';
import type { TaskContext } from '../../../framework/runtime/context.js';
import { Suspects } from '../../../framework/tasks/activation/suspects.js';
import type { TaskStore } from '../../../framework/tasks/task-store.js';
import { until } from '../../fixtures/until.js';
import { Engine, textOf, TimedStore } from './engine.js';

const LEASE = 3_000;
let inside: string[] = [];
let most = 0;
let gate: { open(): void; readonly opened: Promise<void> };

@Task({ name: 'long', description: 'Waits at a gate inside of a step.' })
class Long {
  async call(_: object, ctx: TaskContext) {
    await ctx.step('long', async () => {
      inside.push(ctx.taskId);
      most = Math.max(most, inside.length);
      await gate.opened;
      inside.splice(inside.indexOf(ctx.taskId), 1);
    });
    return 'through';
  }
}

@Task({ name: 'poison', description: 'Never comes back.' })
class Poison {
  async call(_: object, ctx: TaskContext) {
    return ctx.step('bite', () => new Promise<string>(() => undefined));
  }
}

/** A store that a process can be cut off from, as if it had died: none of its calls comes back from then on. */
function mortal(store: TaskStore): { readonly store: TaskStore; die(): void } {
  let isDead = false;
  const get = (target: TaskStore, name: keyof TaskStore): unknown =>
    name === 'subscribe' || name === 'close'
      ? target[name].bind(target)
      : (...args: never[]) =>
          isDead ? new Promise(() => undefined) : (target[name] as (...args: never[]) => unknown).apply(target, args);
  return { store: new Proxy(store, { get } as ProxyHandler<TaskStore>), die: () => void (isDead = true) };
}

describe('Tasks whose workers die again and again', () => {
  let timed: TimedStore;
  let alive: Engine[];
  beforeEach(() => {
    [timed, alive] = [new TimedStore(), []];
    [inside, most] = [[], 0];
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    gate = { open, opened };
  });
  afterEach(async () => {
    gate.open();
    for (const { tasks } of alive) await tasks.close();
  });

  const engineOver = (store: TaskStore): Engine =>
    new Engine([Long, Poison], { timed, store, lease: LEASE, maxCrashes: 3, drain: 0 });
  const living = (): Engine => {
    alive.push(engineOver(timed.store));
    return alive.at(-1) as Engine;
  };

  /** A worker that lives until the condition holds. */
  async function worker(isOver: (engine: Engine) => Promise<boolean>): Promise<void> {
    timed.advance(10 * LEASE);
    const { store, die } = mortal(timed.store);
    const dying = engineOver(store);
    dying.tasks.work();
    await until(() => isOver(dying));
    die();
    inside = [];
  }
  const allIn =
    (ids: readonly string[], crashes: number) =>
    async (engine: Engine): Promise<boolean> => {
      const records = await Promise.all(ids.map((id) => engine.record(id)));
      return records.every((record) => record.run === 'running' && record.crashes === crashes);
    };

  it('run one at a time, until each has recorded something', async () => {
    const web = living();
    const ids = [await web.start('long', {}, { work: false }), await web.start('long', {}, { work: false })];
    await worker(allIn(ids, 0));
    await worker(allIn(ids, 1));

    most = 0;
    const last = living();
    timed.advance(10 * LEASE);
    last.tasks.work();
    await until(() => inside.length === 1);
    const waiting = ids.find((id) => !inside.includes(id)) as string;
    // It has been offered more than once, and had to wait each time.
    await last.when(waiting, ({ epoch }) => epoch > 4);
    gate.open();
    for (const id of ids) expect(textOf(await last.ended(id))).toBe('through');
    expect(most).toBe(1);
  });

  it('do not wait for an earlier run of their own', () => {
    const suspects = new Suspects({ lease: LEASE, maxCrashes: 3 });
    const enter = (taskId: string) => suspects.enter({ taskId, crashes: 2 });
    const earlier = enter('a');
    expect(enter('b')).toBeUndefined();
    const latest = enter('a');
    expect(latest).toBeDefined();
    earlier?.();
    expect(enter('b')).toBeUndefined();
    latest?.();
    expect(enter('b')).toBeDefined();
  });

  it('do not fail because of one among them that kills its workers', async () => {
    const web = living();
    const poison = await web.start('poison', {}, { work: false });
    const long = await web.start('long', {}, { work: false });
    for (let crashes = 0; crashes <= 3; crashes++) await worker(allIn([poison], crashes));
    const last = living();
    timed.advance(10 * LEASE);
    last.tasks.work();
    gate.open();
    expect((await last.ended(poison)).statusMessage).toBe('The worker crashed 4 times before the first step.');
    expect(textOf(await last.ended(long))).toBe('through');
  });
});
