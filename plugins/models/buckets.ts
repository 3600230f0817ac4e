/** A token bucket, and how much is taken out of it. */
export interface Draw {
  /** Buckets of one name are one bucket. */
  readonly name: string;
  /** What the bucket holds when it is full, as it is at first. */
  readonly capacity: number;
  /** Milliseconds in which an empty one fills up. */
  readonly span: number;
  /** Less than 0 gives back. */
  readonly amount: number;
}

/** What became of a draw: with `taken`, how many milliseconds to wait for it; without, how many it would have been. */
export interface Drawn {
  readonly taken: boolean;
  readonly wait: number;
}

/** Where token buckets are kept. */
export interface Buckets {
  /**
   * Draws out of all the buckets, or out of none where the wait would be longer than `maxWait` ms. What is not there yet is drawn
   * in advance: whoever comes later waits longer, so that all are served in the order in which they came.
   */
  draw(draws: readonly Draw[], maxWait: number): Promise<Drawn>;
}

/** Buckets in the memory of this process: the limits are its alone. */
export class MemoryBuckets implements Buckets {
  readonly #levels = new Map<string, { readonly level: number; readonly at: number }>();

  async draw(draws: readonly Draw[], maxWait: number): Promise<Drawn> {
    const at = Date.now();
    const next = draws.map(({ name, capacity, span, amount }) => {
      const last = this.#levels.get(name) ?? { level: capacity, at };
      const refilled = last.level + (Math.max(0, at - last.at) * capacity) / span;
      const level = Math.min(capacity, refilled) - amount;
      return { name, level, wait: Math.ceil((Math.max(0, -level) * span) / capacity) };
    });
    const wait = Math.max(...next.map((one) => one.wait));
    if (wait > maxWait) return { taken: false, wait };
    for (const { name, level } of next) this.#levels.set(name, { level, at });
    return { taken: true, wait };
  }
}
