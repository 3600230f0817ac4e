import type { Journal, JournalEntry } from '../../runtime/journal/journal.js';

/** The journal of a foreground call: lives as long as the request, or is sealed into its request state. */
export class MemoryJournal implements Journal {
  private readonly recorded: Map<string, JournalEntry>;

  constructor(entries: Iterable<readonly [string, JournalEntry]> = []) {
    this.recorded = new Map(entries);
  }

  get(key: string): JournalEntry | undefined {
    return this.recorded.get(key);
  }

  append(key: string, entry: JournalEntry): Promise<void> {
    this.recorded.set(key, entry);
    return Promise.resolve();
  }

  entries(): (readonly [string, JournalEntry])[] {
    return [...this.recorded];
  }
}
