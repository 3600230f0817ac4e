const MOST = 10_000;

/** What was noted last by its key; the oldest is forgotten where there is too much, so that nothing lost adds up. */
export class Recent<T> {
  readonly #entries = new Map<string, T>();

  get(key: string): T | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: T): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= MOST) return;
    for (const [oldest] of this.#entries) return void this.#entries.delete(oldest);
  }

  /** What was noted, which is forgotten with that. */
  take(key: string): T | undefined {
    const value = this.#entries.get(key);
    this.#entries.delete(key);
    return value;
  }
}
