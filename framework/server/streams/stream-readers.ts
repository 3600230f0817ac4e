import { PerduraError } from '../../errors.js';
import { errorAnswer } from '../../protocol/messages/answer.js';
import { CODE, type JsonRpcRequest } from '../../protocol/messages/json-rpc.js';
import type { EventLog, StreamState } from './event-log.js';
import type { EventStream } from './event-stream.js';
import { EventTail } from './event-tail.js';
import type { OutboundResponse } from '../http-port.js';
import { keepPinging, type PingSettings } from './keep-pinging.js';
import type { Post } from '../post.js';
import { noticed } from '../report.js';
import type { OpenSession } from '../sessions/sessions.js';

/** The stream of a session that belongs to no request. */
export const STANDING = 'session';
/** How often a stream is read without being told that there is more: letters may be lost. */
const POLL = 5_000;
/** A stream that belongs to no request waits for hints alone, and there is one for every client: one poll in so many. */
const STANDING_POLL = 6;
/** How many polls in a row must find no trace of a process before it counts as dead: connections to Redis break too. */
const STRIKES = 2;
const GONE = 'The process that served this call has ended';

export interface StreamReadersOptions {
  readonly log: EventLog;
  /** The name of this process in the log. */
  readonly process: string;
  /** Absent where there is one process. */
  readonly post: Post | undefined;
  readonly report: (error: unknown) => void;
  /** When clients are pinged on the streams that belong to no request; undefined: never. */
  readonly pings: PingSettings | undefined;
}

/** What is read, for whom, and from where on. */
interface Reading {
  readonly open: OpenSession;
  readonly name: string;
  readonly after: number;
  readonly connection: EventStream;
  readonly response: OutboundResponse;
}

/** The streams that clients of this process read as they are written, here or elsewhere, and those of processes that died writing. */
export class StreamReaders {
  readonly #tails = new Map<string, EventTail>();
  readonly #poll: NodeJS.Timeout;

  constructor(private readonly options: StreamReadersOptions) {
    let polls = 0;
    this.#poll = setInterval(() => {
      const all = ++polls % STANDING_POLL === 0;
      for (const [stream, tail] of this.#tails) if (all || !stream.endsWith(`.${STANDING}`)) tail.more();
    }, POLL).unref();
  }

  read({ open, name, after, connection, response }: Reading): void {
    const stream = `${open.id}.${name}`;
    // A client that comes back after its connection broke must not be kept out by the old one, which may look alive.
    this.#tails.get(stream)?.end();
    const { log, process, report } = this.options;
    let strikes = 0;
    const mourn = async (state: StreamState): Promise<void> => {
      strikes = (await this.#isLost(state)) ? strikes + 1 : 0;
      if (strikes >= STRIKES) await this.#giveUp(stream, state);
    };
    const tail = new EventTail({ log, process, stream, name, after, connection, mourn, report });
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

  /** The stream has more events. */
  more(stream: string): void {
    this.#tails.get(stream)?.more();
  }

  /** Asks the client that reads the stream here to come back; false where none does. */
  pause(stream: string): boolean {
    const tail = this.#tails.get(stream);
    tail?.pause();
    return tail !== undefined;
  }

  pauseAll(): void {
    for (const tail of this.#tails.values()) tail.pause();
  }

  close(): void {
    clearInterval(this.#poll);
    for (const tail of this.#tails.values()) tail.end();
  }

  /** A ping is of the connection, so it is not logged: who comes back needs no old one. */
  #keepPinging(open: OpenSession, connection: EventStream): () => void {
    const { pings, report } = this.options;
    if (!pings) return () => undefined;
    return keepPinging(
      {
        ping: (within) => open.session.ping((message) => connection.send(message), within),
        heardAt: () => open.usedAt,
        unanswered: () => report(noticed(PerduraError.of('PING_UNANSWERED', pings.timeout))),
        gone: () => connection.cut(),
      },
      pings,
    );
  }

  async #isLost({ writer }: StreamState): Promise<boolean> {
    const { post, process } = this.options;
    return post !== undefined && writer !== undefined && writer !== process && !(await post.isAlive(writer));
  }

  /** The process that served the call has died with it: its client is told, rather than left to wait. */
  async #giveUp(stream: string, { requestId }: StreamState): Promise<void> {
    const { log, process: writer } = this.options;
    await log.take(stream, writer);
    const { events = [] } = (await log.read(stream, 0)) ?? {};
    for (const id of questionsIn({ events })) {
      // Nobody waits for the answer any more. A client that has given it takes no notice.
      const withdrawn = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id, reason: GONE } };
      await log.append(stream, { writer }, JSON.stringify(withdrawn));
    }
    const error = { code: CODE.internalError, message: `${GONE}: call again.` };
    await log.end(stream, { writer }, errorAnswer(requestId, error).body);
    this.more(stream);
  }
}

/** The ids of the questions that a stream has carried. */
export function questionsIn({ events }: Pick<StreamState, 'events'>): readonly string[] {
  const messages = events.map(({ body }) => JSON.parse(body) as Partial<JsonRpcRequest>);
  return messages.flatMap(({ id, method }) => (id !== undefined && method !== undefined ? [String(id)] : []));
}
