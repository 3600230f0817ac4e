import { IsIn, IsInt, IsOptional, IsString, Min } from 'class-validator';
import { Task } from '../../../framework/decorators/task.js';
import type { OnCrash } from '../../../framework/metadata/agent-tool.js';
import type { TaskContext } from '../../../framework/runtime/context.js';
import { run } from './marking.js';

/** Which version of {@link Revised} this process has. */
const CODE = Number(process.env['CODE'] ?? 1);

class Size {
  /** What is as large as asked for. */
  @IsIn(['step', 'answer', 'result', 'nothing']) what!: string;
  @IsInt() @Min(0) bytes!: number;
  /** Makes the argument itself large. */
  @IsString() @IsOptional() padding?: string;
}

class Text {
  @IsString() text!: string;
}

/** Makes something as large as it is told to. */
@Task({ name: 'large', description: 'Something large.', input: Size, hold: 0, concurrency: 100 })
export class Large {
  async call({ what, bytes }: Size, ctx: TaskContext): Promise<string> {
    const text = 'x'.repeat(bytes);
    await ctx.step('small', (key) => void run(key));
    if (what === 'step') await ctx.step('large', () => text);
    if (what === 'answer') return (await ctx.elicit('Say something.', Text)).text;
    return what === 'result' ? text : 'done';
  }
}

class Policy {
  @IsIn(['retry', 'fail', 'ask']) onCrash!: OnCrash;
}

/** Ends its process in the midst of a step, the first time that it comes to it. */
@Task({ name: 'careful', description: 'A step that is cut off.', input: Policy, hold: 0, concurrency: 100 })
export class Careful {
  async call({ onCrash }: Policy, ctx: TaskContext): Promise<string> {
    const transfer = (key: string): string => {
      if (run(key) === 0) process.kill(process.pid, 'SIGKILL');
      return 'transferred';
    };
    return ctx.step('transfer', transfer, { onCrash });
  }
}

/**
 * A task whose code changes while it waits. The second version fits what the first recorded, and does more; the third asks
 * another question where the first asked one.
 */
async function revised(ctx: TaskContext): Promise<string> {
  await ctx.step('first', (key) => void run(key));
  const { text } = await ctx.elicit(CODE === 3 ? 'Another question?' : 'The question?', Text);
  const done = await ctx.step('second', (key) => {
    run(key);
    return `${text} by ${CODE}`;
  });
  const last = await ctx.elicit('The last question?', Text);
  const all = `${text}, ${done}, ${last.text}`;
  return CODE === 2 ? ctx.step('third', () => `${all}, and more`) : all;
}

@Task({ name: 'revised', description: 'Code that changes.', hold: 0, concurrency: 100 })
export class Revised {
  call(_: object, ctx: TaskContext): Promise<string> {
    return revised(ctx);
  }
}

@Task({ name: 'continued', description: 'Code that changes.', hold: 0, concurrency: 100, onChange: 'continue' })
export class Continued {
  call(_: object, ctx: TaskContext): Promise<string> {
    return revised(ctx);
  }
}
