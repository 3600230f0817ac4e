import type { JsonRpcNotification, JsonRpcRequest } from '../protocol/json-rpc.js';

/** Where an {@link Outbox} writes. */
export interface Sink {
  /** `id` is the event's, on a stream that has them. */
  write(body: string, id?: string): void;
  /** Bytes that were written and that the reader has not taken yet. */
  waiting(): number;
  /** Calls back once, when nothing waits any more. */
  onDrain(listener: () => void): void;
  /** Called where a message that must not be lost finds no room. */
  overflow(): void;
  /** The most bytes that may wait. */
  readonly budget: number;
}

/**
 * Bounds what a slow reader costs. Past the budget, progress is kept to its latest value per token and log messages are
 * dropped (both are hints); anything else ends the stream, since a gap that the client cannot see would be worse.
 */
export class Outbox {
  readonly #latest = new Map<unknown, { readonly message: JsonRpcNotification; readonly id: string | undefined }>();

  constructor(private readonly sink: Sink) {}

  send(message: JsonRpcNotification | JsonRpcRequest, id?: string): void {
    const { sink } = this;
    const { budget } = sink;
    const waiting = sink.waiting();
    // While newer progress waits its turn, none may overtake it.
    if (waiting < budget && this.#latest.size === 0) {
      const body = JSON.stringify(message);
      if (waiting + body.length <= budget || waiting === 0) return sink.write(body, id);
    }
    if (message.method === 'notifications/progress') return this.#keep(message as JsonRpcNotification, id);
    if (message.method === 'notifications/message') return;
    if (waiting >= budget) return sink.overflow();
    this.flush();
    sink.write(JSON.stringify(message), id);
  }

  /** Writes what was kept back. */
  flush(): void {
    for (const { message, id } of this.#latest.values()) this.sink.write(JSON.stringify(message), id);
    this.#latest.clear();
  }

  #keep(message: JsonRpcNotification, id: string | undefined): void {
    if (this.#latest.size === 0) this.sink.onDrain(() => this.flush());
    this.#latest.set(message.params?.['progressToken'], { message, id });
  }
}
