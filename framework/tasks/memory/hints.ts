import type { TaskRecord } from '../task-record.js';
import type { Hint } from '../task-store.js';

/** Tells of changes within one process. */
export class MemoryHints {
  readonly #listeners = new Set<(hint: Hint) => void>();

  subscribe(listener: (hint: Hint) => void): () => void {
    const own = (hint: Hint): void => listener(hint);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  // Listeners run after the transition, as they would with a bus between processes.
  tell({ taskId, version }: TaskRecord): void {
    for (const listener of this.#listeners)
      queueMicrotask(() => this.#listeners.has(listener) && listener({ taskId, version }));
  }

  close(): void {
    this.#listeners.clear();
  }
}
