import type { JsonRpcRequest } from '../protocol/messages/json-rpc.js';

/** A request that waits for its result. */
interface Pending {
  /** Tells it that nobody waits for it any more. */
  close(): void;
}

/** Whether a request goes on until one of the two sides ends it. */
export const hasNoEnd = ({ method }: { readonly method: string }): boolean => method === 'subscriptions/listen';

/** What is known of a request that waits. */
type Waiting = Pick<JsonRpcRequest, 'id' | 'method'>;

/** The requests that wait for their result, so that a server can stop without cutting them off. */
export class Running<P extends Pending> {
  readonly #requests = new Map<P, Waiting>();
  #onSettled: (() => void) | undefined;

  add(exchange: P, request: Waiting): void {
    this.#requests.set(exchange, request);
  }

  delete(exchange: P): void {
    this.#requests.delete(exchange);
    if (this.#requests.size === 0) this.#onSettled?.();
  }

  /** Ends the requests that have no end of their own, and calls back for the others. */
  leave(stays: (exchange: P) => void = () => undefined): void {
    for (const [exchange, request] of this.#requests)
      if (hasNoEnd(request)) exchange.close();
      else stays(exchange);
  }

  /** Resolves when nothing runs any more or the milliseconds are over; requests that have no end of their own are ended. */
  settled(within: number): Promise<void> {
    this.leave();
    if (this.#requests.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, within);
      this.#onSettled = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Tells what is left that nobody waits any more, and calls back for it: its client may be there still. */
  abort(cutOff: (exchange: P, request: Waiting) => void = () => undefined): void {
    for (const [exchange, request] of [...this.#requests]) {
      exchange.close();
      cutOff(exchange, request);
    }
  }
}
