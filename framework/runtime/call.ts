import type { Awaitable } from '../metadata/class.js';
import type { Entry } from '../catalog/catalog.js';
import type { LoggingLevel, Revision } from '../spec.js';
import type { CallContext, Client } from './context.js';
import type { Inbox } from './journal/inbox.js';
import type { Journal } from './journal/journal.js';
import type { Meter } from './budget/meter.js';
import type { Principal } from './principal.js';
import type { Trace } from './trace/trace.js';

/** How a running call speaks to its client without waiting for an answer. */
export interface Channel {
  progress(progress: number, total?: number, message?: string): void;
  log(level: LoggingLevel, data: unknown, logger?: string): void;
  /** Closes the connection under the answer, where the client comes back for the rest by itself. */
  closeStream?(): void;
}

/** What of a task its handler's effects depend on. */
export interface TaskSite {
  readonly taskId: string;
  readonly attempt: number;
  /** Milliseconds; the limit of steps that have none of their own. */
  readonly stepTimeout?: number;
  /** Default `'fail'`. */
  readonly onChange?: 'continue' | 'fail';
  /**
   * Whether the activation before this one was cut off, so that effects may have been in the middle. Absent where nothing
   * survives the process, so that nobody will ever want to know.
   */
  readonly interrupted?: boolean;
}

/** Everything that differs between the places where a call can run. */
export interface CallSite {
  readonly callId: string;
  readonly revision: Revision;
  readonly principal: Principal;
  readonly client: Client;
  /** Made on first use: most handlers never look at it. */
  readonly signal: () => AbortSignal;
  readonly channel: Channel;
  readonly journal: Journal;
  readonly inbox: Inbox;
  /**
   * Fires when the process is about to stop: what only waits then parks at once instead of after its
   * inbox's hold.
   */
  readonly draining?: AbortSignal;
  /** Present while a task runs. */
  readonly task?: TaskSite;
  /** What agents of the call spend from; absent where nobody counts. Of one run of its handler. */
  readonly meter?: Meter | undefined;
  /**
   * The call only replays: effects that are not recorded stay pending instead of happening, and `diverged` is told of one
   * that asks for something else than is recorded.
   */
  readonly replaying?: { diverged(key: string): void };
  /** W3C trace context of the request. */
  readonly traceparent?: string;
  /** What the task has done so far, as its store has it; absent where there is no store. */
  readonly trace?: () => Promise<Trace>;
  /** Present where the call can become a task: told that it does, once nothing more happens here. It then parks. */
  readonly detach?: (() => void) | undefined;
}

/** One invocation of one catalog entry. */
export interface Call {
  readonly entry: Entry;
  /** Validated and hydrated. */
  readonly input: unknown;
  readonly ctx: CallContext;
  /**
   * Calls back once when this run of the call ends. Where it has `parked` or `yielded`, or its task was taken from it, `next()`
   * never settles: a `finally` around it does not run, and what an interceptor holds is let go of here. Of a tool call within a
   * call, the run is the outer one's.
   */
  onEnd(listener: (how: RunEnd) => void): void;
}

/**
 * How one run of a call ended. It `parked` where it waits for what may take long, such as an answer, and `yielded` where its process
 * is about to stop: it runs again later, perhaps in another process.
 */
export type RunEnd = 'returned' | 'threw' | 'parked' | 'yielded';

/** Wraps every call, on the web side and on the worker; the first of the list is the outermost. */
export type Interceptor = (call: Call, next: () => Promise<unknown>) => Awaitable<unknown>;

/** How an activation of a call ended. */
export type Activation =
  | { readonly kind: 'returned'; readonly value: unknown }
  /** What its handler threw, or why the handler may not go on. */
  | { readonly kind: 'threw'; readonly error: unknown }
  /** It only waits now, and its inbox's hold is over: run it again when something it waits for has come. */
  | { readonly kind: 'parked' };
