import type { TellEvent } from './task-events.js';
import type { Job } from './task-queue.js';
import type { EndedTask, TaskStore } from './task-store.js';

const BATCH = 100;

/**
 * Repairs what nobody else will: enqueues that were lost, activations that died, timers and deadlines of
 * parked tasks, tasks past their ttl. Any number of processes may have one: each repair is atomic in the store.
 */
export class Watchdog {
  #timer?: NodeJS.Timeout;
  #round?: Promise<void>;
  #stopped = false;

  constructor(
    private readonly place: {
      readonly store: TaskStore;
      readonly enqueue: (job: Job) => Promise<void>;
      readonly maxCrashes: number;
      readonly tell: TellEvent;
      /** Told of what was past its ttl or crashed too often. */
      readonly ended: (record: EndedTask) => void;
      readonly report: (error: unknown) => void;
    },
  ) {}

  /** Looks every `interval` ms. */
  start(interval: number): void {
    this.#timer ??= setInterval(() => void this.look(), interval).unref();
  }

  /** One round; joins the one that is under way, if any. */
  look(): Promise<void> {
    this.#round ??= this.#repair()
      .catch(this.place.report)
      .finally(() => (this.#round = undefined));
    return this.#round;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#round;
  }

  async #repair(): Promise<void> {
    const { store } = this.place;
    for (let due = await store.due(BATCH); due.length > 0 && !this.#stopped; due = await store.due(BATCH)) {
      await Promise.all(due.map((taskId) => this.#rescue(taskId)));
      if (due.length < BATCH) return;
    }
  }

  async #rescue(taskId: string): Promise<void> {
    const { store, enqueue, maxCrashes, tell, ended } = this.place;
    const found = await store.rescue(taskId, maxCrashes);
    if (found.kind === 'ended') ended(found.record);
    if (found.kind !== 'enqueue') return;
    tell('rescued', { taskId, tool: found.tool });
    await enqueue({ taskId, activation: found.activation, tool: found.tool });
  }
}
