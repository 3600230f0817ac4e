import type { Catalog } from '../catalog/catalog.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Principal } from '../runtime/principal.js';
import type { Implementation } from '../spec.js';
import type { Tasks } from '../tasks/tasks.js';
import type { Answer, Exchange } from './exchange.js';
import type { JsonRpcNotification, JsonRpcRequest, JsonRpcResponse } from './json-rpc.js';
import type { RequestStateCodec } from './request-state.js';

/** What the protocol serves, all of it built at boot. */
export interface ProtocolHost {
  readonly identity: Implementation;
  readonly instructions?: string;
  readonly catalog: Catalog;
  readonly runtime: Runtime;
  readonly tasks: Tasks;
  readonly requestState: RequestStateCodec;
  /** How many entries a page of a list holds. */
  readonly pageSize: number;
  /** Told of every error that is answered with "internal error", under the reference that the answer names. */
  readonly report: (error: unknown, reference: string) => void;
}

/** MCP without a transport: both revisions, served from one catalog. */
export interface Protocol {
  /** Serves one request of 2026-07-28, which carries everything it needs. */
  serve(request: JsonRpcRequest, exchange: Exchange): Answer | Promise<Answer>;
  /** Opens a 2025-11-25 session from its `initialize` request; no session where the answer is an error. */
  initialize(request: JsonRpcRequest, exchange: Exchange): { readonly answer: Answer; readonly session?: Session };
  /**
   * Takes a notification of 2026-07-28 that came on a channel (stdio): `notifications/cancelled` ends the request of
   * that channel that it names, and everything else is ignored. Over HTTP a client cancels by closing its stream.
   */
  receive(notification: JsonRpcNotification, channel: object): void;
  /** Ends every `subscriptions/listen` with its final result. Idempotent; requests are still served. */
  close(): void;
}

/** One client on 2025-11-25: what it negotiated, what runs for it and how to reach it. */
export interface Session {
  readonly principal: Principal;
  /** The revision that the two sides agreed on. */
  readonly protocolVersion: string;
  serve(request: JsonRpcRequest, exchange: Exchange): Answer | Promise<Answer>;
  /** Takes a notification, or the client's answer to a request of ours. Ignores what it does not know. */
  receive(message: JsonRpcNotification | JsonRpcResponse, principal: Principal): void;
  /** Where messages go that belong to no request; undefined while nobody listens (then they are dropped: all of them are hints). */
  attach(send: ((message: JsonRpcNotification | JsonRpcRequest) => void) | undefined): void;
  /** Aborts what runs in the foreground; tasks go on. */
  close(): void;
}
