import type { Job, TaskQueue, WorkLimits } from '../task-queue.js';
import { Turns } from '../turns.js';

/** The jobs of one task name. */
class Lane {
  readonly resumed = new Map<string, Job>();
  readonly fresh = new Map<string, Job>();
  running = 0;

  constructor(readonly tool: string) {}

  get isEmpty(): boolean {
    return this.resumed.size === 0 && this.fresh.size === 0;
  }

  add(job: Job): void {
    const jobs = job.activation > 1 ? this.resumed : this.fresh;
    const key = keyOf(job);
    if (!jobs.has(key)) jobs.set(key, job);
  }

  take(): Job | undefined {
    for (const jobs of [this.resumed, this.fresh]) {
      for (const [key, job] of jobs) {
        jobs.delete(key);
        return job;
      }
    }
    return undefined;
  }
}

const keyOf = ({ taskId, activation }: Job): string => `${taskId}.${activation}`;

/** Dispatches within this process: no job survives it, which is what the store's watchdog is for. */
export class MemoryTaskQueue implements TaskQueue {
  readonly #lanes = new Map<string, Lane>();
  readonly #delayed = new Map<string, NodeJS.Timeout>();
  readonly #running = new Set<Promise<void>>();
  #turns = new Turns();
  #worker?: { readonly run: (job: Job) => Promise<void>; readonly limits: WorkLimits };
  #closed = false;

  async enqueue(job: Job, delay = 0): Promise<void> {
    const key = keyOf(job);
    if (this.#closed || this.#delayed.has(key)) return;
    if (delay <= 0) return this.#offer(job);
    const timer = setTimeout(() => {
      this.#delayed.delete(key);
      this.#offer(job);
    }, delay);
    timer.unref();
    this.#delayed.set(key, timer);
  }

  enqueueAgain(job: Job): Promise<void> {
    return this.enqueue(job);
  }

  work(run: (job: Job) => Promise<void>, limits: WorkLimits): void {
    this.#worker = { run, limits };
    this.#turns = new Turns(limits.priorities);
    this.#dispatch();
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#delayed.values()) clearTimeout(timer);
    this.#delayed.clear();
    this.#lanes.clear();
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #offer(job: Job): void {
    const lane = this.#lanes.get(job.tool) ?? new Lane(job.tool);
    this.#lanes.set(job.tool, lane);
    if (lane.isEmpty) this.#turns.enter(job.tool);
    lane.add(job);
    this.#dispatch();
  }

  #dispatch(): void {
    const worker = this.#worker;
    if (!worker) return;
    const { concurrency, perTool } = worker.limits;
    while (!this.#closed && this.#running.size < concurrency) {
      const hasSlot = (lane: Lane): boolean => !lane.isEmpty && lane.running < (perTool.get(lane.tool) ?? 0);
      const lane = this.#turns.first([...this.#lanes.values()].filter(hasSlot));
      const job = lane?.take();
      if (!lane || !job) return;
      this.#turns.take(lane.tool);
      this.#start(lane, job, worker.run);
    }
  }

  #start(lane: Lane, job: Job, run: (job: Job) => Promise<void>): void {
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
