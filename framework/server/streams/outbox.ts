import type { JsonRpcNotification, JsonRpcRequest } from '../../protocol/messages/json-rpc.js';

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

/** A message as it was logged: written once, for the log and for its reader. */
export interface LoggedMessage {
  readonly body: string;
  /** Absent where it could not be logged. */
  readonly id: string | undefined;
}

/**
 * Bounds what a slow reader costs, in memory and in work. Past the budget, progress is kept to its latest value per token and log
 * messages are dropped (both are hints); anything else ends the stream, since a gap that the client cannot see would be worse.
 */
export class Outbox {
  readonly #latest = new Map<unknown, { readonly message: JsonRpcNotification; readonly logged?: LoggedMessage }>();
  /** The most that may wait for the next log message to be looked at, after one that found no room. */
  #lull = Infinity;

  constructor(private readonly sink: Sink) {}

  /**
   * Whether a log message would be looked at. After one that found no room the next ones are not, until the reader has caught
   * up: to write each of them only to learn how long it is would take as much from everybody else as sending it.
   */
  get hasRoom(): boolean {
    const waiting = this.sink.waiting();
    return waiting < this.sink.budget && waiting <= this.#lull && this.#latest.size === 0;
  }

  send(message: JsonRpcNotification | JsonRpcRequest, logged?: LoggedMessage): void {
    const { method } = message;
    if (method === 'notifications/message') return this.#log(message, logged);
    const waiting = this.sink.waiting();
    const { budget } = this.sink;
    if (method === 'notifications/progress') {
      // While newer progress waits its turn, none may overtake it.
      if (waiting < budget && this.#latest.size === 0) {
        const written = logged ?? writtenOf(message);
        if (waiting <= leftBy(written, budget)) return this.#write(written);
      }
      return this.#keep(message as JsonRpcNotification, logged);
    }
    if (waiting >= budget) return this.sink.overflow();
    this.flush();
    this.#write(logged ?? writtenOf(message));
  }

  /** Writes what was kept back. */
  flush(): void {
    for (const { message, logged } of this.#latest.values()) this.#write(logged ?? writtenOf(message));
    this.#latest.clear();
  }

  #log(message: JsonRpcNotification | JsonRpcRequest, logged?: LoggedMessage): void {
    if (!this.hasRoom) return;
    const written = logged ?? writtenOf(message);
    const left = leftBy(written, this.sink.budget);
    if (this.sink.waiting() <= left) {
      this.#lull = Infinity;
      this.#write(written);
    } else this.#lull = Math.min(left, this.sink.budget / 2);
  }

  #write({ body, id }: LoggedMessage): void {
    this.sink.write(body, id);
  }

  #keep(message: JsonRpcNotification, logged: LoggedMessage | undefined): void {
    if (this.#latest.size === 0) this.sink.onDrain(() => this.flush());
    this.#latest.set(message.params?.['progressToken'], { message, ...(logged && { logged }) });
  }
}

const writtenOf = (message: JsonRpcNotification | JsonRpcRequest): LoggedMessage => ({
  body: JSON.stringify(message),
  id: undefined,
});

/** How much may wait before a message; where nothing does, it may be longer than the whole budget. */
const leftBy = ({ body }: LoggedMessage, budget: number): number => Math.max(0, budget - body.length);
