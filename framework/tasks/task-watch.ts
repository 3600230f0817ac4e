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

/** Hears of a task before its record is known. */
export interface Ear {
  /** Calls back with the record after each change from the given one on, until it has ended. */
  follow(record: TaskRecord, listener: Watcher['listener']): () => void;
  close(): void;
}

/** Turns the store's hints into records: one subscription for all who watch in this process. */
export class TaskWatch {
  readonly #watchers = new Map<string, Set<Watcher>>();
  /** The newest version that those who only listen have heard of, by task. */
  readonly #heard = new Map<string, Set<{ version: number }>>();
  readonly #unsubscribe: () => void;
  #poll?: NodeJS.Timeout;

  constructor(
    private readonly store: TaskStore,
    /** Adds to a record what others of its family have to show. */
    private readonly whole: (record: TaskRecord) => Promise<TaskRecord>,
    private readonly report: (error: unknown) => void,
  ) {
    this.#unsubscribe = store.subscribe(
      (hint) => this.#take(hint),
      () => this.#missed(),
    );
  }

  /** Calls back with the record now and after each change, until it has ended. */
  task(owner: string, taskId: string, listener: (record: TaskRecord | undefined) => void): () => void {
    const watcher = this.#add({ owner, taskId, listener, version: 0, state: 'quiet' });
    this.#read(watcher);
    return () => this.#stop(watcher);
  }

  /** Remembers what it hears of the task until it is told which record to go on from. */
  listen(taskId: string): Ear {
    const heard = { version: 0 };
    const ears = this.#heard.get(taskId) ?? new Set();
    this.#heard.set(taskId, ears.add(heard));
    const close = (): void => {
      ears.delete(heard);
      if (ears.size === 0 && this.#heard.get(taskId) === ears) this.#heard.delete(taskId);
    };
    return {
      follow: ({ owner, version }, listener) => {
        close();
        const watcher = this.#add({ owner, taskId, listener, version, state: 'quiet' });
        if (heard.version > version) this.#read(watcher);
        return () => this.#stop(watcher);
      },
      close,
    };
  }

  close(): void {
    this.#unsubscribe();
    this.#all((watcher) => this.#stop(watcher));
  }

  #add(watcher: Watcher): Watcher {
    const watchers = this.#watchers.get(watcher.taskId) ?? new Set();
    this.#watchers.set(watcher.taskId, watchers.add(watcher));
    this.#poll ??= setInterval(() => this.#all((each) => this.#read(each)), POLL).unref();
    return watcher;
  }

  #missed(): void {
    for (const ears of this.#heard.values()) for (const heard of ears) heard.version = Infinity;
    this.#all((watcher) => this.#read(watcher));
  }

  #take({ taskId, version }: Hint): void {
    for (const heard of this.#heard.get(taskId) ?? []) heard.version = Math.max(heard.version, version);
    for (const watcher of this.#watchers.get(taskId) ?? []) {
      if (version > watcher.version) this.#read(watcher);
    }
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
      const isOver = !record || record.run === 'done';
      if (isOver) this.#stop(watcher);
      // A lower version is news too: the store was rolled back, and goes on from there.
      if (!isOver && record.version === watcher.version) return;
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
