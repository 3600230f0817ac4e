import { existsSync } from 'node:fs';
import { IsInt, IsString, MinLength } from 'class-validator';
import {
  type App,
  type CallContext,
  createApp,
  Description,
  Injectable,
  Task,
  type TaskContext,
  type TaskEngineOptions,
  Tool,
} from 'perdura';

import { until } from '../fixtures/until.js';

/** How long a gate holds at the most, in milliseconds. */
const HELD = 60_000;

class Name {
  @IsString() @MinLength(1) name!: string;
}

class Count {
  @IsInt() to!: number;
}

class Gate {
  @IsString() @Description('A file: the task waits in its second step until it is there') file!: string;
}

@Injectable()
class Office {
  @Tool({ name: 'who', description: 'Names the process that serves the call.' })
  who(): string {
    return String(process.pid);
  }

  @Tool({ name: 'greet', description: 'Asks for a name on the open stream, and greets.' })
  async greet(_: unknown, ctx: CallContext): Promise<string> {
    const { name } = await ctx.elicit('Who are you?', Name);
    return `Hello, ${name}!`;
  }

  @Tool({ name: 'note', description: 'Writes to the log.' })
  note(_: unknown, ctx: CallContext): string {
    ctx.log.info('noted');
    return 'noted';
  }

  @Tool({ name: 'count', description: 'Counts, telling of each step.', input: Count })
  async count({ to }: Count, ctx: CallContext): Promise<string> {
    for (let step = 1; step <= to; step++) {
      ctx.progress(step, to, `step ${step}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return `counted to ${to}`;
  }

  @Tool({ name: 'leave', description: 'Closes its stream, and says nothing until a file is there.', input: Gate })
  async leave({ file }: Gate, ctx: CallContext): Promise<string> {
    ctx.closeStream();
    await until(() => existsSync(file) || ctx.signal.aborted, HELD);
    return 'back';
  }
}

@Task({ name: 'greet_later', description: 'Greets whoever answers.', ttl: '10m', pollInterval: 20 })
class GreetLater {
  async call(_: unknown, ctx: TaskContext): Promise<string> {
    const { name } = await ctx.elicit('Who are you?', Name);
    const pid = await ctx.step('greet', () => process.pid);
    return `Hello, ${name}! From ${pid}.`;
  }
}

@Task({ name: 'relay', description: 'Two steps, in whatever process.', input: Gate, ttl: '10m', pollInterval: 20 })
class Relay {
  async call({ file }: Gate, ctx: TaskContext): Promise<string> {
    const first = await ctx.step('first', () => process.pid);
    ctx.progress(1, 2, `first step in ${first}`);
    await until(() => existsSync(file) || ctx.signal.aborted, HELD);
    const second = await ctx.step('second', () => process.pid);
    return `${first} ${second}`;
  }
}

/** The app that every process of a crew runs. */
export function officeApp(tasks: TaskEngineOptions): Promise<App> {
  return createApp({
    name: 'office',
    version: '1.0.0',
    use: [Office, GreetLater, Relay],
    tasks,
    report: (error, reference) => void process.stderr.write(`${process.pid} ${reference}: ${String(error)}\n`),
  });
}
