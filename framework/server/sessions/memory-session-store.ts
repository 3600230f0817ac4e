import type { LoggingLevel } from '../../spec.js';
import { CANDIDATES, type Excess, type SessionBounds, type SessionRecord, type SessionStore } from './session-store.js';

interface Kept {
  record: SessionRecord;
  usedAt: number;
  readonly subscriptions: Set<string>;
}

/** Sessions in this process' memory. */
export class MemorySessionStore implements SessionStore {
  // In the order of use, so that those idle longest come first.
  readonly #kept = new Map<string, Kept>();
  readonly #now: () => number;

  /** `now` replaces the clock (milliseconds since 1970). */
  constructor({ now = Date.now }: { readonly now?: () => number } = {}) {
    this.#now = now;
  }

  add(record: SessionRecord, { idleTtl, perOwner, max }: SessionBounds): readonly Excess[] {
    const now = this.#now();
    for (const [id, { usedAt }] of this.#kept) {
      if (usedAt + idleTtl > now) break;
      this.#kept.delete(id);
    }
    this.#kept.set(record.id, { record, usedAt: now, subscriptions: new Set() });
    const all = this.#excess(max, () => true);
    return perOwner === undefined ? [all] : [this.#excess(perOwner, ({ owner }) => owner === record.owner), all];
  }

  find(id: string, owner: string, idleTtl: number): SessionRecord | undefined {
    const kept = this.#kept.get(id);
    if (kept?.record.owner !== owner) return undefined;
    this.#kept.delete(id);
    const now = this.#now();
    if (kept.usedAt + idleTtl <= now) return undefined;
    kept.usedAt = now;
    this.#kept.set(id, kept);
    return kept.record;
  }

  setLogLevel(id: string, logLevel: LoggingLevel): void {
    const kept = this.#kept.get(id);
    if (kept) kept.record = { ...kept.record, state: { ...kept.record.state, logLevel } };
  }

  subscribe(id: string, uri: string, isSubscribed: boolean): void {
    const subscriptions = this.#kept.get(id)?.subscriptions;
    if (isSubscribed) subscriptions?.add(uri);
    else subscriptions?.delete(uri);
  }

  subscriptions(id: string): readonly string[] {
    return [...(this.#kept.get(id)?.subscriptions ?? [])];
  }

  end(id: string): void {
    this.#kept.delete(id);
  }

  #excess(limit: number, counts: (record: SessionRecord) => boolean): Excess {
    // Nothing can be too much where all of them together are not.
    if (this.#kept.size <= limit) return { count: 0, oldest: [] };
    const counted = [...this.#kept.values()].filter(({ record }) => counts(record));
    const count = Math.max(0, counted.length - limit);
    return { count, oldest: count > 0 ? counted.slice(0, count + CANDIDATES).map(({ record }) => record.id) : [] };
  }
}
