import { IsBoolean } from 'class-validator';
import { Task } from '../../../framework/decorators/task.js';
import type { TaskContext } from '../../../framework/runtime/context.js';
import { Engine, textOf } from './engine.js';

class Approval {
  @IsBoolean() approved!: boolean;
}

let message = '';
const about = { description: 'Asks twice, and the first question changes in between.' };

async function asks(ctx: TaskContext): Promise<string> {
  const { approved } = await ctx.elicit(message, Approval);
  const last = await ctx.elicit('And then?', Approval);
  return `${approved} ${last.approved}`;
}

class Work {
  @Task({ ...about, name: 'continues', onChange: 'continue' })
  continues(_: object, ctx: TaskContext) {
    return asks(ctx);
  }

  @Task({ ...about, name: 'fails' })
  fails(_: object, ctx: TaskContext) {
    return asks(ctx);
  }
}

describe('a task whose code has changed under it', () => {
  const start = async (tool: string) => {
    message = 'Before?';
    const engine = new Engine([Work]);
    const taskId = await engine.start(tool);
    await engine.accept(taskId, { approved: true });
    await engine.when(taskId, ({ open }) => JSON.stringify(open).includes('And then?'));
    message = 'After?';
    return { engine, taskId };
  };

  it('fails, naming the step that asks for something else', async () => {
    const { engine, taskId } = await start('fails');
    await engine.accept(taskId, { approved: false });
    expect(textOf(await engine.ended(taskId))).toMatch(/^The step "elicit#1" asks for something else/);
    await engine.tasks.close();
  });

  it('continues where it may: asks what it asks now, and keeps what still fits', async () => {
    const { engine, taskId } = await start('continues');
    await engine.accept(taskId, { approved: false });
    await engine.when(taskId, ({ open }) => JSON.stringify(open).includes('After?'));
    await engine.accept(taskId, { approved: false });
    expect(textOf(await engine.ended(taskId))).toBe('false false');
    await engine.tasks.close();
  });
});
