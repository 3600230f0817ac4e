import type { AsideEntry, JournalEntry } from '../runtime/journal/journal.js';

/** An entry of more bytes of JSON than this is kept aside: beginning an activation does not load it, a replay that comes to it does. */
const ASIDE = 64 * 1024;

/** An entry as a store keeps it: in the journal, or aside with a note in its place. */
export interface StoredEntry {
  readonly inJournal: string;
  readonly aside?: string;
}

export function storedEntry(entry: JournalEntry): StoredEntry {
  const json = JSON.stringify(entry);
  const note = noteOf(entry, Buffer.byteLength(json));
  return note ? { inJournal: JSON.stringify(note), aside: json } : { inJournal: json };
}

/** What stands for an entry that is kept aside; failures are not, since a replay looks for them. */
export function noteOf({ fingerprint, outcome }: JournalEntry, bytes: number): AsideEntry | undefined {
  return bytes <= ASIDE || 'failure' in outcome ? undefined : { fingerprint, outcome: { aside: bytes } };
}
