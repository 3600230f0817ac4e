import { randomBytes } from 'node:crypto';
import type { JsonRpcNotification, JsonRpcRequest } from '../../protocol/messages/json-rpc.js';
import type { RequestId } from '../../spec.js';
import { atTime } from '../../runtime/at-time.js';
import type { EventLog, StreamOrigin } from './event-log.js';
import { EventStream, type Pulse } from './event-stream.js';
import type { OutboundResponse } from '../http-port.js';
import type { PingSettings } from './keep-pinging.js';
import { LoggedStream } from './logged-stream.js';
import { MemoryEventLog } from './memory-event-log.js';
import type { Post } from '../post.js';
import type { OpenSession } from '../sessions/sessions.js';
import { questionsIn, STANDING, StreamReaders } from './stream-readers.js';
import { unawaited, whenever } from '../whenever.js';

const EVENT_ID = /^([\w-]{1,32})\.(\d{1,15})$/;
/** From here on clients know an event that has an id and no message (SEP-1699). */
const FIRST_WITH_PRIMING = '2025-11-25';

/** Calls back once, when who reads a stream may do so no longer. Returns what takes it back. */
type Lapse = (act: () => void) => () => void;

/** Who reads a stream. */
interface Reader {
  /** What its token was granted. */
  readonly scopes: readonly string[];
  readonly lapse: Lapse;
}

/** What becomes of a client that came back. */
interface Resumption extends Reader {
  readonly carryOn: (carried: CarriedOn) => void;
  readonly unknown: () => void;
}

interface Connecting {
  readonly primer?: string;
  readonly lapse?: Lapse;
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
  readonly #readers: StreamReaders;
  readonly #stopLetters: (() => void) | undefined;

  constructor(private readonly options: StreamsOptions) {
    const { shared, report, pings } = options;
    const log = shared?.events ?? new MemoryEventLog();
    const process = shared?.post.address ?? 'here';
    this.#log = log;
    this.#process = process;
    this.#readers = new StreamReaders({ log, process, post: shared?.post, report, pings });
    this.#stopLetters = shared?.post.onLetter((letter) => {
      if (letter.kind === 'events') this.#readers.more(letter.stream);
      if (letter.kind === 'paused') this.#readers.pause(letter.stream);
    });
  }

  /** Makes the answer to a request a stream. */
  open(open: OpenSession, requestId: RequestId, response: OutboundResponse, { scopes, lapse }: Reader): LoggedStream {
    const name = randomBytes(6).toString('base64url');
    const connection = this.#connect(open, response, {
      primer: `${name}.0`,
      // A client of before would not come back for the rest, and the call was authorised when it began.
      ...(isPolling(open) && { lapse }),
    });
    const origin = { writer: this.#process, requestId, ...(scopes.length > 0 && { scopes }) };
    return this.#write(open, name, connection, response, origin);
  }

  /** Opens the stream for what belongs to no request; a second one takes the first one's place, in any process. */
  listen(open: OpenSession, response: OutboundResponse, lapse: Lapse): unknown {
    const stream = `${open.id}.${STANDING}`;
    return whenever(this.#log.listen(stream, this.#process), (last) => {
      if (response.destroyed) return;
      const connection = this.#connect(open, response, { primer: `${STANDING}.${last}`, lapse });
      this.#readers.read({ open, name: STANDING, after: last, connection, response });
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
    return whenever(this.#log.read(stream, Number.MAX_SAFE_INTEGER), (seen) => {
      if (seen?.scopes?.every((scope) => resumption.scopes.includes(scope)) ?? true)
        return this.#resume(open, { stream, name, after: Number(number) }, response, resumption);
      return name === STANDING ? this.listen(open, response, resumption.lapse) : resumption.unknown();
    });
  }

  #resume(
    open: OpenSession,
    { stream, name, after }: { readonly stream: string; readonly name: string; readonly after: number },
    response: OutboundResponse,
    { carryOn, unknown, scopes, lapse }: Resumption,
  ): unknown {
    // From the first event on: what was asked before the connection was lost must not be asked again.
    return whenever(this.#log.resume(stream, 0, this.#process), (state) => {
      if (response.destroyed) return;
      const missed = state?.events.filter((event) => event.number > after) ?? [];
      const isWhole = state !== undefined && missed.length === state.last - after;
      // What belongs to no request are hints: better to hear of the next one than to be refused for the last.
      if (!isWhole) return name === STANDING ? this.listen(open, response, lapse) : unknown();
      this.#written.get(stream)?.drop();
      const connection = this.#connect(open, response, { lapse });
      for (const event of missed) connection.replay(event.body, `${name}.${event.number}`);
      if (state.isOver) return connection.end();
      const { taskId, requestId } = state;
      if (taskId === undefined || requestId === undefined)
        return this.#readers.read({ open, name, after: state.last, connection, response });
      const origin = { writer: this.#process, requestId, taskId, ...(scopes.length > 0 && { scopes }) };
      const written = this.#write(open, name, connection, response, origin);
      carryOn({ requestId, taskId, stream: written, carried: questionsIn(state) });
    });
  }

  /** Appends what belongs to no request, and was meant for who has these scopes. Lost where nobody listens: all of it are hints. */
  notify(sessionId: string, message: JsonRpcNotification | JsonRpcRequest, scopes: readonly string[]): void {
    const stream = `${sessionId}.${STANDING}`;
    const origin = scopes.length > 0 ? { scopes } : {};
    const told = whenever(this.#log.append(stream, origin, JSON.stringify(message)), (event) => {
      if (event?.reader !== undefined) this.#tell(stream, event.reader);
    });
    unawaited(told, this.options.report);
  }

  /** Asks clients to come back, here or in another process, for what can be carried on by whoever they reach. */
  pause(): void {
    this.#readers.pauseAll();
    // Where no other process could, they are waited for like every request.
    if (this.options.shared) for (const stream of this.#written.values()) if (stream.followsTask) stream.pause();
  }

  close(): void {
    this.#stopLetters?.();
    this.#readers.close();
  }

  #connect(open: OpenSession, response: OutboundResponse, { primer, lapse }: Connecting): EventStream {
    const isKnown = isPolling(open);
    const polling = { isKnown, primer: isKnown ? primer : undefined };
    const connection = new EventStream(response, this.options.pulse, polling);
    const { hold } = this.options;
    // Who does not know to come back by itself has to notice that the stream has ended.
    const close = (): void => (isKnown ? connection.pause() : connection.end());
    if (lapse && !response.destroyed) response.once('close', lapse(close));
    if (isKnown && hold !== undefined) response.once('close', atTime(Date.now() + hold, close));
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

  /** Which process that is, only the log knows, and asking it would come later than what is said next. */
  #pauseReader(stream: string): void {
    if (!this.#readers.pause(stream)) this.options.shared?.post.send({ kind: 'paused', stream });
  }

  #tell(stream: string, reader: string): void {
    if (reader === this.#process) this.#readers.more(stream);
    else this.options.shared?.post.send({ kind: 'events', stream }, reader);
  }
}

/** Whether the session's client comes back by itself where the server closes a connection. */
const isPolling = ({ session }: OpenSession): boolean => session.state.protocolVersion >= FIRST_WITH_PRIMING;
