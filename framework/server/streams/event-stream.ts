import type { JsonRpcNotification, JsonRpcRequest } from '../../protocol/messages/json-rpc.js';
import { LONGEST_TIMER } from '../../runtime/at-time.js';
import type { OutboundResponse } from '../http-port.js';
import { type LoggedMessage, Outbox } from './outbox.js';

/** Of `basic/transports`: what keeps proxies, and what compresses answers, from holding events back, and caches from keeping them. */
const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
} as const;

/** The most bytes that wait for one reader; where there are many, they share what all of them together may cost, down to a least. */
const BUDGET = 1024 * 1024;
const BUDGET_OF_ALL = 32 * BUDGET;
const LEAST_BUDGET = 64 * 1024;

/** For how many beats a reader may take nothing of what waits for it. */
const PATIENCE = 4;

/** How long a client is asked to wait before it comes back, in milliseconds. */
const RETRY = 500;

/** An answer in parts: Server-Sent Events, one JSON-RPC message each. */
export class EventStream {
  readonly #outbox: Outbox;
  /** Bytes that the reader had taken at the last beat, and for how many beats it has taken no more. */
  #taken = 0;
  #stuck = 0;

  constructor(
    private readonly response: OutboundResponse,
    private readonly pulse: Pulse,
    /** Whether the client knows to come back by itself, and where it starts from. */
    private readonly polling: { readonly isKnown: boolean; readonly primer?: string | undefined } = { isKnown: false },
  ) {
    response.writeHead(200, HEADERS);
    response.flushHeaders();
    const { primer } = polling;
    if (primer !== undefined) response.write(`id: ${primer}\ndata: \n\n`);
    this.#outbox = new Outbox({
      write: (body, id) => response.write(event(body, id)),
      waiting: () => response.writableLength,
      onDrain: (listener) => void response.once('drain', listener),
      overflow: () => this.cut(),
      get budget() {
        return pulse.budget;
      },
    });
    pulse.add(this);
    response.once('close', () => pulse.delete(this));
  }

  /** `event` is of a stream that has them: the message as it was logged, and its id. */
  send(message: JsonRpcNotification | JsonRpcRequest, event?: LoggedMessage): void {
    if (this.isOpen) this.#outbox.send(message, event);
  }

  /** Whether a hint would be sent. */
  get hasRoom(): boolean {
    return this.isOpen && this.#outbox.hasRoom;
  }

  /** Sends an event as it was logged; false where the reader is too slow for it. */
  replay(body: string, id: string): boolean {
    if (!this.isOpen) return true;
    this.response.write(event(body, id));
    return this.response.writableLength < this.pulse.budget;
  }

  /** Closes the connection, and not the stream: the client comes back for the rest (SEP-1699), where it knows to. */
  pause(): void {
    if (!this.isOpen || !this.polling.isKnown) return;
    this.#outbox.flush();
    this.response.end(`retry: ${RETRY}\n\n`);
  }

  /** Ends the stream, with the response to its request where it has one. */
  end(body?: string, id?: string): void {
    if (!this.isOpen) return;
    this.#outbox.flush();
    this.response.end(body === undefined ? undefined : event(body, id));
  }

  /** Shows that the stream is alive, or cuts it where its reader is not. */
  beat(): void {
    const { response } = this;
    const waiting = response.writableLength;
    if (waiting === 0) {
      this.#stuck = 0;
      if (!response.writableEnded) response.write(':\n\n');
      return;
    }
    const taken = (response.socket?.bytesWritten ?? 0) - (response.socket?.writableLength ?? 0);
    this.#stuck = taken === this.#taken ? this.#stuck + 1 : 0;
    this.#taken = taken;
    if (this.#stuck >= PATIENCE) this.cut();
  }

  cut(): void {
    this.response.destroy();
  }

  get isOpen(): boolean {
    return !this.response.writableEnded && !this.response.destroyed;
  }
}

function event(body: string, id?: string): string {
  return `event: message\n${id === undefined ? '' : `id: ${id}\n`}data: ${body}\n\n`;
}

/** One timer for all open streams. */
export class Pulse {
  readonly #streams = new Set<EventStream>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly interval: number) {}

  /** The most bytes that may wait for each of the streams. */
  get budget(): number {
    return Math.min(BUDGET, Math.max(LEAST_BUDGET, BUDGET_OF_ALL / this.#streams.size));
  }

  /** For how many milliseconds a reader may take nothing of what waits for it. */
  get patience(): number {
    return Math.min(PATIENCE * this.interval, LONGEST_TIMER);
  }

  add(stream: EventStream): void {
    this.#streams.add(stream);
    this.#timer ??= setInterval(() => {
      for (const open of this.#streams) open.beat();
    }, this.interval).unref();
  }

  delete(stream: EventStream): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
