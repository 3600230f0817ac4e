import type { Exchange } from '../../protocol/messages/exchange.js';
import type { JsonRpcNotification, JsonRpcRequest } from '../../protocol/messages/json-rpc.js';
import { ANONYMOUS } from '../../runtime/principal.js';
import type { Outbox } from '../streams/outbox.js';

/** One request on a pair of streams that it shares with others. */
export class StdioExchange implements Exchange {
  /** Who started the process has all its rights: stdio has no authorization of its own. */
  readonly principal = ANONYMOUS;
  #listeners: (() => void)[] = [];
  #finished = false;

  constructor(
    readonly channel: object,
    private readonly outbox: Outbox,
  ) {}

  send(message: JsonRpcNotification | JsonRpcRequest): void {
    if (!this.#finished) this.outbox.send(message);
  }

  hasRoom(): boolean {
    return !this.#finished && this.outbox.hasRoom;
  }

  onClose(listener: () => void): void {
    if (!this.#finished) this.#listeners.push(listener);
  }

  close(): void {
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener();
  }

  /** Nothing may follow the result, and what was kept back of it must not come late. */
  finish(): void {
    this.#finished = true;
    this.#listeners = [];
    this.outbox.flush();
  }
}
