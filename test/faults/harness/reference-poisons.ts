import { existsSync } from 'node:fs';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { Task } from '../../../framework/decorators/task.js';
import type { TaskContext } from '../../../framework/runtime/context.js';

/** A file that ends the loops of {@link Spin} in every process. */
export const releaseBeside = (ledger: string): string => `${ledger}.release`;

/** Ends its process each time, after one recorded step. */
@Task({ name: 'poison', description: 'Ends its worker.', concurrency: 100 })
export class Poison {
  async call(_: object, ctx: TaskContext): Promise<string> {
    await ctx.step('prepare', () => 1);
    await ctx.step('burst', () => process.kill(process.pid, 'SIGKILL'));
    return sleep(60_000, 'never');
  }
}

/** Takes memory without end, after one recorded step. */
@Task({ name: 'hoard', description: 'Takes all memory of its worker.', concurrency: 100 })
export class Hoard {
  async call(_: object, ctx: TaskContext): Promise<string> {
    await ctx.step('prepare', () => 1);
    return ctx.step('hoard', async () => {
      const all: unknown[] = [];
      // What runs beside it goes on until there is nothing left.
      for (;;)
        all.push(
          Array.from({ length: 20_000 }, () => ({ all })),
          await turn(),
        );
    });
  }
}

/** Does not come back to the event loop, after one recorded step. */
@Task({ name: 'spin', description: 'Blocks its worker.', concurrency: 100 })
export class Spin {
  async call(_: object, ctx: TaskContext): Promise<string> {
    await ctx.step('prepare', () => 1);
    return ctx.step('spin', () => {
      const lock = new Int32Array(new SharedArrayBuffer(4));
      const release = releaseBeside(process.env['LEDGER'] ?? '');
      // Holds its process as a loop would, and leaves the processor to the others.
      while (!existsSync(release)) Atomics.wait(lock, 0, 0, 20);
      return 'released';
    });
  }
}
