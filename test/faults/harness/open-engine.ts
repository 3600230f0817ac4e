import { createAgentRunner } from '../../../framework/agent/create-agent-runner.js';
import { buildCatalog } from '../../../framework/catalog/build-catalog.js';
import { createContainer } from '../../../framework/runtime/container/container.js';
import { createRuntime } from '../../../framework/runtime/create-runtime.js';
import { BullmqTaskQueue } from '../../../framework/tasks/bullmq/task-queue.js';
import { createTasks, type TaskEngine } from '../../../framework/tasks/create-tasks.js';
import type { Job, TaskQueue } from '../../../framework/tasks/task-queue.js';
import { connectRedis } from '../../../framework/tasks/redis/connections.js';
import { checkRedis } from '../../../framework/tasks/redis/check.js';
import { RedisTaskStore } from '../../../framework/tasks/redis/task-store.js';
import type { Catalog } from '../../../framework/catalog/catalog.js';
import { Ledger, type Mark, marksBeside } from './ledger.js';
import { Researcher, scriptedModel, Study } from './reference-agent.js';
import { Family, Leaf } from './reference-family.js';
import { Hoard, Poison, Spin } from './reference-poisons.js';
import { Ask, Chain, Greet, Patient, Rest } from './reference-tasks.js';
import { Careful, Continued, Large, Revised } from './reference-limits.js';
import { StoreWatch } from './store-watch.js';

/** How the engine of every member of a crew is set: shorter times than in production, so that faults show soon. */
export interface EngineTimes {
  readonly lease: number;
  readonly hold: number;
  readonly watchdogInterval: number;
  readonly concurrency: number;
  readonly maxCrashes: number;
  readonly drain: number;
  /** Every how many enqueues one is lost; 0 for none. */
  readonly loseEvery: number;
  /** Whether every record that the store takes is noted beside the ledger. */
  readonly marked: boolean;
}

export interface OpenEngine {
  readonly catalog: Catalog;
  readonly tasks: TaskEngine;
  readonly watch: StoreWatch;
}

/** Everything that a member can run. */
export const TASKS = [
  Ask,
  Careful,
  Chain,
  Continued,
  Family,
  Greet,
  Hoard,
  Large,
  Leaf,
  Patient,
  Poison,
  Researcher,
  Rest,
  Revised,
  Spin,
  Study,
] as const;

/**
 * The task engine over a Redis, the same in every process. It is put together as `createApp` does, and not by it: an app
 * has no settings for leases, drains and watchdogs, which a scenario needs short, and no door for what comes between the
 * engine and its store or queue.
 */
export async function openEngine(url: string, { loseEvery, marked, ...times }: EngineTimes): Promise<OpenEngine> {
  const report = (error: unknown): void => void process.stderr.write(`${process.pid}: ${String(error)}\n`);
  const catalog = buildCatalog(TASKS);
  const connections = await connectRedis(url, report);
  const { version } = await checkRedis(connections.requests, { warn: () => undefined });
  const store = new RedisTaskStore({ connections, version });
  await store.open();
  const runtime = createRuntime({
    container: createContainer([]),
    interceptors: [],
    runAgent: createAgentRunner(catalog),
    catalog,
    model: scriptedModel,
    report,
  });
  const queue = new BullmqTaskQueue({ connections, report });
  const marks = new Ledger<Mark>(marksBeside(process.env['LEDGER'] ?? ''));
  const watch = new StoreWatch((taskId, key) => {
    // Only where effects are marked too: writing files is not what the load of the others is made of.
    if (marked) marks.write({ taskId, key, what: 'recorded' });
  });
  const tasks = createTasks({
    store: watch.over(store),
    queue: loseEvery > 0 ? new LosingQueue(queue, loseEvery) : queue,
    runtime,
    catalog,
    report,
    limits: { perOwner: 1e6, keptPerOwner: 1e6, total: 1e6, totalBytes: 1e12 },
    ...times,
  });
  return { catalog, tasks, watch };
}

/** Loses an enqueue now and then, as a process does that dies between the store's write and the queue's. */
class LosingQueue implements TaskQueue {
  readonly work: TaskQueue['work'];
  readonly close: TaskQueue['close'];
  #count = 0;

  constructor(
    private readonly queue: TaskQueue,
    private readonly every: number,
  ) {
    this.work = (run, limits) => queue.work(run, limits);
    this.close = () => queue.close();
  }

  async enqueue(job: Job, delay?: number): Promise<void> {
    if (++this.#count % this.every !== 0) await this.queue.enqueue(job, delay);
  }

  async enqueueAgain(job: Job): Promise<void> {
    if (++this.#count % this.every !== 0) await this.queue.enqueueAgain(job);
  }
}
