import type { ServerResponse } from 'node:http';
import type { JsonRpcNotification, JsonRpcRequest } from '../protocol/json-rpc.js';
import { Outbox } from './outbox.js';

/** Of `basic/transports`: what keeps proxies from holding events back, and caches from keeping them. */
const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
} as const;

/** The most bytes that wait for one reader. */
const BUDGET = 1024 * 1024;

/** For how many beats a reader may take nothing of what waits for it. */
const PATIENCE = 4;

/** An answer in parts: Server-Sent Events, one JSON-RPC message each. */
export class EventStream {
  readonly #outbox: Outbox;
  /** Bytes that the reader had taken at the last beat, and for how many beats it has taken no more. */
  #taken = 0;
  #stuck = 0;

  constructor(
    private readonly response: ServerResponse,
    private readonly pulse: Pulse,
  ) {
    response.writeHead(200, HEADERS);
    response.flushHeaders();
    this.#outbox = new Outbox({
      write: (body) => response.write(event(body)),
      waiting: () => response.writableLength,
      onDrain: (listener) => void response.once('drain', listener),
      overflow: () => this.cut(),
      budget: BUDGET,
    });
    pulse.add(this);
    response.once('close', () => pulse.delete(this));
  }

  send(message: JsonRpcNotification | JsonRpcRequest): void {
    if (!this.response.writableEnded && !this.response.destroyed) this.#outbox.send(message);
  }

  /** Ends the stream, with the response to its request where it has one. */
  end(body?: string): void {
    this.#outbox.flush();
    this.response.end(body === undefined ? undefined : event(body));
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

  private cut(): void {
    this.response.destroy();
  }
}

function event(body: string): string {
  return `event: message\ndata: ${body}\n\n`;
}

/** One timer for all open streams. */
export class Pulse {
  readonly #streams = new Set<EventStream>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly interval: number) {}

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
