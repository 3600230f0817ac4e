import { PerduraError } from '../../errors.js';
import { errorResult } from '../../runtime/call-failure.js';
import type { AgentUsage } from '../../runtime/context.js';
import type { ChildEnd, ChildRequest } from '../../runtime/journal/inbox.js';
import { usageIn } from '../../runtime/budget/usage.js';
import type { CallToolResult } from '../../spec.js';
import type { Lease } from './lease.js';
import { newTask } from '../new-task.js';
import { traceOf } from '../task-notes.js';
import { makeTask } from '../task-making.js';
import { jobOf } from '../task-queue.js';
import type { TaskRecord } from '../task-record.js';
import type { Workplace } from './workplace.js';

/** The most children that one task may make. */
const MOST = 1000;

export type ChildPlace = Pick<Workplace, 'store' | 'watch' | 'enqueue' | 'tell' | 'around'>;

/** The child tasks that one pass of a task's handler waits for. */
export class ChildTasks {
  /** Ids of those whose ends were not delivered. */
  readonly #waiting = new Set<string>();
  /** What is asked of the store: a pass does not park before it has answered. */
  readonly #asking = new Set<Promise<unknown>>();
  readonly #stops = new Set<() => void>();
  #isClosed = false;

  constructor(
    private readonly lease: Lease,
    private readonly place: ChildPlace,
  ) {}

  /** Makes the child, or finds it, and resolves with what it came to if that comes within the pass. */
  async run(key: string, request: ChildRequest): Promise<ChildEnd> {
    for (;;) {
      const child = await this.#during(this.#make(key, request));
      const ended = await this.#end(child);
      // A store that was rolled back may have forgotten it: the same key makes it anew.
      if (!ended) {
        this.#waiting.delete(child.taskId);
        continue;
      }
      const usage = await this.#during(this.#usageOf(ended));
      // A pass that parked meanwhile has not been told: it is told in the next.
      if (!this.#isClosed) this.#waiting.delete(child.taskId);
      return { result: resultOf(ended), ...(usage && { usage }) };
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const stop of this.#stops) stop();
  }

  /** Resolves when every child so far is made or found, and what it used is known of each that has ended. */
  async made(): Promise<void> {
    await Promise.allSettled(this.#asking);
  }

  async waits(): Promise<readonly string[]> {
    await this.made();
    return [...this.#waiting];
  }

  #during<T>(work: Promise<T>): Promise<T> {
    this.#asking.add(work);
    return work.finally(() => this.#asking.delete(work));
  }

  async #make(key: string, { entry, args, ttl, allowance }: ChildRequest): Promise<TaskRecord> {
    const { record, fence } = this.lease;
    const { taskId, principal, client, revision, traceparent } = record;
    const making = { task: entry.name, parent: taskId, ...(traceparent !== undefined && { traceparent }) };
    const child = await makeTask(this.place.around, making, async (trace) => {
      const of = { entry, args, principal, client, revision, ...trace };
      const own = await newTask({ ...of, ...(ttl !== undefined && { ttl }) });
      const task = { ...own, ...(allowance && { allowance }) };
      const spawning = this.place.store.spawn(fence, key, task, MOST);
      const spawned = await spawning.catch(() => undefined);
      if (spawned && !spawned.ok && spawned.reason === 'quota')
        throw PerduraError.of('TOO_MANY_CHILDREN', fence.taskId, MOST);
      const made = await this.lease.write(spawning);
      if (made.taskId === task.taskId) this.place.tell('created', made);
      return made;
    });
    // One that has ended too: a pass that parks before it was told must be told in the next.
    this.#waiting.add(child.taskId);
    if (child.run === 'queued') await this.place.enqueue(jobOf(child));
    return child;
  }

  /** Of one that the store ended, since its time was over or its workers died, its trace tells. */
  async #usageOf(child: TaskRecord): Promise<AgentUsage | undefined> {
    const { allowance, outcome, owner, root = '' } = child;
    if (!allowance) return undefined;
    if (outcome && outcome.kind !== 'cancelled' && outcome.usage) return outcome.usage;
    const notes = this.place.store.trace(owner, root).then((value) => ({ ok: true, value }) as const);
    return usageIn(traceOf(child, await this.lease.write(notes)));
  }

  /** Resolves with the record at its end, or with nothing where it is no longer there. */
  #end(child: TaskRecord): Promise<TaskRecord | undefined> {
    return new Promise((resolve) => {
      if (this.#isClosed) return;
      if (child.run === 'done') return resolve(child);
      const stop = this.place.watch.task(child.owner, child.taskId, (latest) => {
        if (latest && latest.run !== 'done') return;
        // On a turn of its own: a pass that has parked is closed within the turn in which it did.
        setImmediate(() => {
          if (this.#isClosed) return;
          this.#stops.delete(stop);
          resolve(latest);
        });
      });
      this.#stops.add(stop);
    });
  }
}

function resultOf({ outcome }: TaskRecord): CallToolResult {
  if (outcome?.kind === 'result') return outcome.result;
  return errorResult(outcome?.kind === 'error' ? outcome.error.message : 'The task was cancelled.');
}
