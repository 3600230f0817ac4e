/** A request that waits for its result. */
interface Pending {
  /** Tells it that nobody waits for it any more. */
  close(): void;
}

/** The requests that wait for their result, so that a server can stop without cutting them off. */
export class Running {
  readonly #methods = new Map<Pending, string>();
  #onSettled: (() => void) | undefined;

  add(exchange: Pending, method: string): void {
    this.#methods.set(exchange, method);
  }

  delete(exchange: Pending): void {
    this.#methods.delete(exchange);
    if (this.#methods.size === 0) this.#onSettled?.();
  }

  /** Resolves when nothing runs any more or the milliseconds are over; requests that have no end of their own are ended. */
  settled(within: number): Promise<void> {
    for (const [exchange, method] of this.#methods) if (method === 'subscriptions/listen') exchange.close();
    if (this.#methods.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, within);
      this.#onSettled = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  abort(): void {
    for (const exchange of this.#methods.keys()) exchange.close();
  }
}
