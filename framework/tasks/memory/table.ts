import { DueIndex } from './due-index.js';
import { type Kept, removedTask } from './kept-task.js';
import { MemoryHints } from './hints.js';
import { MemoryTraces } from './traces.js';
import { OwnerTasks } from './owner-tasks.js';
import type { TaskRecord } from '../task-record.js';
import type { RemovedTask } from '../task-store.js';
import * as transitions from '../transitions.js';

/**
 * The tasks of a memory store, with what a change of one of them is to the rest: to its family, to the indexes, to its trace, and to
 * whoever watches.
 */
export class MemoryTable {
  readonly due = new DueIndex();
  readonly hints = new MemoryHints();
  readonly traces = new MemoryTraces();
  readonly #tasks = new Map<string, Kept>();
  readonly #owners = new Map<string, OwnerTasks>();
  #live = 0;
  #bytes = 0;

  constructor(private readonly now: () => number) {}

  /** How many tasks have not ended. */
  get live(): number {
    return this.#live;
  }

  /** How much their arguments are. */
  get bytes(): number {
    return this.#bytes;
  }

  get(taskId: string): Kept | undefined {
    return this.#tasks.get(taskId);
  }

  all(): Iterable<Kept> {
    return this.#tasks.values();
  }

  /** The tasks that clients of an owner have made. */
  of(owner: string): OwnerTasks {
    return this.#owners.get(owner) ?? new OwnerTasks();
  }

  add(kept: Kept): void {
    const { record, idempotency } = kept;
    if (!record.parent) {
      const owned = this.of(record.owner);
      this.#owners.set(record.owner, owned);
      owned.add(record.taskId, record.createdAt);
      if (idempotency) owned.idempotent.set(idempotency, record.taskId);
    }
    this.#count(kept, 1);
    this.#tasks.set(record.taskId, kept);
    this.due.set(record.taskId, record.due);
    this.hints.tell(record);
  }

  /** What the end of the task takes with it is added to `removed`. */
  put(kept: Kept, record: TaskRecord, removed?: RemovedTask[]): void {
    const before = kept.record;
    kept.record = record;
    this.traces.changed(before, record, this.now());
    this.due.set(record.taskId, record.due);
    if (record.run === 'done' && before.run !== 'done') {
      kept.journal.clear();
      kept.aside.clear();
      this.#count(kept, -1);
      if (record.parent) this.#change(record.parent.taskId, transitions.woken);
      else this.#owners.get(record.owner)?.end();
      for (const child of this.#childrenOf(kept)) this.remove(child, removed);
      kept.children.clear();
    }
    if (record.version !== before.version) this.hints.tell(record);
    this.#tellRoot(before, record);
  }

  /** Those below it go too. */
  remove(kept: Kept, removed: RemovedTask[] = []): void {
    const { record, idempotency } = kept;
    for (const child of this.#childrenOf(kept)) this.remove(child, removed);
    this.#tasks.delete(record.taskId);
    this.due.delete(record.taskId);
    if (record.parent) return this.#abandon(kept, removed);
    this.traces.remove(record.taskId);
    const owned = this.#owners.get(record.owner);
    owned?.remove(record.taskId);
    if (idempotency) owned?.idempotent.delete(idempotency);
    if (owned?.size === 0) this.#owners.delete(record.owner);
  }

  removeOldestEnded(owner: string): void {
    for (const id of this.of(owner).ids()) {
      const kept = this.#tasks.get(id);
      if (kept?.record.run === 'done') return this.remove(kept);
    }
  }

  #change(taskId: string, change: (record: TaskRecord, now: number) => TaskRecord): void {
    const kept = this.#tasks.get(taskId);
    if (kept) this.put(kept, change(kept.record, this.now()));
  }

  #count({ bytes }: Kept, tasks: 1 | -1): void {
    this.#live += tasks;
    this.#bytes += tasks * bytes;
  }

  #childrenOf({ children }: Kept): readonly Kept[] {
    return [...children.values()].flatMap((id) => this.#tasks.get(id) ?? []);
  }

  /** Tells whoever runs a child that it is gone. */
  #abandon(kept: Kept, removed: RemovedTask[]): void {
    const { record } = kept;
    if (record.run === 'done') return;
    this.traces.changed(record, { ...record, run: 'done', status: 'cancelled' }, this.now());
    this.#count(kept, -1);
    this.hints.tell({ ...record, version: record.version + 1 });
    this.#tellRoot(record, { ...record, run: 'done', open: {} });
    removed.push(removedTask(record));
  }

  #tellRoot(before: TaskRecord, after: TaskRecord): void {
    if (!after.root) return;
    const asking = this.#tasks.get(after.root)?.asking;
    if (Object.keys(after.open).length > 0) asking?.add(after.taskId);
    else asking?.delete(after.taskId);
    this.#change(after.root, (root, now) => transitions.followed(root, before, after, now));
  }
}
