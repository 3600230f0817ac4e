import { randomBytes } from 'node:crypto';
import { errorAnswer } from '../protocol/answer.js';
import { CODE, type JsonRpcNotification, type JsonRpcRequest } from '../protocol/json-rpc.js';
import type { RequestId } from '../spec.js';
import type { EventLog, StreamOrigin, StreamState } from './event-log.js';
import { EventStream, type Pulse } from './event-stream.js';
import { EventTail } from './event-tail.js';
import type { OutboundResponse } from './http-port.js';
import { LoggedStream } from './logged-stream.js';
import { MemoryEventLog } from './memory-event-log.js';
import type { Post } from './post.js';
import type { OpenSession } from './sessions.js';
import { whenever } from './whenever.js';

/** The stream of a session that belongs to no request. */
export const STANDING = 'session';
/** How often a stream is read without being told that there is more: letters may be lost. */
const POLL = 5_000;
/** A stream that belongs to no request waits for hints alone, and there is one for every client: one poll in so many. */
const STANDING_POLL = 6;
/** How many polls in a row must find no trace of a process before it counts as dead: connections to Redis break too. */
const STRIKES = 2;
const EVENT_ID = /^([\w-]{1,32})\.(\d{1,15})$/;
/** From here on clients know an event that has an id and no message (SEP-1699). */
const FIRST_WITH_PRIMING = '2025-11-25';

export interface StreamsOptions {
  readonly pulse: Pulse;
  readonly report: (error: unknown) => void;
  /** Where processes share the events of their streams; absent where there is one process. */
  readonly shared?: { readonly events: EventLog; readonly post: Post };
  /** After how many milliseconds a connection is closed for its client to come back; undefined: never. */
  readonly hold: number | undefined;
}

/** A request whose answer this process carries on in place of another. */
export interface CarriedOn {
  readonly requestId: RequestId;
  readonly taskId: string;
  readonly stream: LoggedStream;
  /** Ids of the questions that the stream has carried. */
  readonly carried: readonly string[];
}

/** The resumable streams of 2025-11-25 sessions that this process writes or reads. */
export class Streams {
  readonly #log: EventLog;
  readonly #process: string;
  readonly #written = new Map<string, LoggedStream>();
  readonly #tails = new Map<string, EventTail>();
  readonly #stopLetters: (() => void) | undefined;
  readonly #poll: NodeJS.Timeout;

  constructor(private readonly options: StreamsOptions) {
    const { shared } = options;
    this.#log = shared?.events ?? new MemoryEventLog();
    this.#process = shared?.post.address ?? 'here';
    this.#stopLetters = shared?.post.onLetter((letter) => {
      if (letter.kind === 'events') this.#tails.get(letter.stream)?.more();
      if (letter.kind === 'paused') this.#tails.get(letter.stream)?.pause();
    });
    let polls = 0;
    this.#poll = setInterval(() => {
      const all = ++polls % STANDING_POLL === 0;
      for (const [stream, tail] of this.#tails) if (all || !stream.endsWith(`.${STANDING}`)) tail.more();
    }, POLL).unref();
  }

  /** Makes the answer to a request a stream. */
  open(open: OpenSession, requestId: RequestId, response: OutboundResponse): LoggedStream {
    const name = randomBytes(6).toString('base64url');
    const connection = this.#connect(open, response, `${name}.0`);
    return this.#write(open, name, connection, response, { writer: this.#process, requestId });
  }

  /** Opens the stream for what belongs to no request; a second one takes the first one's place, in any process. */
  listen(open: OpenSession, response: OutboundResponse): unknown {
    const stream = `${open.id}.${STANDING}`;
    return whenever(this.#log.listen(stream, this.#process), (last) => {
      if (response.destroyed) return;
      const connection = this.#connect(open, response, `${STANDING}.${last}`);
      this.#read(open, STANDING, last, connection, response);
    });
  }

  /**
   * Sends a client that came back what it missed, and goes on from there. `carryOn` is called where this process is to serve the
   * request from now on; `unknown` where the stream cannot be continued without a gap.
   */
  resume(
    open: OpenSession,
    lastEventId: string,
    response: OutboundResponse,
    { carryOn, unknown }: { readonly carryOn: (carried: CarriedOn) => void; readonly unknown: () => void },
  ): unknown {
    const [, name, number] = EVENT_ID.exec(lastEventId) ?? [];
    if (name === undefined) return unknown();
    const stream = `${open.id}.${name}`;
    const after = Number(number);
    // From the first event on: what was asked before the connection was lost must not be asked again.
    return whenever(this.#log.resume(stream, 0, this.#process), (state) => {
      if (response.destroyed) return;
      const missed = state?.events.filter((event) => event.number > after) ?? [];
      const isWhole = state !== undefined && missed.length === state.last - after;
      // What belongs to no request are hints: better to hear of the next one than to be refused for the last.
      if (!isWhole) return name === STANDING ? this.listen(open, response) : unknown();
      this.#written.get(stream)?.drop();
      const connection = this.#connect(open, response);
      for (const event of missed) connection.replay(event.body, `${name}.${event.number}`);
      if (state.isOver) return connection.end();
      const { taskId, requestId } = state;
      if (taskId === undefined || requestId === undefined)
        return this.#read(open, name, state.last, connection, response);
      const origin = { writer: this.#process, requestId, taskId };
      const written = this.#write(open, name, connection, response, origin);
      carryOn({ requestId, taskId, stream: written, carried: questionsIn(state) });
    });
  }

  /** Appends what belongs to no request. Lost where nobody listens: all of it are hints. */
  notify(sessionId: string, message: JsonRpcNotification | JsonRpcRequest): void {
    const stream = `${sessionId}.${STANDING}`;
    const told = whenever(this.#log.append(stream, {}, JSON.stringify(message)), (event) => {
      if (event?.reader !== undefined) this.#tell(stream, event.reader);
    });
    if (told instanceof Promise) told.catch(this.options.report);
  }

  /** Asks clients to come back, here or in another process, for what can be carried on by whoever they reach. */
  pause(): void {
    for (const tail of this.#tails.values()) tail.pause();
    // Where no other process could, they are waited for like every request.
    if (this.options.shared) for (const stream of this.#written.values()) if (stream.followsTask) stream.pause();
  }

  close(): void {
    clearInterval(this.#poll);
    this.#stopLetters?.();
    for (const tail of this.#tails.values()) tail.end();
  }

  #connect({ session }: OpenSession, response: OutboundResponse, primer?: string): EventStream {
    const isKnown = session.state.protocolVersion >= FIRST_WITH_PRIMING;
    const polling = { isKnown, primer: isKnown ? primer : undefined };
    const connection = new EventStream(response, this.options.pulse, polling);
    const { hold } = this.options;
    if (hold === undefined || !isKnown) return connection;
    const timer = setTimeout(() => connection.pause(), hold).unref();
    response.once('close', () => clearTimeout(timer));
    return connection;
  }

  #write(
    open: OpenSession,
    name: string,
    connection: EventStream,
    response: OutboundResponse,
    origin: StreamOrigin,
  ): LoggedStream {
    const stream = `${open.id}.${name}`;
    const { report } = this.options;
    const tell = (reader: string): void => this.#tell(stream, reader);
    const pauseReader = (): void => this.#pauseReader(stream);
    const written = new LoggedStream({ log: this.#log, stream, name, tell, pauseReader, report }, connection, origin);
    this.#written.set(stream, written);
    response.once('close', () => {
      if (this.#written.get(stream) === written) this.#written.delete(stream);
    });
    return written;
  }

  #read(open: OpenSession, name: string, after: number, connection: EventStream, response: OutboundResponse): void {
    const stream = `${open.id}.${name}`;
    // A client that comes back after its connection broke must not be kept out by the old one, which may look alive.
    this.#tails.get(stream)?.end();
    const { report } = this.options;
    let strikes = 0;
    const mourn = async (state: StreamState): Promise<void> => {
      strikes = (await this.#isLost(state)) ? strikes + 1 : 0;
      if (strikes >= STRIKES) await this.#giveUp(stream, state);
    };
    const tail = new EventTail({
      ...{ log: this.#log, process: this.#process, stream, name, after, connection, mourn, report },
    });
    this.#tails.set(stream, tail);
    open.streams.add(tail);
    response.once('close', () => {
      open.streams.delete(tail);
      open.usedAt = Date.now();
      if (this.#tails.get(stream) === tail) this.#tails.delete(stream);
    });
    // What was appended between the last look and now.
    tail.more();
  }

  async #isLost({ writer }: StreamState): Promise<boolean> {
    const { shared } = this.options;
    return (
      shared !== undefined && writer !== undefined && writer !== this.#process && !(await shared.post.isAlive(writer))
    );
  }

  /** The process that served the call has died with it: its client is told, rather than left to wait. */
  async #giveUp(stream: string, { requestId }: StreamState): Promise<void> {
    await this.#log.take(stream, this.#process);
    const error = { code: CODE.internalError, message: 'The process that served this call has ended. Call again.' };
    await this.#log.end(stream, { writer: this.#process }, errorAnswer(requestId, error).body);
    this.#tails.get(stream)?.more();
  }

  /** Which process that is, only the log knows, and asking it would come later than what is said next. */
  #pauseReader(stream: string): void {
    const tail = this.#tails.get(stream);
    if (tail) tail.pause();
    else this.options.shared?.post.send({ kind: 'paused', stream });
  }

  #tell(stream: string, reader: string): void {
    if (reader === this.#process) this.#tails.get(stream)?.more();
    else this.options.shared?.post.send({ kind: 'events', stream }, reader);
  }
}

function questionsIn({ events }: StreamState): readonly string[] {
  const messages = events.map(({ body }) => JSON.parse(body) as Partial<JsonRpcRequest>);
  return messages.flatMap(({ id, method }) => (id !== undefined && method !== undefined ? [String(id)] : []));
}
