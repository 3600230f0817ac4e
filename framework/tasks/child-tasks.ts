import { PerduraError, ToolError } from '../errors.js';
import type { ChildRequest } from '../runtime/inbox.js';
import type { CallToolResult } from '../spec.js';
import type { Lease } from './lease.js';
import { newTask } from './new-task.js';
import { jobOf } from './task-queue.js';
import type { TaskRecord } from './task-record.js';
import type { Workplace } from './workplace.js';

/** The most children that one task may make. */
const MOST = 1000;

export type ChildPlace = Pick<Workplace, 'store' | 'watch' | 'enqueue' | 'tell'>;

/** The child tasks that one pass of a task's handler waits for. */
export class ChildTasks {
  /** Ids of those whose ends were not delivered. */
  readonly #waiting = new Set<string>();
  readonly #making = new Set<Promise<unknown>>();
  readonly #stops = new Set<() => void>();
  #isClosed = false;

  constructor(
    private readonly lease: Lease,
    private readonly place: ChildPlace,
  ) {}

  /** Makes the child, or finds it, and resolves with its result if that comes within the pass. */
  async run(key: string, request: ChildRequest): Promise<CallToolResult> {
    for (;;) {
      const making = this.#make(key, request);
      this.#making.add(making);
      const child = await making.finally(() => this.#making.delete(making));
      const ended = await this.#end(child);
      // A store that was rolled back may have forgotten it: the same key makes it anew.
      if (ended) return resultOf(ended);
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const stop of this.#stops) stop();
  }

  /** Resolves when every child so far is made or found. */
  async made(): Promise<void> {
    await Promise.allSettled(this.#making);
  }

  async waits(): Promise<readonly string[]> {
    await this.made();
    return [...this.#waiting];
  }

  async #make(key: string, { entry, args, ttl }: ChildRequest): Promise<TaskRecord> {
    const { record, fence } = this.lease;
    const { principal, client, revision, traceparent } = record;
    const task = await newTask({
      ...{ entry, args, principal, client, revision },
      ...(ttl !== undefined && { ttl }),
      ...(traceparent !== undefined && { traceparent }),
    });
    const spawning = this.place.store.spawn(fence, key, task, MOST);
    const spawned = await spawning.catch(() => undefined);
    if (spawned && !spawned.ok && spawned.reason === 'quota')
      throw PerduraError.of('TOO_MANY_CHILDREN', fence.taskId, MOST);
    const child = await this.lease.write(spawning);
    if (child.taskId === task.taskId) this.place.tell('created', child);
    // One that has ended too: a pass that parks before it was told must be told in the next.
    this.#waiting.add(child.taskId);
    if (child.run === 'queued') await this.place.enqueue(jobOf(child));
    return child;
  }

  /** Resolves with the record at its end, or with nothing where it is no longer there. */
  #end(child: TaskRecord): Promise<TaskRecord | undefined> {
    return new Promise((resolve) => {
      if (this.#isClosed) return;
      if (child.run === 'done') {
        this.#waiting.delete(child.taskId);
        return resolve(child);
      }
      const stop = this.place.watch.task(child.owner, child.taskId, (latest) => {
        if (latest && latest.run !== 'done') return;
        // On a turn of its own: a pass that has parked is closed within the turn in which it did.
        setImmediate(() => {
          if (this.#isClosed) return;
          this.#stops.delete(stop);
          this.#waiting.delete(child.taskId);
          resolve(latest);
        });
      });
      this.#stops.add(stop);
    });
  }
}

function resultOf({ outcome }: TaskRecord): CallToolResult {
  if (outcome?.kind === 'result') return outcome.result;
  throw new ToolError(outcome?.kind === 'error' ? outcome.error.message : 'The task was cancelled.');
}
