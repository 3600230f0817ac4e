import type { Channel } from '../runtime/call.js';
import type { Lease } from './lease.js';
import type { TaskStore } from './task-store.js';

/** The least time between two writes of progress, in milliseconds: what comes between is replaced by what comes later. */
const PACE = 500;
/** The most characters of a status message. */
const LONGEST = 1000;

/** Shows the progress of one pass of a task's handler as its `statusMessage`. */
export class TaskChannel implements Channel {
  #latest?: string;
  #timer?: NodeJS.Timeout;
  #shown = -Infinity;
  #isClosed = false;

  constructor(
    private readonly lease: Lease,
    private readonly store: TaskStore,
  ) {}

  progress(progress: number, total?: number, message?: string): void {
    if (this.#isClosed || this.lease.signal.aborted) return;
    this.#latest = (message ?? (total === undefined ? String(progress) : `${progress} of ${total}`)).slice(0, LONGEST);
    const delay = Math.max(0, this.#shown + PACE - performance.now());
    this.#timer ??= setTimeout(() => void this.flush(), delay).unref();
  }

  // Neither revision has a way to send log messages for a task (ext-tasks, "Task Status Notifications").
  log(): void {}

  /** Writes what is still held back. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const message = this.#latest;
    this.#latest = undefined;
    if (message === undefined || this.lease.signal.aborted) return;
    this.#shown = performance.now();
    // A refusal has ended the lease by now, and that is where it is dealt with.
    await this.lease.write(this.store.heartbeat(this.lease.fence, message)).catch(() => undefined);
  }

  /** Shows nothing more, not even what is held back. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }
}
