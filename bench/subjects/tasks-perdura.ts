import { ANONYMOUS, createApp, Task, type TaskContext } from 'perdura';
import { startWorker } from 'perdura/worker';
import { z } from 'zod';
import { follow } from '../task-subject.js';

const [role, redis = ''] = process.argv.slice(2);

/** What ended last; a task has ended a moment after its handler. */
const last: { readonly owner: string; readonly taskId: string }[] = [];
let handled = 0;
let goal: { readonly count: number; readonly reached: () => void } | undefined;

const addends = z.object({ a: z.number(), b: z.number() });

@Task({ name: 'add', description: 'Adds two numbers.', input: addends, ttl: '1h', concurrency: 1000 })
class Add {
  call({ a, b }: z.infer<typeof addends>, ctx: TaskContext): string {
    handled += 1;
    last[handled % 100] = { owner: ctx.principal.owner, taskId: ctx.taskId };
    if (handled === goal?.count) goal.reached();
    return String(a + b);
  }
}

const steps = z.object({ steps: z.number() });

@Task({ name: 'walk', description: 'Takes recorded steps.', input: steps, ttl: '1h' })
class Walk {
  async call(input: z.infer<typeof steps>, ctx: TaskContext): Promise<string> {
    let sum = 0;
    for (let step = 0; step < input.steps; step++) sum += await ctx.step('step', () => step);
    return String(sum);
  }
}

const tasks = { redis, quota: 1_000_000, backlog: 1_000_000, concurrency: 50 };
const app = await createApp({ name: 'bench', version: '1.0.0', use: [Add, Walk], tasks });

let turn = 0;
async function create(name: string, args: Record<string, number>) {
  const entry = app.catalog.tools.get(name);
  if (entry === undefined) throw new Error(`There is no task "${name}".`);
  // Many owners, as a server has them: each keeps a list of its own.
  const principal = { ...ANONYMOUS, owner: `owner ${turn++ % 100}` };
  const client = { capabilities: {} };
  const created = await app.tasks.create({ entry, args, principal, client, revision: '2026-07-28' });
  if (!created.ok) throw new Error(`A task was refused: ${created.reason}.`);
  return created.value;
}

async function run(name: string, args: Record<string, number>): Promise<void> {
  const { owner, taskId } = await create(name, args);
  await new Promise<void>((resolve, reject) => {
    app.tasks.watch(owner, taskId, ({ status, statusMessage }) => {
      if (status === 'completed') resolve();
      if (status === 'failed') reject(new Error(statusMessage));
    });
  });
}

if (role === 'submit') {
  follow({
    submit: () => create('add', { a: 2, b: 40 }),
    run: () => run('add', { a: 2, b: 40 }),
    runSteps: (count) => run('walk', { steps: count }),
  });
} else {
  follow({
    work: (concurrency) => startWorker(app, { concurrency }),
    async drained(count) {
      await new Promise<void>((resolve) => {
        goal = { count, reached: resolve };
        if (handled >= count) resolve();
      });
      for (const { owner, taskId } of last) {
        while ((await app.tasks.get(owner, taskId))?.status === 'working') await new Promise(setImmediate);
      }
    },
  });
}
