/** The tasks of one owner in the order of their creation. */
export class OwnerTasks {
  /** Task ids by idempotency key. */
  readonly idempotent = new Map<string, string>();
  readonly #entries: { readonly id: string; readonly position: number }[] = [];
  #live = 0;

  get live(): number {
    return this.#live;
  }

  get size(): number {
    return this.#entries.length;
  }

  add(id: string, now: number): void {
    // The time, made unique: positions only grow, whatever was removed, and say nothing about other owners.
    const position = Math.max(now, (this.#entries.at(-1)?.position ?? 0) + 1);
    this.#entries.push({ id, position });
    this.#live += 1;
  }

  /** One task has ended; it stays listed until it is removed. */
  end(): void {
    this.#live -= 1;
  }

  remove(id: string): void {
    const place = this.#entries.findIndex((entry) => entry.id === id);
    if (place >= 0) this.#entries.splice(place, 1);
  }

  /** Oldest first. */
  *ids(): Generator<string> {
    for (const { id } of this.#entries) yield id;
  }

  /** Newest first, from the first one created before position `after`. */
  page(limit: number, after: number): { readonly ids: readonly string[]; readonly next?: number } {
    const end = this.#countBefore(after);
    const from = Math.max(0, end - limit);
    const page = this.#entries.slice(from, end).reverse();
    const ids = page.map(({ id }) => id);
    return from === 0 ? { ids } : { ids, next: page.at(-1)?.position };
  }

  #countBefore(position: number): number {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle]?.position ?? Infinity) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
