import type { Json } from '../../spec.js';
import type { PageRecord, PageState, PageStore } from './page-store.js';

interface Kept extends PageState {
  readonly until: number;
  browser?: string;
  done?: string;
}

/** Pages in the memory of this process. */
export class MemoryPageStore implements PageStore {
  readonly #kept = new Map<string, Kept>();

  open(id: string, record: PageRecord, life: number): void {
    const now = Date.now();
    for (const [old, { until }] of this.#kept) if (until <= now) this.#kept.delete(old);
    this.#kept.set(id, { record, until: now + life });
  }

  find(id: string): PageState | undefined {
    const kept = this.#kept.get(id);
    return kept && kept.until > Date.now() ? kept : undefined;
  }

  claim(id: string, browser: string): boolean {
    const kept = this.find(id) as Kept | undefined;
    if (!kept) return false;
    kept.browser ??= browser;
    return kept.browser === browser;
  }

  finish(id: string, value: Json): boolean {
    const kept = this.find(id) as Kept | undefined;
    if (!kept || kept.done !== undefined) return false;
    kept.done = JSON.stringify(value);
    return true;
  }

  remove(id: string): void {
    this.#kept.delete(id);
  }
}
