import { setTimeout as sleep } from 'node:timers/promises';
import { IsBoolean, IsInt, IsString, Min } from 'class-validator';
import { Task } from '../../../framework/decorators/task.js';
import type { TaskContext } from '../../../framework/runtime/context.js';
import { run } from './marking.js';

class LeafInput {
  @IsString() name!: string;
  /** How many steps it has, each under a key with its name in it. */
  @IsInt() @Min(1) steps!: number;
  /** How long each step takes, in milliseconds. */
  @IsInt() @Min(0) work!: number;
}

/** A child: steps, and a nap in which it gives its worker back. */
@Task({ name: 'leaf', description: 'Steps.', input: LeafInput, hold: 0, concurrency: 100 })
export class Leaf {
  async call({ name, steps, work }: LeafInput, ctx: TaskContext): Promise<string> {
    for (let step = 0; step < steps; step++) {
      await ctx.step(`${name} ${step}`, async (key) => {
        run(key);
        await sleep(work);
      });
    }
    await ctx.sleep(20);
    return `${name} grew`;
  }
}

class FamilyInput {
  @IsString() topic!: string;
  @IsInt() @Min(1) steps!: number;
  @IsInt() @Min(0) work!: number;
  /** Whether its children have children of their own. */
  @IsBoolean() deep!: boolean;
}

/** A parent: two children at once, or a family below it, and one more child when they have ended. */
@Task({ name: 'family', description: 'Tasks that start tasks.', input: FamilyInput, hold: 0, concurrency: 100 })
export class Family {
  async call({ topic, steps, work, deep }: FamilyInput, ctx: TaskContext): Promise<string> {
    await ctx.step(`${topic} begins`, (key) => void run(key));
    const names = [`${topic} left`, `${topic} right`];
    const grown = await ctx.all(names, (name, branch) =>
      deep ? branch.task(Family, { topic: name, steps, work, deep: false }) : branch.task(Leaf, { name, steps, work }),
    );
    const last = await ctx.task(Leaf, { name: `${topic} last`, steps: 1, work });
    await ctx.step(`${topic} ends`, (key) => void run(key));
    return [...grown, last].join(', ');
  }
}
