import type { TaskRecord } from './task-record.js';
import type { Hint, TaskStore } from './task-store.js';

/** How often watched tasks are read without a hint: hints may be lost. */
const POLL = 5_000;

interface Watcher {
  readonly owner: string;
  readonly taskId: string;
  /** Told of each newer record, and of undefined when the task is no longer there. */
  readonly listener: (record: TaskRecord | undefined) => void;
  version: number;
  state: 'quiet' | 'reading' | 'stale' | 'stopped';
}

/** Turns the store's hints into records: one subscription for all who watch in this process. */
export class TaskWatch {
  readonly #watchers = new Map<string, Set<Watcher>>();
  readonly #owners = new Map<string, Set<(record: TaskRecord) => void>>();
  readonly #unsubscribe: () => void;
  #poll?: NodeJS.Timeout;

  constructor(
    private readonly store: TaskStore,
    /** Adds to a record what others of its family have to show. */
    private readonly whole: (record: TaskRecord) => Promise<TaskRecord>,
    private readonly report: (error: unknown) => void,
  ) {
    this.#unsubscribe = store.subscribe((hint) => this.#take(hint));
  }

  /** Calls back with the record now and after each change, until it has ended. */
  task(owner: string, taskId: string, listener: (record: TaskRecord | undefined) => void): () => void {
    const watcher: Watcher = { owner, taskId, listener, version: 0, state: 'quiet' };
    const watchers = this.#watchers.get(taskId) ?? new Set();
    this.#watchers.set(taskId, watchers.add(watcher));
    this.#poll ??= setInterval(() => this.#all((each) => this.#read(each)), POLL).unref();
    this.#read(watcher);
    return () => this.#stop(watcher);
  }

  /** Calls back after each change of one of the owner's tasks. */
  owner(owner: string, listener: (record: TaskRecord) => void): () => void {
    const own = (record: TaskRecord): void => listener(record);
    const listeners = this.#owners.get(owner) ?? new Set();
    this.#owners.set(owner, listeners.add(own));
    return () => {
      listeners.delete(own);
      if (listeners.size === 0 && this.#owners.get(owner) === listeners) this.#owners.delete(owner);
    };
  }

  close(): void {
    this.#unsubscribe();
    this.#all((watcher) => this.#stop(watcher));
    this.#owners.clear();
  }

  #take({ owner, taskId, version }: Hint): void {
    for (const watcher of this.#watchers.get(taskId) ?? []) {
      if (version > watcher.version) this.#read(watcher);
    }
    if (this.#owners.has(owner)) this.#tellOwner(owner, taskId).catch(this.report);
  }

  async #tellOwner(owner: string, taskId: string): Promise<void> {
    const record = await this.#get(owner, taskId);
    if (record) for (const listener of this.#owners.get(owner) ?? []) listener(record);
  }

  async #get(owner: string, taskId: string): Promise<TaskRecord | undefined> {
    const record = await this.store.get(owner, taskId);
    return record && this.whole(record);
  }

  #read(watcher: Watcher): void {
    if (watcher.state === 'quiet') this.#catchUp(watcher).catch(this.report);
    else if (watcher.state === 'reading') watcher.state = 'stale';
  }

  // A hint that comes while the record is read makes it be read once more.
  async #catchUp(watcher: Watcher): Promise<void> {
    watcher.state = 'reading';
    try {
      const record = await this.#get(watcher.owner, watcher.taskId);
      if (!isWatching(watcher)) return;
      if (!record || record.run === 'done') this.#stop(watcher);
      if (record && record.version <= watcher.version) return;
      watcher.version = record?.version ?? Infinity;
      watcher.listener(record);
    } finally {
      const isStale = stateOf(watcher) === 'stale';
      if (isWatching(watcher)) watcher.state = 'quiet';
      if (isStale) this.#read(watcher);
    }
  }

  #stop(watcher: Watcher): void {
    watcher.state = 'stopped';
    const watchers = this.#watchers.get(watcher.taskId);
    watchers?.delete(watcher);
    if (watchers?.size === 0) this.#watchers.delete(watcher.taskId);
    if (this.#watchers.size > 0) return;
    clearInterval(this.#poll);
    this.#poll = undefined;
  }

  #all(act: (watcher: Watcher) => void): void {
    for (const watchers of [...this.#watchers.values()]) for (const watcher of [...watchers]) act(watcher);
  }
}

const stateOf = ({ state }: Watcher): Watcher['state'] => state;
const isWatching = (watcher: Watcher): boolean => stateOf(watcher) !== 'stopped';
