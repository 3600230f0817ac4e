import { PerduraError } from '../../errors.js';
import type { AsideEntry, Journal, JournalEntry } from '../../runtime/journal/journal.js';
import { noteOf } from '../aside.js';
import type { EffectNote } from '../../runtime/trace/trace-note.js';
import type { Lease } from './lease.js';
import type { TellEvent } from '../task-events.js';
import type { TaskStore } from '../task-store.js';

/** How large a journal may grow, in bytes of its keys and of its entries as JSON. */
export interface JournalLimits {
  readonly entry: number;
  readonly whole: number;
}

/** The journal of one activation: what was recorded before it, and what it records through the store. */
export class TaskJournal implements Journal {
  readonly #entries: Map<string, JournalEntry | AsideEntry>;
  #last: Promise<unknown> = Promise.resolve();
  #bytes?: number;

  constructor(
    entries: ReadonlyMap<string, JournalEntry | AsideEntry>,
    private readonly lease: Lease,
    private readonly store: TaskStore,
    private readonly limits: JournalLimits,
    private readonly tell: TellEvent,
  ) {
    this.#entries = new Map(entries);
  }

  get(key: string): JournalEntry | AsideEntry | undefined {
    return this.#entries.get(key);
  }

  load(key: string): Promise<JournalEntry> {
    return this.lease.write(this.store.recall(this.lease.fence, key));
  }

  // One after the other: each entry names its place, so a failed one must not leave a hole before the next.
  append(key: string, entry: JournalEntry, note?: EffectNote): Promise<void> {
    const appended = this.#last.then(() => this.#append(key, entry, note));
    this.#last = appended.catch(() => undefined);
    return appended;
  }

  async #append(key: string, entry: JournalEntry, note?: EffectNote): Promise<void> {
    this.lease.signal.throwIfAborted();
    const bytes = sizeOf(key, entry);
    if (bytes > this.limits.entry) throw PerduraError.of('JOURNAL_ENTRY_TOO_LARGE', key, bytes, this.limits.entry);
    // Counted on first use: most activations of a task that waits record little.
    this.#bytes ??= [...this.#entries].reduce((sum, [before, recorded]) => sum + sizeOf(before, recorded), 0);
    const whole = this.#bytes + bytes;
    if (whole > this.limits.whole) throw PerduraError.of('JOURNAL_FULL', key, whole, this.limits.whole);
    await this.lease.write(this.store.append(this.lease.fence, this.#entries.size, key, entry, note));
    // A later pass of this activation loads what is large like any other activation.
    this.#entries.set(key, noteOf(entry, bytes - Buffer.byteLength(key)) ?? entry);
    this.#bytes = whole;
    this.tell('appended', this.lease.record, { step: key, count: this.#entries.size });
  }
}

const sizeOf = (key: string, entry: JournalEntry | AsideEntry): number =>
  Buffer.byteLength(key) + ('aside' in entry.outcome ? entry.outcome.aside : Buffer.byteLength(JSON.stringify(entry)));
