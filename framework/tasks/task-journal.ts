import { PerduraError } from '../errors.js';
import type { Journal, JournalEntry } from '../runtime/journal.js';
import type { Lease } from './lease.js';
import type { TellEvent } from './task-events.js';
import type { TaskStore } from './task-store.js';

/** How large a journal may grow, in bytes of its keys and of its entries as JSON. */
export interface JournalLimits {
  readonly entry: number;
  readonly whole: number;
}

/** The journal of one activation: what was recorded before it, and what it records through the store. */
export class TaskJournal implements Journal {
  readonly #entries: Map<string, JournalEntry>;
  #last: Promise<unknown> = Promise.resolve();
  #bytes?: number;

  constructor(
    entries: ReadonlyMap<string, JournalEntry>,
    private readonly lease: Lease,
    private readonly store: TaskStore,
    private readonly limits: JournalLimits,
    private readonly tell: TellEvent,
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
    const bytes = sizeOf(key, entry);
    if (bytes > this.limits.entry) throw PerduraError.of('JOURNAL_ENTRY_TOO_LARGE', key, bytes, this.limits.entry);
    // Counted on first use: most activations of a task that waits record little.
    this.#bytes ??= [...this.#entries].reduce((sum, [before, recorded]) => sum + sizeOf(before, recorded), 0);
    const whole = this.#bytes + bytes;
    if (whole > this.limits.whole) throw PerduraError.of('JOURNAL_FULL', key, whole, this.limits.whole);
    await this.lease.write(this.store.append(this.lease.fence, this.#entries.size, key, entry));
    this.#entries.set(key, entry);
    this.#bytes = whole;
    this.tell('appended', this.lease.record, { step: key, count: this.#entries.size });
  }
}

const sizeOf = (key: string, entry: JournalEntry): number =>
  Buffer.byteLength(key) + Buffer.byteLength(JSON.stringify(entry));
