import { IsNumber } from 'class-validator';
import { ANONYMOUS, createApp, Injectable, Task, Tool } from 'perdura';
import { serveHttp } from 'perdura/http';
import { listening } from '../child.js';
import { DESCRIPTION, NAMES } from './tools.js';

class Addends {
  @IsNumber() a!: number;
  @IsNumber() b!: number;
}

@Injectable()
class Calculator {
  add(a: number, b: number): number {
    return a + b;
  }
}

const tools = NAMES.map((name) => {
  @Tool({ name, description: DESCRIPTION, input: Addends })
  class Add {
    constructor(private readonly calculator: Calculator) {}

    call({ a, b }: Addends): string {
      return String(this.calculator.add(a, b));
    }
  }
  return Add;
});

@Task({ name: 'wait', description: 'Works until it is cancelled.', ttl: '1h' })
class Wait {
  call(): Promise<string> {
    return new Promise(() => undefined);
  }
}

// The task is there to be polled, and only without arguments: it would be one tool more than is asked for.
const isListed = process.argv[2] !== undefined;
const app = await createApp({
  name: 'bench',
  version: '1.0.0',
  use: isListed ? tools : [...tools, Wait],
  // The others answer with the whole list; pages of a hundred would be less work.
  limits: { pageSize: 1_000 },
});
const { url } = await serveHttp(app, { port: 0 });
listening(url, isListed ? undefined : await startTask());

async function startTask(): Promise<string> {
  const entry = app.catalog.tools.get('wait');
  if (entry === undefined) throw new Error('There is no task to start.');
  const client = { capabilities: {} };
  const created = await app.tasks.create({ entry, args: {}, principal: ANONYMOUS, client, revision: '2026-07-28' });
  if (!created.ok) throw new Error(`The task was refused: ${created.reason}.`);
  return created.value.taskId;
}
