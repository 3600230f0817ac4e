import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { message } from './child.js';

/** What the benchmark asks of the side that hands in tasks. */
export interface Submitter {
  /** Hands one task in; resolves when it is accepted. */
  submit(): Promise<unknown>;
  /** Hands one task in; resolves with its result. */
  run(): Promise<unknown>;
  /** The same with a task of so many recorded steps, where the subject has such a thing. */
  runSteps?(steps: number): Promise<unknown>;
}

/** What it asks of the side that runs them. */
export interface Runner {
  /** Begins to run tasks, so many at a time. */
  work(concurrency: number): Promise<unknown>;
  /** Resolves when so many tasks have ended since the process began. */
  drained(count: number): Promise<unknown>;
}

/** What one burst of calls took: each call, and all of them, in milliseconds. */
export interface Burst {
  readonly each: readonly number[];
  readonly ms: number;
  readonly cpuUs: number;
  readonly rssMb: number;
}

type Order = {
  readonly id: number;
  readonly call: string;
  readonly argument?: number;
  readonly count: number;
  readonly inFlight: number;
};

/** Has a subject's process follow the benchmark's orders. */
export function follow(subject: Submitter | Runner): void {
  process.on('message', (order: Order) => {
    void burst(subject, order).then((found) => process.send?.({ id: order.id, found }));
  });
  // A benchmark that was interrupted leaves nobody behind.
  process.once('disconnect', () => process.exit());
  process.send?.('ready');
}

async function burst(subject: object, { call, argument, count, inFlight }: Order): Promise<Burst> {
  const once = (subject as Record<string, (argument?: number) => Promise<unknown>>)[call];
  if (once === undefined) throw new Error(`The subject has no ${call}.`);
  const each: number[] = [];
  let left = count;
  const cpu = process.cpuUsage();
  const began = performance.now();
  const lane = async (): Promise<void> => {
    while (left-- > 0) {
      const from = performance.now();
      await once.call(subject, argument);
      each.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  const { user, system } = process.cpuUsage(cpu);
  return { each, ms: performance.now() - began, cpuUs: user + system, rssMb: process.memoryUsage.rss() / 2 ** 20 };
}

/** One of a subject's processes. */
export interface TaskProcess {
  /** Makes so many calls, so many at a time. */
  burst(call: keyof Submitter | keyof Runner, count?: number, inFlight?: number, argument?: number): Promise<Burst>;
  stop(): Promise<void>;
}

/** Starts `bench/subjects/tasks-<name>.js` in one of its roles. */
export async function startTaskProcess(name: string, role: 'submit' | 'work', redis: string): Promise<TaskProcess> {
  const script = fileURLToPath(new URL(`./subjects/tasks-${name}.js`, import.meta.url));
  const child = fork(script, [role, redis], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  await message(child);
  let orders = 0;
  return {
    burst(call, count = 1, inFlight = 1, argument) {
      const id = ++orders;
      const found = answer(child, id);
      child.send({ id, call, argument, count, inFlight });
      return found;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** The answer to an order, whatever others are answered before it. */
async function answer(child: ChildProcess, id: number): Promise<Burst> {
  for (;;) {
    const told = (await message(child)) as { readonly id: number; readonly found: Burst };
    if (told.id === id) return told.found;
  }
}
