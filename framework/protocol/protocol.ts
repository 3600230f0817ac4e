import type { Catalog } from '../catalog/catalog.js';
import type { CatalogChange } from '../catalog/catalog-state.js';
import type { Awaitable } from '../metadata/class.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Principal } from '../runtime/principal.js';
import type { Client } from '../runtime/context.js';
import type { Implementation, LoggingLevel } from '../spec.js';
import type { Tasks } from '../tasks/tasks.js';
import type { Admission } from './admission.js';
import type { Cursors } from './sealed/cursors.js';
import type { Answer, Exchange } from './messages/exchange.js';
import type { JsonRpcNotification, JsonRpcRequest, JsonRpcResponse } from './messages/json-rpc.js';
import type { RequestStateCodec } from './sealed/request-state.js';
import type { CheckedExtension } from './extensions/served-extension.js';

/** What the protocol serves, all of it built at boot. */
export interface ProtocolHost {
  readonly identity: Implementation;
  readonly instructions?: string;
  /** What clients are offered now. */
  readonly catalog: Catalog;
  /** All there is, whether it is offered now or not: features and their capabilities do not come and go. */
  readonly whole: Catalog;
  /** Told of every change of what is offered; returns what ends it. */
  readonly onChange: (listener: (change: CatalogChange) => void) => () => void;
  readonly runtime: Runtime;
  readonly tasks: Tasks;
  readonly extensions: readonly CheckedExtension[];
  readonly requestState: RequestStateCodec;
  readonly cursors: Cursors;
  /** How often each caller may call, and how much of it may run. */
  readonly admission: Pick<Admission, 'serve'>;
  /** How many entries a page of a list holds. */
  readonly pageSize: number;
  /** The most `subscriptions/listen` that one authenticated owner has open. */
  readonly subscriptionsPerOwner: number;
  /** Told of every error that is answered with "internal error", under the reference that the answer names. */
  readonly report: (error: unknown, reference: string) => void;
  /**
   * The name of this process among those that serve the app's sessions: the ids of questions to clients carry it, so that
   * an answer finds its way back. Absent where there is one process.
   */
  readonly place?: string;
}

/** MCP without a transport: both revisions, served from one catalog. */
export interface Protocol {
  /** Serves one request of 2026-07-28, which carries everything it needs. */
  serve(request: JsonRpcRequest, exchange: Exchange): Answer | Promise<Answer>;
  /** Opens a 2025-11-25 session from its `initialize` request; no session where the answer is an error. */
  initialize(request: JsonRpcRequest, exchange: Exchange): { readonly answer: Answer; readonly session?: Session };
  /** Opens a session that was initialized elsewhere, for a caller who is its owner. */
  restore(state: SessionState, exchange: Pick<Exchange, 'principal' | 'headers'>): Session;
  /**
   * Takes a notification of 2026-07-28 that came on a channel (stdio): `notifications/cancelled` ends the request of
   * that channel that it names, and everything else is ignored. Over HTTP a client cancels by closing its stream.
   */
  receive(notification: JsonRpcNotification, channel: object): void;
  /** Ends every `subscriptions/listen` with its final result. Idempotent; requests are still served. */
  close(): void;
}

/** What the two sides of a session agreed on: all that another process needs to go on with it. */
export interface SessionState {
  readonly protocolVersion: string;
  readonly client: Client;
  /** Absent until the client sets one. */
  readonly logLevel?: LoggingLevel;
}

/** What a transport does for a session that other processes serve too. */
export interface SessionPlace {
  /** Whether it falls to this process to tell the client of what all processes hear of. */
  isHere(): boolean;
  /** Keeps a subscription, or its end, for all processes. */
  keep(uri: string, isSubscribed: boolean): Awaitable<void>;
}

/** One client on 2025-11-25: what it negotiated, what runs for it and how to reach it. */
export interface Session {
  readonly principal: Principal;
  readonly state: SessionState;
  /** Its owner came with another token: what it may be told of is what that one may see. */
  renew(principal: Principal): void;
  serve(request: JsonRpcRequest, exchange: Exchange): Answer | Promise<Answer>;
  /**
   * Takes a notification, or the client's answer to a request of ours. Calls `elsewhere` for what it does not know and another
   * process of the session may: `place` is the one that asked, where the message tells. A promise resolves when the message is
   * kept or handed on; it rejects with `STORE_UNAVAILABLE` where it is not, and the answer to a task is then kept for it for some
   * minutes.
   */
  receive(
    message: JsonRpcNotification | JsonRpcResponse,
    principal: Principal,
    elsewhere?: (place?: string) => Awaitable<void>,
  ): Awaitable<void>;
  /** The level that the client set in another process. */
  setLogLevel(level: LoggingLevel): void;
  /** A resource that the client subscribed to, or no longer, in another process. */
  remember(uri: string, isSubscribed: boolean): void;
  /** Where messages go that belong to no request; undefined while nobody listens (then they are dropped: all of them are hints). */
  attach(send: ((message: JsonRpcNotification | JsonRpcRequest) => void) | undefined, place?: SessionPlace): void;
  /** Asks whether the client is there; false where it did not answer within the milliseconds. */
  ping(send: (message: JsonRpcRequest) => void, within: number): Promise<boolean>;
  /** Aborts what runs in the foreground; tasks go on. */
  close(): void;
}
