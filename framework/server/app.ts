import type { LiveCatalog } from '../catalog/live-catalog.js';
import type { Awaitable, Class } from '../metadata/class.js';
import type { JsonOf } from '../metadata/json-of.js';
import type { Protocol } from '../protocol/protocol.js';
import type { TaskClass } from '../runtime/context.js';
import type { Token } from '../runtime/container/provider.js';
import type { Implementation } from '../spec.js';
import type { TaskEngine } from '../tasks/create-tasks.js';
import type { AppPages } from './pages/app-pages.js';
import type { Shared } from './backend.js';
import type { StartOptions } from './start-task.js';

/** A server put together and checked, ready to be served over any transport. */
export interface App {
  /** Who the server says it is (SEP-973). */
  readonly identity: Implementation;
  /** What clients are offered, and how to change that while the app runs. */
  readonly catalog: LiveCatalog;
  /** The task engine: to read, watch or cancel an owner's tasks from code of the app's own. */
  readonly tasks: TaskEngine;
  /** Both revisions of MCP without a transport, for whoever serves the app over one. */
  readonly protocol: Protocol;
  /** What its processes share of their clients; absent where everything is in the memory of one. */
  readonly shared?: Shared;
  /** Where `ctx.elicitUrl` sends users, for whoever serves the app over HTTP; absent where it has no pages. */
  readonly pages?: AppPages;
  /** What plugins answer beside the endpoint, for whoever serves the app over HTTP; absent where none does. */
  readonly routes?: readonly Route[];
  /**
   * Starts a task from code of the app's own, as for a webhook, a message or a row in a table, in a process that runs tasks or in one
   * that does not. Resolves with its id once it is kept as tasks of clients are; `tasks.watch` tells of its end. Unless `asks` says what
   * it may ask, `ctx.elicit` and `ctx.sample` are refused in it (`CLIENT_CANNOT`).
   * @throws PerduraError `UNKNOWN_TASK`, `INVALID_TASK_INPUT`, `NO_TASK_OWNER`, `NOT_JSON`, `TOO_MANY_TASKS` (with `retryAfter`, in seconds), `STORE_UNAVAILABLE`, `STORE_FULL`
   */
  start<I, O>(task: TaskClass<I, O>, input: NoInfer<JsonOf<I>>, options: StartOptions): Promise<string>;
  /** The same for a task that is a method, by its name. */
  start(task: Class, input: object, options: StartOptions & { readonly name: string }): Promise<string>;
  /** Whether the app can serve now: false while its Redis cannot be reached, and once it closes. For health checks. */
  ready(): Promise<boolean>;
  /** Resolves a dependency from the app's container, outside of any call. */
  resolve<T>(token: Token<T>): T;
  /** Tells the app's `report` of an error; `reference` is what the client was given in its place. */
  report(error: unknown, reference: string): void;
  /** Hands running tasks over, runs the plugins' closers and disposes of what the container made. Idempotent. */
  close(): Promise<void>;
}

/** Answers the requests for a path and for all below it, whatever their method. */
export type RouteHandler = (request: Request, visit: RouteVisit) => Awaitable<Response>;

/** What is known of a request beside itself. */
export interface RouteVisit {
  readonly app: App;
  /**
   * Whether everything says that it was sent on this machine: both ends of its connection are loopback addresses, it names a loopback
   * host, no proxy says that it passed it on, and the server has no `publicUrl`. Never with `fetchHandler`, which is told of no
   * addresses. A proxy on this machine that changes `Host` and adds no header of its own cannot be told from its user.
   */
  readonly isLocal: boolean;
}

/** A path of a plugin's. */
export interface Route {
  readonly plugin: string;
  readonly path: string;
  readonly answer: RouteHandler;
}
