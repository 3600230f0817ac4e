import type { Principal } from '../../runtime/principal.js';
import type { JsonRpcNotification, JsonRpcRequest } from './json-rpc.js';

/** One inbound request, as a transport hands it to the protocol, and the way back while it is served. */
export interface Exchange {
  readonly principal: Principal;
  /** Whose calls are counted together; absent where nothing tells callers apart. */
  readonly caller?: string | undefined;
  /** HTTP request headers by lower-case name; absent where the transport has none. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
  /**
   * The channel that carries many requests of one client (stdio), the same object for each of them; absent where a
   * request has a connection of its own (HTTP). `Protocol.receive` cancels requests of a channel.
   */
  readonly channel?: object;
  /** Sends what belongs to this request and comes before its result. Over HTTP the first use makes the answer a stream. */
  send(message: JsonRpcNotification | JsonRpcRequest): void;
  /**
   * Whether a hint would be sent if there were one; false where the reader is behind, so that none need be made for it. Absent
   * where there always is room.
   */
  hasRoom?(): boolean;
  /** Closes the connection under the answer for the client to come back for the rest; absent where it could not. */
  closeStream?(): void;
  /**
   * Tells that the answer waits for a task, so that another process can wait in this one's place where the connection breaks.
   * Absent where an answer belongs to its connection.
   */
  follows?(taskId: string): void;
  /** The ids of the questions that the client was asked before another process, or connection, carried on with the answer. */
  readonly carried?: readonly string[];
  /** Tells, at most once, that the client has gone before the result. */
  onClose(listener: () => void): void;
}

/** The final answer to a request, serialised once. */
export interface Answer {
  /** HTTP status to use where nothing has been streamed; other transports ignore it. */
  readonly status: number;
  /** The JSON-RPC response. Empty where the request was cancelled: then nothing more may be sent for it. */
  readonly body: string;
  /** On a channel that carries many requests: what follows the response, and says that its stream is closed. */
  readonly after?: JsonRpcNotification;
  /** Of a refusal: the seconds after which it is worth trying again. */
  readonly retryAfter?: number;
  /** Of a refusal: all the scopes that the call needs. */
  readonly scopes?: readonly string[];
}
