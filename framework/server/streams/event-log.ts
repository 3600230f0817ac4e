import type { Awaitable } from '../../metadata/class.js';
import type { RequestId } from '../../spec.js';

/** One message of a stream, and its place in it: 1, 2, and so on without a gap. */
export interface LoggedEvent {
  readonly number: number;
  readonly body: string;
}

/** Which request a stream answers and who does it: what another process needs to go on with it. */
export interface StreamOrigin {
  /** The process that appends; an append of any other is refused. Absent on the stream that belongs to no request. */
  readonly writer?: string;
  readonly requestId?: RequestId;
  /** The task whose end the request waits for: any process can wait in its place. */
  readonly taskId?: string;
  /**
   * What the tokens were granted that something was said to: with less nobody may read it. Absent for nothing. What a stream has of
   * these only grows.
   */
  readonly scopes?: readonly string[];
}

/** A stream as a client finds it that comes back to it. */
export interface StreamState extends StreamOrigin {
  /** The events after the one that was asked for. */
  readonly events: readonly LoggedEvent[];
  /** The number of the last event. */
  readonly last: number;
  /** Whether the response has been said, or will never be. */
  readonly isOver: boolean;
  /** The process that reads on for the client; another one has taken over where it is not the one that asks. */
  readonly reader?: string;
}

/** What an append came to. */
export interface Appended {
  readonly number: number;
  /** The process that waits for more of this stream, where its client has come back to it. */
  readonly reader?: string;
}

/** How many of the latest events of a stream are kept: a client that was away for more cannot go on without a gap. */
export const KEPT_EVENTS = 256;

/** For how long a stream is kept after its last use, in milliseconds. */
export const KEPT_FOR = 5 * 60_000;

/**
 * What was said on the streams of sessions, so that a client that lost a connection gets what it missed (2025-11-25
 * `basic/transports`, "Resumability and Redelivery"). Streams are named by session and stream: whoever asks has been found to
 * own the session.
 */
export interface EventLog {
  /**
   * Appends, and opens the stream where it is new. Undefined where another process writes by now, and on a stream that belongs
   * to no request while nobody has read it for long.
   */
  append(stream: string, origin: StreamOrigin, body: string): Awaitable<Appended | undefined>;
  /** Appends the response, if there is one, and says that nothing will follow. */
  end(stream: string, origin: StreamOrigin, body?: string): Awaitable<Appended | undefined>;
  /** Opens the stream where it is new, and remembers the task that its request waits for, if it does. */
  follow(stream: string, origin: StreamOrigin): Awaitable<void>;
  /**
   * What comes after an event, for a client that has come back to this process. It takes over: where the request waits for a
   * task, this process is the writer from now on, else the reader. Undefined for a stream that is not kept.
   */
  resume(stream: string, after: number, process: string): Awaitable<StreamState | undefined>;
  /** What comes after an event, for a process that reads. */
  read(stream: string, after: number): Awaitable<StreamState | undefined>;
  /** Makes the process the writer in place of one that has died. */
  take(stream: string, process: string): Awaitable<void>;
  /** Opens the stream of a session that belongs to no request, with a process as its reader; answers its last number. */
  listen(stream: string, process: string): Awaitable<number>;
}
