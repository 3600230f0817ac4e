import type { JsonRpcNotification, JsonRpcRequest } from '../../protocol/messages/json-rpc.js';
import type { Appended, EventLog, StreamOrigin } from './event-log.js';
import type { EventStream } from './event-stream.js';
import { unawaited, whenever } from '../whenever.js';

/** What a {@link LoggedStream} is part of. */
export interface LoggedPlace {
  readonly log: EventLog;
  /** The stream's name in the log, and the one in the ids of its events. */
  readonly stream: string;
  readonly name: string;
  /** Called when a client that came back somewhere else waits for what was appended. */
  readonly tell: (reader: string) => void;
  /** Called to close the connection of a client that came back, wherever it is. */
  readonly pauseReader: () => void;
  readonly report: (error: unknown) => void;
}

/**
 * The answer to a request as a resumable stream: each message is logged before it is sent, so that a client that loses its
 * connection finds it again on any process. The connection may go, and the answer goes on.
 */
export class LoggedStream {
  #origin: StreamOrigin;
  #isDropped = false;

  constructor(
    private readonly place: LoggedPlace,
    private readonly connection: EventStream,
    origin: StreamOrigin,
  ) {
    this.#origin = origin;
  }

  get followsTask(): boolean {
    return this.#origin.taskId !== undefined;
  }

  send(message: JsonRpcNotification | JsonRpcRequest): void {
    if (this.#isReplaced) return;
    const body = JSON.stringify(message);
    const appended = this.place.log.append(this.place.stream, this.#origin, body);
    this.#deliver(appended, (id) => this.connection.send(message, { body, id }));
  }

  /** Whether a hint would be sent, or kept for a client that may come back. What is dropped must not be logged: events have no gaps. */
  get hasRoom(): boolean {
    if (this.#isReplaced) return false;
    return !this.connection.isOpen || this.connection.hasRoom;
  }

  /** Ends the stream with the response. Without one it stays open where it can be carried on, and is over elsewhere. */
  end(body?: string): void {
    if (this.#isReplaced) return;
    if (body === undefined && this.followsTask) return this.connection.end();
    const appended = this.place.log.end(this.place.stream, this.#origin, body);
    this.#deliver(appended, (id) => this.connection.end(body, id));
  }

  /** Remembers that what the request waits for is a task. */
  follow(taskId: string): void {
    this.#origin = { ...this.#origin, taskId };
    unawaited(this.place.log.follow(this.place.stream, this.#origin), this.place.report);
  }

  /** Closes the connection and asks the client to come back for the rest. */
  pause(): void {
    if (!this.connection.isOpen) return this.place.pauseReader();
    const { log, stream, report } = this.place;
    // It may be paused before it has said anything: whoever comes back must find it all the same.
    const opened = whenever(log.follow(stream, this.#origin), () => this.connection.pause());
    unawaited(opened, report);
  }

  /** The client has come back: this connection must not be sent what the new one is. */
  drop(): void {
    this.#isDropped = true;
    this.connection.cut();
  }

  /** Whoever the client came back to waits for the task itself, so nothing more is to be said here. */
  get #isReplaced(): boolean {
    return this.#isDropped && this.followsTask;
  }

  #deliver(appended: Appended | undefined | Promise<Appended | undefined>, send: (id?: string) => void): void {
    const logged = whenever(appended, (event) => {
      // Another process has taken over.
      if (!event) return this.drop();
      if (event.reader === undefined) return send(`${this.place.name}.${event.number}`);
      this.drop();
      this.place.tell(event.reader);
    });
    unawaited(logged, (error) => {
      // The client that is there gets it all the same.
      this.place.report(error);
      send();
    });
  }
}
