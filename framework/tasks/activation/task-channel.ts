import type { Channel } from '../../runtime/call.js';
import { countOf } from '../family-progress.js';
import type { Lease } from './lease.js';
import type { TaskProgress } from '../task-record.js';
import type { TaskStore } from '../task-store.js';

/** The least time between two writes of progress, in milliseconds: what comes between is replaced by what comes later. */
const PACE = 500;
/** The most characters of a status message. */
const LONGEST = 1000;

/** Shows the progress of one pass of a task's handler: its numbers, and its message as `statusMessage`. */
export class TaskChannel implements Channel {
  #latest?: { readonly message: string | undefined; readonly progress: TaskProgress };
  #timer?: NodeJS.Timeout;
  #shown: number;
  #isClosed = false;

  constructor(
    private readonly lease: Lease,
    private readonly store: TaskStore,
    before: TaskProgress | undefined,
  ) {
    // A handler that goes on comes past what it reported before: within the first pace it catches up unseen.
    this.#shown = before ? performance.now() : -Infinity;
  }

  progress(progress: number, total?: number, message?: string): void {
    // What is no number cannot be told, nor added up.
    if (this.#isClosed || this.lease.signal.aborted || !Number.isFinite(progress)) return;
    const numbers = { progress, ...(total !== undefined && Number.isFinite(total) && { total }) };
    // A child's numbers are shown in a sum: told on their own they would be taken for it.
    const text = message ?? (this.lease.record.parent ? undefined : countOf(numbers));
    this.#latest = { message: text?.slice(0, LONGEST), progress: numbers };
    const delay = Math.max(0, this.#shown + PACE - performance.now());
    this.#timer ??= setTimeout(() => void this.flush(), delay).unref();
  }

  // Neither revision has a way to send log messages for a task (ext-tasks, "Task Status Notifications").
  log(): void {}

  /** Writes what is still held back. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const latest = this.#latest;
    this.#latest = undefined;
    if (latest === undefined || this.lease.signal.aborted) return;
    this.#shown = performance.now();
    const { fence } = this.lease;
    // A refusal has ended the lease by now, and that is where it is dealt with.
    await this.lease.write(this.store.heartbeat(fence, latest.message, latest.progress)).catch(() => undefined);
  }

  /** Shows nothing more, not even what is held back. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }
}
