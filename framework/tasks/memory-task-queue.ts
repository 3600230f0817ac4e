import type { Job, TaskQueue, WorkLimits } from './task-queue.js';

interface Waiting {
  readonly job: Job;
  readonly order: number;
}

/** The jobs of one task name. */
class Lane {
  readonly resumed = new Map<string, Waiting>();
  readonly fresh = new Map<string, Waiting>();
  running = 0;

  first(): Waiting | undefined {
    for (const waiting of this.resumed.values()) return waiting;
    for (const waiting of this.fresh.values()) return waiting;
    return undefined;
  }
}

const keyOf = ({ taskId, activation }: Job): string => `${taskId}.${activation}`;
const isResumed = ({ activation }: Job): boolean => activation > 1;

/** Dispatches within this process: no job survives it, which is what the store's watchdog is for. */
export class MemoryTaskQueue implements TaskQueue {
  readonly #lanes = new Map<string, Lane>();
  readonly #delayed = new Map<string, NodeJS.Timeout>();
  readonly #running = new Set<Promise<void>>();
  #order = 0;
  #worker?: { readonly run: (job: Job) => Promise<void>; readonly limits: WorkLimits };
  #closed = false;

  async enqueue(job: Job, delay = 0): Promise<void> {
    const key = keyOf(job);
    if (this.#closed || this.#delayed.has(key)) return;
    if (delay <= 0) return this.#offer(key, job);
    const timer = setTimeout(() => {
      this.#delayed.delete(key);
      this.#offer(key, job);
    }, delay);
    timer.unref();
    this.#delayed.set(key, timer);
  }

  work(run: (job: Job) => Promise<void>, limits: WorkLimits): void {
    this.#worker = { run, limits };
    this.#dispatch();
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#delayed.values()) clearTimeout(timer);
    this.#delayed.clear();
    this.#lanes.clear();
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #offer(key: string, job: Job): void {
    const lane = this.#lanes.get(job.tool) ?? new Lane();
    this.#lanes.set(job.tool, lane);
    const jobs = isResumed(job) ? lane.resumed : lane.fresh;
    if (!jobs.has(key)) jobs.set(key, { job, order: this.#order++ });
    this.#dispatch();
  }

  #dispatch(): void {
    const worker = this.#worker;
    if (!worker) return;
    while (!this.#closed && this.#running.size < worker.limits.concurrency) {
      const job = this.#take(worker.limits);
      if (!job) return;
      this.#start(job, worker.run);
    }
  }

  #take({ perTool, priorities }: WorkLimits): Job | undefined {
    const rank = ({ job }: Waiting): number => (isResumed(job) ? 0 : (priorities?.get(job.tool) ?? 100));
    const isBefore = (a: Waiting, b: Waiting): boolean =>
      rank(a) < rank(b) || (rank(a) === rank(b) && a.order < b.order);

    let best: Waiting | undefined;
    for (const [tool, lane] of this.#lanes) {
      const first = lane.running < (perTool.get(tool) ?? Infinity) ? lane.first() : undefined;
      if (first && (!best || isBefore(first, best))) best = first;
    }
    if (!best) return undefined;
    const lane = this.#lanes.get(best.job.tool);
    (isResumed(best.job) ? lane?.resumed : lane?.fresh)?.delete(keyOf(best.job));
    return best.job;
  }

  #start(job: Job, run: (job: Job) => Promise<void>): void {
    const lane = this.#lanes.get(job.tool) as Lane;
    lane.running += 1;
    const running: Promise<void> = Promise.resolve(job)
      .then(run)
      .then(() => {
        lane.running -= 1;
        this.#running.delete(running);
        this.#dispatch();
      });
    this.#running.add(running);
  }
}
