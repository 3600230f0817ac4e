import type { Json } from '../../spec.js';
import type { AgentUsage } from '../context.js';
import type { EffectNote } from '../trace/trace-note.js';

/** One completed effect of a call. */
export interface JournalEntry {
  /** Digest of what the effect was asked to do; another digest under the same key is `NON_DETERMINISM`. */
  readonly fingerprint: string;
  /** How it ended; a failure is recorded too, so that a replay takes the same path. No value: `undefined`. */
  readonly outcome: { readonly value?: Json } | { readonly failure: JournalFailure };
  /** What agents within it used, which a replay does not run again. */
  readonly usage?: AgentUsage;
}

/** What a journal has at hand of an entry whose value is large: how it was asked for, and its size. */
export interface AsideEntry {
  readonly fingerprint: string;
  /** Bytes of the entry as JSON. */
  readonly outcome: { readonly aside: number };
}

export interface JournalFailure {
  readonly message: string;
  /** Whether the message may be shown to the caller (it was a `ToolError`). */
  readonly visible: boolean;
  /** The error's `name` and `code`, for code that catches it. */
  readonly name?: string;
  readonly code?: string | number;
}

/**
 * The completed effects of a call by key (`scope/name#n`). A foreground call keeps it in its sealed
 * request state, a task in its store.
 */
export interface Journal {
  get(key: string): JournalEntry | AsideEntry | undefined;
  /** Loads an entry of which {@link get} told that it is kept aside. */
  load?(key: string): Promise<JournalEntry>;
  /**
   * Resolves once the entry is as durable as the journal is; rejects if this activation was fenced off. The note goes with it, where
   * there is a trace to tell it in.
   */
  append(key: string, entry: JournalEntry, note?: EffectNote): Promise<void>;
}
