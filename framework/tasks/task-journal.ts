import type { Journal, JournalEntry } from '../runtime/journal.js';
import type { Lease } from './lease.js';
import type { TaskStore } from './task-store.js';

/** The journal of one activation: what was recorded before it, and what it records through the store. */
export class TaskJournal implements Journal {
  readonly #entries: Map<string, JournalEntry>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    entries: ReadonlyMap<string, JournalEntry>,
    private readonly lease: Lease,
    private readonly store: TaskStore,
  ) {
    this.#entries = new Map(entries);
  }

  get(key: string): JournalEntry | undefined {
    return this.#entries.get(key);
  }

  // One after the other: each entry names its place, so a failed one must not leave a hole before the next.
  append(key: string, entry: JournalEntry): Promise<void> {
    const appended = this.#last.then(() => this.#append(key, entry));
    this.#last = appended.catch(() => undefined);
    return appended;
  }

  async #append(key: string, entry: JournalEntry): Promise<void> {
    this.lease.signal.throwIfAborted();
    await this.lease.write(this.store.append(this.lease.fence, this.#entries.size, key, entry));
    this.#entries.set(key, entry);
  }
}
