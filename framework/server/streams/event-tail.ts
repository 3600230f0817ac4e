import type { EventLog, LoggedEvent, StreamState } from './event-log.js';
import type { EventStream } from './event-stream.js';

/** What an {@link EventTail} reads, and for whom. */
export interface TailOptions {
  readonly log: EventLog;
  /** The stream's name in the log, and the one in the ids of its events. */
  readonly stream: string;
  readonly name: string;
  /** The number of the last event that the client has. */
  readonly after: number;
  /** The process that reads: this one. */
  readonly process: string;
  readonly connection: EventStream;
  /** Ends a stream whose writer is gone, where it is. */
  readonly mourn: (state: StreamState) => Promise<void>;
  readonly report: (error: unknown) => void;
}

/** Sends a client what is appended to a stream, wherever that happens, until the stream is over. */
export class EventTail {
  #after: number;
  #state: 'quiet' | 'reading' | 'stale' | 'stopped' = 'quiet';

  constructor(private readonly options: TailOptions) {
    this.#after = options.after;
  }

  /** There may be more events. One that comes while they are read makes them be read once more. */
  more(): void {
    if (this.#state === 'reading') this.#state = 'stale';
    if (this.#state !== 'quiet') return;
    this.#state = 'reading';
    this.#read()
      .catch(this.options.report)
      .finally(() => this.#goOn());
  }

  pause(): void {
    this.#state = 'stopped';
    this.options.connection.pause();
  }

  end(): void {
    this.#state = 'stopped';
    this.options.connection.end();
  }

  async #read(): Promise<void> {
    const { log, stream, process, mourn } = this.options;
    const state = await log.read(stream, this.#after);
    if (this.#isStopped()) return;
    // The client has come back elsewhere, or its session has ended.
    if (state?.reader !== process) return this.end();
    if (!this.#send(state.events)) return;
    if (state.isOver) return this.end();
    await mourn(state);
  }

  /** False where events are missing that the client would never know of: it has to notice, so it is cut off. */
  #send(events: readonly LoggedEvent[]): boolean {
    const { connection, name } = this.options;
    for (const { number, body } of events) {
      if (number !== this.#after + 1 || !connection.replay(body, `${name}.${number}`)) {
        this.#state = 'stopped';
        connection.cut();
        return false;
      }
      this.#after = number;
    }
    return true;
  }

  #goOn(): void {
    const isStale = this.#state === 'stale';
    if (!this.#isStopped()) this.#state = 'quiet';
    if (isStale) this.more();
  }

  #isStopped(): boolean {
    return this.#state === 'stopped';
  }
}
