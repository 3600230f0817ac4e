import 'reflect-metadata';
import { setTimeout as delay } from 'node:timers/promises';
import {
  Agent,
  type App,
  createApp,
  type CreateMessageResult,
  type Model,
  Task,
  type TaskContext,
  Tool,
} from 'perdura';
import { connect } from 'perdura/testing';
import { startWorker } from 'perdura/worker';

/** What to measure; in memory, where no Redis is named. */
export type AgentOrder = { readonly redis?: string; readonly agents: number } & (
  { readonly kind: 'turns'; readonly turns: number } | { readonly kind: 'waiting' }
);

export interface AgentFigures {
  readonly opsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuUs: number;
  readonly rssMb: number;
}

/** What the model takes of each turn, in milliseconds. */
const THINKS = 5;

@Tool({ name: 'look', description: 'Look something up.' })
class Look {
  call() {
    return 'something';
  }
}

@Agent({ instructions: 'Look things up.', tools: [Look], maxTurns: 100 })
class Looker {}

@Task({ name: 'run', description: 'Run the agent.', concurrency: 1000 })
class Run {
  async call(_: object, ctx: TaskContext) {
    return (await ctx.agent(Looker, { prompt: 'Go.' })).text;
  }
}

const order = JSON.parse(process.argv[2] ?? '') as AgentOrder;
process.once('disconnect', () => process.exit());
process.send?.(order.kind === 'turns' ? await takeTurns(order) : await wait(order));

async function boot(model: Model): Promise<App> {
  const { redis, agents } = order;
  const tasks = { quota: agents + 1, concurrency: agents, ...(redis !== undefined && { redis }) };
  const app = await createApp({ name: 'bench', version: '1.0.0', use: [Run, Looker, Look], model, tasks });
  if (redis !== undefined) await startWorker(app);
  return app;
}

/** Agents one after the other; of each, what a turn took beside the model's own time. */
async function takeTurns({ agents, turns }: Extract<AgentOrder, { kind: 'turns' }>): Promise<AgentFigures> {
  let thought = 0;
  let taken = 0;
  const app = await boot(async () => {
    const from = performance.now();
    await delay(THINKS);
    thought += performance.now() - from;
    return answer(++taken % turns > 0, taken);
  });
  const client = await connect(app, { revision: '2026-07-28' });
  await client.runTask('run');
  const each: number[] = [];
  const cpu = process.cpuUsage();
  const began = performance.now();
  for (let agent = 0; agent < agents; agent++) {
    thought = 0;
    const from = performance.now();
    await client.runTask('run');
    each.push((performance.now() - from - thought) / turns);
  }
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  each.sort((a, b) => a - b);
  const at = (part: number): number => each[Math.min(each.length - 1, Math.floor(each.length * part))] ?? NaN;
  const count = agents * turns;
  const figures = { opsPerSecond: count / seconds, p50Ms: at(0.5), p99Ms: at(0.99), cpuUs: (user + system) / count };
  return { ...figures, rssMb: memory() };
}

/** What the process takes once every agent waits for its first answer, and how soon they all do. */
async function wait({ agents }: AgentOrder): Promise<AgentFigures> {
  let asked = 0;
  let all = (): void => undefined;
  const waiting = new Promise<void>((resolve) => (all = resolve));
  const app = await boot(() => {
    if (++asked === agents) all();
    return new Promise(() => undefined);
  });
  const client = await connect(app, { revision: '2026-07-28' });
  const cpu = process.cpuUsage();
  const began = performance.now();
  await Promise.all(Array.from({ length: agents }, () => client.startTask('run', {})));
  await waiting;
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { opsPerSecond: agents / seconds, p50Ms: 0, p99Ms: 0, cpuUs: (user + system) / agents, rssMb: memory() };
}

function answer(goesOn: boolean, turn: number): CreateMessageResult {
  const said = { role: 'assistant' as const, model: 'bench' };
  if (!goesOn) return { ...said, content: { type: 'text', text: 'Done.' } };
  return { ...said, content: { type: 'tool_use', id: `use-${turn}`, name: 'look', input: {} } };
}

function memory(): number {
  return process.memoryUsage.rss() / 2 ** 20;
}
