import {
  KEYS_KEPT,
  type NoteInfo,
  type NoteLimits,
  type NoteStore,
  type NoteWrite,
  type Written,
} from './note-store.js';

interface Kept extends NoteInfo {
  readonly text: string;
}

/** Notes in the memory of this process, for as long as it lives. */
export class EmbeddedNotes implements NoteStore {
  readonly #owners = new Map<string, Map<string, Kept>>();
  /** What was done under a key, the oldest first. */
  readonly #done = new Map<string, { readonly at: number; readonly answer: unknown }>();

  constructor(private readonly now: () => number = Date.now) {}

  async list(owner: string): Promise<readonly NoteInfo[]> {
    const notes = [...(this.#owners.get(owner)?.values() ?? [])];
    return notes.map(({ path, size, updatedAt }) => ({ path, size, updatedAt })).sort(byPath);
  }

  async read(owner: string, path: string): Promise<string | undefined> {
    return this.#owners.get(owner)?.get(path)?.text;
  }

  async write(owner: string, { key, path, text: given, append }: NoteWrite, limits: NoteLimits): Promise<Written> {
    return this.#once(owner, key, () => {
      const notes = this.#owners.get(owner) ?? new Map<string, Kept>();
      const before = notes.get(path);
      const text = append && before ? before.text + given : given;
      const size = Buffer.byteLength(text);
      const others = [...notes.values()].filter((note) => note !== before);
      const total = others.reduce((sum, note) => sum + note.size, size);
      const isGrowing = size > (before?.size ?? 0);
      if (isGrowing && size > limits.noteBytes) return { over: 'noteBytes' };
      if (!before && others.length >= limits.notes) return { over: 'notes' };
      if (isGrowing && total > limits.totalBytes) return { over: 'totalBytes' };
      const note = { path, size, updatedAt: this.now() };
      this.#owners.set(owner, notes.set(path, { ...note, text }));
      return { note };
    });
  }

  async remove(owner: string, path: string, key: string): Promise<boolean> {
    return this.#once(owner, key, () => {
      const notes = this.#owners.get(owner);
      const isThere = notes?.delete(path) ?? false;
      if (notes?.size === 0) this.#owners.delete(owner);
      return isThere;
    });
  }

  close(): void {
    this.#owners.clear();
    this.#done.clear();
  }

  #once<T>(owner: string, key: string, act: () => T): T {
    const now = this.now();
    for (const [oldest, { at }] of this.#done) {
      if (at > now - KEYS_KEPT) break;
      this.#done.delete(oldest);
    }
    const name = JSON.stringify([owner, key]);
    const done = this.#done.get(name);
    if (done) return done.answer as T;
    const answer = act();
    if (typeof answer !== 'object' || answer === null || !('over' in answer)) this.#done.set(name, { at: now, answer });
    return answer;
  }
}

/** As Redis' notes are sorted: by code unit, in every process alike. */
export const byPath = (one: NoteInfo, other: NoteInfo): number => (one.path < other.path ? -1 : 1);
