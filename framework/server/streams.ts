import { randomBytes } from 'node:crypto';
import { PerduraError } from '../errors.js';
import { errorAnswer } from '../protocol/answer.js';
import { CODE, type JsonRpcNotification, type JsonRpcRequest } from '../protocol/json-rpc.js';
import type { RequestId } from '../spec.js';
import { atTime } from './at-time.js';
import type { EventLog, StreamOrigin, StreamState } from './event-log.js';
import { EventStream, type Pulse } from './event-stream.js';
import { EventTail } from './event-tail.js';
import type { OutboundResponse } from './http-port.js';
import { keepPinging, type PingSettings } from './keep-pinging.js';
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
const GONE = 'The process that served this call has ended';
const EVENT_ID = /^([\w-]{1,32})\.(\d{1,15})$/;
/** From here on clients know an event that has an id and no message (SEP-1699). */
const FIRST_WITH_PRIMING = '2025-11-25';

/** Who reads a stream. */
interface Reader {
  /** What its token was granted. */
  readonly scopes: readonly string[];
  /** When that ends, in milliseconds since 1970; undefined where nobody said. */
  readonly until?: number | undefined;
}

/** What becomes of a client that came back. */
interface Resumption extends Reader {
  readonly carryOn: (carried: CarriedOn) => void;
  readonly unknown: () => void;
}

interface Connecting {
  readonly primer?: string;
  readonly until?: number | undefined;
}

export interface StreamsOptions {
  readonly pulse: Pulse;
  readonly report: (error: unknown) => void;
  /** Where processes share the events of their streams; absent where there is one process. */
  readonly shared?: { readonly events: EventLog; readonly post: Post };
  /** When clients are pinged on the streams that belong to no request; undefined: never. */
  readonly pings: PingSettings | undefined;
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
  open(open: OpenSession, requestId: RequestId, response: OutboundResponse, { scopes, until }: Reader): LoggedStream {
    const name = randomBytes(6).toString('base64url');
    const connection = this.#connect(open, response, {
      primer: `${name}.0`,
      // A client of before would not come back for the rest, and the call was authorised when it began.
      ...(isPolling(open) && { until }),
    });
    const origin = { writer: this.#process, requestId, ...(scopes.length > 0 && { scopes }) };
    return this.#write(open, name, connection, response, origin);
  }

  /** Opens the stream for what belongs to no request; a second one takes the first one's place, in any process. */
  listen(open: OpenSession, response: OutboundResponse, until?: number): unknown {
    const stream = `${open.id}.${STANDING}`;
    return whenever(this.#log.listen(stream, this.#process), (last) => {
      if (response.destroyed) return;
      const connection = this.#connect(open, response, { primer: `${STANDING}.${last}`, until });
      this.#read(open, STANDING, last, connection, response);
    });
  }

  /**
   * Sends a client that came back what it missed, and goes on from there. `carryOn` is called where this process is to serve the
   * request from now on; `unknown` where the stream cannot be continued without a gap.
   */
  resume(open: OpenSession, lastEventId: string, response: OutboundResponse, resumption: Resumption): unknown {
    const [, name, number] = EVENT_ID.exec(lastEventId) ?? [];
    if (name === undefined) return resumption.unknown();
    const stream = `${open.id}.${name}`;
    // Looked at before it is taken over: for a weaker token than the one that called there is nothing to take over.
    return whenever(this.#log.read(stream, Number.MAX_SAFE_INTEGER), (seen) =>
      seen?.scopes?.every((scope) => resumption.scopes.includes(scope)) === false
        ? resumption.unknown()
        : this.#resume(open, { stream, name, after: Number(number) }, response, resumption),
    );
  }

  #resume(
    open: OpenSession,
    { stream, name, after }: { readonly stream: string; readonly name: string; readonly after: number },
    response: OutboundResponse,
    { carryOn, unknown, scopes, until }: Resumption,
  ): unknown {
    // From the first event on: what was asked before the connection was lost must not be asked again.
    return whenever(this.#log.resume(stream, 0, this.#process), (state) => {
      if (response.destroyed) return;
      const missed = state?.events.filter((event) => event.number > after) ?? [];
      const isWhole = state !== undefined && missed.length === state.last - after;
      // What belongs to no request are hints: better to hear of the next one than to be refused for the last.
      if (!isWhole) return name === STANDING ? this.listen(open, response, until) : unknown();
      this.#written.get(stream)?.drop();
      const connection = this.#connect(open, response, { until });
      for (const event of missed) connection.replay(event.body, `${name}.${event.number}`);
      if (state.isOver) return connection.end();
      const { taskId, requestId } = state;
      if (taskId === undefined || requestId === undefined)
        return this.#read(open, name, state.last, connection, response);
      const origin = { writer: this.#process, requestId, taskId, ...(scopes.length > 0 && { scopes }) };
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

  #connect(open: OpenSession, response: OutboundResponse, { primer, until }: Connecting): EventStream {
    const isKnown = isPolling(open);
    const polling = { isKnown, primer: isKnown ? primer : undefined };
    const connection = new EventStream(response, this.options.pulse, polling);
    const { hold } = this.options;
    const limit = Math.min(until ?? Infinity, isKnown && hold !== undefined ? Date.now() + hold : Infinity);
    // Who does not know to come back by itself has to notice that the stream has ended.
    const close = (): void => (isKnown ? connection.pause() : connection.end());
    if (limit < Infinity) response.once('close', atTime(limit, close));
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
    if (name === STANDING) response.once('close', this.#keepPinging(open, connection));
    // What was appended between the last look and now.
    tail.more();
  }

  /** A ping is of the connection, so it is not logged: who comes back needs no old one. */
  #keepPinging(open: OpenSession, connection: EventStream): () => void {
    const { pings, report } = this.options;
    if (!pings) return () => undefined;
    return keepPinging(
      {
        ping: (within) => open.session.ping((message) => connection.send(message), within),
        heardAt: () => open.usedAt,
        unanswered: () => report(PerduraError.of('PING_UNANSWERED', pings.timeout)),
        gone: () => connection.cut(),
      },
      pings,
    );
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
    const { events = [] } = (await this.#log.read(stream, 0)) ?? {};
    for (const id of questionsIn({ events })) {
      // Nobody waits for the answer any more. A client that has given it takes no notice.
      const withdrawn = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id, reason: GONE } };
      await this.#log.append(stream, { writer: this.#process }, JSON.stringify(withdrawn));
    }
    const error = { code: CODE.internalError, message: `${GONE}: call again.` };
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

/** Whether the session's client comes back by itself where the server closes a connection. */
const isPolling = ({ session }: OpenSession): boolean => session.state.protocolVersion >= FIRST_WITH_PRIMING;

function questionsIn({ events }: Pick<StreamState, 'events'>): readonly string[] {
  const messages = events.map(({ body }) => JSON.parse(body) as Partial<JsonRpcRequest>);
  return messages.flatMap(({ id, method }) => (id !== undefined && method !== undefined ? [String(id)] : []));
}
