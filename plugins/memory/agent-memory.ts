import { type CallContext, type LiveCatalog, ToolError } from 'perdura';
import { checkNotePath, INDEX_URI, uriOf } from './note-path.js';
import type { NoteInfo, NoteLimits, NoteStore } from './note-store.js';

/** For whom notes are kept, and what records what is done to them. */
type Caller = Pick<CallContext, 'principal' | 'step'>;

/** How a note is written. */
export interface WriteOptions {
  /** Puts the text behind what there is, in place of replacing it. Default false. */
  readonly append?: boolean;
}

/**
 * The notes of whoever calls, in any handler: a constructor that takes an `AgentMemory` is given the app's. What is done by it is a
 * recorded step: a replay finds what was read, and writes nothing twice.
 */
export class AgentMemory {
  readonly #notes: NoteStore;
  readonly #catalog: LiveCatalog;
  readonly #limits: NoteLimits;

  /** Made by the plugin `memory`. */
  constructor(notes: NoteStore, catalog: LiveCatalog, limits: NoteLimits) {
    this.#notes = notes;
    this.#catalog = catalog;
    this.#limits = limits;
  }

  /** All notes, in the order of their paths. */
  list(ctx: Caller): Promise<readonly NoteInfo[]> {
    return ctx.step('memory.list', () => this.#notes.list(ctx.principal.owner));
  }

  /** The text of a note; undefined where there is none. @throws ToolError for a path that no note can have */
  async read(ctx: Caller, path: string): Promise<string | undefined> {
    checkNotePath(path);
    const { owner } = ctx.principal;
    const text = await ctx.step('memory.read', async () => (await this.#notes.read(owner, path)) ?? null);
    return text ?? undefined;
  }

  /**
   * Writes a note, and tells the clients of its owner that follow it.
   * @throws ToolError for a path that no note can have, and past a limit; PerduraError `STORE_UNAVAILABLE` while Redis is away
   */
  async write(ctx: Caller, path: string, text: string, { append = false }: WriteOptions = {}): Promise<NoteInfo> {
    checkNotePath(path);
    const { owner } = ctx.principal;
    const limits = this.#limits;
    const written = await ctx.step('memory.write', async (key) => {
      const done = await this.#notes.write(owner, { key, path, text, append }, limits);
      if ('note' in done) this.#changed(owner, path);
      return done;
    });
    if ('note' in written) return written.note;
    throw new ToolError(OVER[written.over](limits[written.over]));
  }

  /** Whether there was such a note. @throws ToolError for a path that no note can have */
  async delete(ctx: Caller, path: string): Promise<boolean> {
    checkNotePath(path);
    const { owner } = ctx.principal;
    return ctx.step('memory.delete', async (key) => {
      const isRemoved = await this.#notes.remove(owner, path, key);
      if (isRemoved) this.#changed(owner, path);
      return isRemoved;
    });
  }

  /** The index says when a note was written last, so that it changes with each. */
  #changed(owner: string, path: string): void {
    this.#catalog.resourceUpdated(uriOf(path), owner);
    this.#catalog.resourceUpdated(INDEX_URI, owner);
  }
}

const OVER: Readonly<Record<keyof NoteLimits, (limit: number) => string>> = {
  noteBytes: (limit) => `A note holds at most ${limit} bytes: write less, or split it.`,
  notes: (limit) => `There are ${limit} notes, and no room for more: delete one, or append to one.`,
  totalBytes: (limit) => `All notes together hold at most ${limit} bytes: delete some, or write less.`,
};
