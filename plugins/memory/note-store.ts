/** A note as lists show it. */
export interface NoteInfo {
  /** Names in folders, such as `plans/garden.md`. */
  readonly path: string;
  /** Bytes of its text. */
  readonly size: number;
  /** When it was written last, in milliseconds since 1970. */
  readonly updatedAt: number;
}

/** How much one owner may keep. */
export interface NoteLimits {
  /** Bytes of one note. */
  readonly noteBytes: number;
  readonly notes: number;
  /** Bytes of all notes of an owner together. */
  readonly totalBytes: number;
}

/** One write. `key` names it: however often it is repeated with the same key, it is done once. */
export interface NoteWrite {
  readonly key: string;
  readonly path: string;
  readonly text: string;
  /** Puts the text behind what there is, in place of replacing it. */
  readonly append: boolean;
}

/** What became of a write: the note, or which limit kept it from being made. */
export type Written = { readonly note: NoteInfo } | { readonly over: keyof NoteLimits };

/** For how long a write or removal is known by its key, in milliseconds: longer than a worker is dead before another takes over. */
export const KEYS_KEPT = 24 * 3_600_000;

/** Where notes are kept, each owner's apart. Paths have been checked. Every method is one atomic step. */
export interface NoteStore {
  /** In the order of their paths. */
  list(owner: string): Promise<readonly NoteInfo[]>;
  read(owner: string, path: string): Promise<string | undefined>;
  /** A note that is over a limit already may still be made smaller. What a limit kept from being made is not known by its key. */
  write(owner: string, write: NoteWrite, limits: NoteLimits): Promise<Written>;
  /** Whether there was such a note. */
  remove(owner: string, path: string, key: string): Promise<boolean>;
  close(): void;
}
