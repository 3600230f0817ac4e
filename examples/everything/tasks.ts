import { IsBoolean, IsNumber, IsOptional, IsString, Max, Min } from 'class-validator';
import { Description, Injectable, ProtocolError, Task, type TaskContext, Tool, ToolError } from 'perdura';
import { UserName } from './input-required.js';

class Seconds {
  @IsNumber() @Min(0) @Max(600) seconds = 1;
  @IsString() @IsOptional() @Description('Comes back in the result') label?: string;
}

class File {
  @IsString() filename!: string;
}

class Confirmation {
  @IsBoolean() confirm!: boolean;
}

const LIFE = { ttl: '10m', pollInterval: '200ms' } as const;

@Injectable()
export class TaskTools {
  @Tool({ name: 'greet', description: 'Greets at once; never a task.', input: UserName })
  greet({ name }: UserName): string {
    return `Hello, ${name}!`;
  }

  @Task({ name: 'slow_compute', description: 'Takes its time.', input: Seconds, ...LIFE })
  async slowCompute({ seconds, label = 'unnamed' }: Seconds, ctx: TaskContext): Promise<string> {
    await ctx.sleep(seconds * 1_000);
    return `Computed ${label} in ${seconds} s.`;
  }

  @Task({ name: 'failing_job', description: 'Fails after a second.', support: 'required', ...LIFE })
  async fail(_: unknown, ctx: TaskContext): Promise<string> {
    await ctx.sleep('1s');
    throw new ToolError('The job failed, as it always does.');
  }

  @Task({ name: 'protocol_error_job', description: 'Ends with a protocol error.', ...LIFE })
  async breakDown(): Promise<string> {
    throw new ProtocolError(-32603, 'The job broke down, as it always does.');
  }

  @Task({ name: 'confirm_delete', description: 'Asks before it deletes.', input: File, ...LIFE })
  async confirmDelete({ filename }: File, ctx: TaskContext): Promise<string> {
    const { confirm } = await ctx.elicit(`Delete ${filename}?`, Confirmation);
    return confirm ? `Deleted ${filename}.` : `Kept ${filename}.`;
  }

  @Task({ name: 'multi_input', description: 'Asks two things at once.', ...LIFE })
  async multiInput(_: unknown, ctx: TaskContext): Promise<string> {
    const [{ name }, { confirm }] = await Promise.all([
      ctx.elicit('Who are you?', UserName),
      ctx.elicit('Go on?', Confirmation),
    ]);
    return `${name} says ${confirm ? 'yes' : 'no'}.`;
  }

  @Task({
    name: 'test_tool_with_task',
    description: 'Asks first, and becomes a task when it knows.',
    support: 'required',
    attached: true,
    ...LIFE,
  })
  async askThenDetach(_: unknown, ctx: TaskContext): Promise<string> {
    const { name } = await ctx.elicit('Who is it for?', UserName, { key: 'user_name' });
    await ctx.detach();
    return `Done for ${name}.`;
  }
}
