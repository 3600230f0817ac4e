import type { Answer, Exchange } from '../protocol/messages/exchange.js';
import type {
  JsonRpcError,
  JsonRpcNotification,
  JsonRpcRequest,
  JsonRpcResponse,
} from '../protocol/messages/json-rpc.js';
import type { Principal } from '../runtime/principal.js';
import type { RequestId, TaskStatus } from '../spec.js';

/** A message as it crossed the wire, and which way. */
export interface WireMessage {
  readonly direction: 'sent' | 'received';
  readonly message: JsonRpcRequest | JsonRpcNotification | JsonRpcResponse;
  /** For a response, the method that it answers. */
  readonly method?: string;
}

/** The server answered with a JSON-RPC error. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  constructor(
    readonly code: number,
    message: string,
    readonly data: unknown,
    /** The HTTP status that the answer would have. */
    readonly status: number,
  ) {
    super(message);
  }
}

/** A task as a client of either revision sees it. */
export interface TaskView {
  readonly taskId: string;
  readonly status: TaskStatus;
  readonly statusMessage?: string;
  readonly createdAt: string;
  readonly lastUpdatedAt: string;
  /** Milliseconds. */
  readonly ttl: number | null;
  readonly pollInterval?: number;
}

/** Everything that crosses the wire goes through JSON, as it would over a real one. */
function crossWire<T>(message: T): T {
  return JSON.parse(JSON.stringify(message)) as T;
}

/** What one client keeps of its traffic; both revisions' connections are built on it. */
export class Wire {
  readonly messages: WireMessage[] = [];
  private lastId = 0;

  constructor(readonly principal: Principal) {}

  request(method: string, params: Readonly<Record<string, unknown>>): JsonRpcRequest {
    const message = crossWire<JsonRpcRequest>({ jsonrpc: '2.0', id: ++this.lastId, method, params });
    this.messages.push({ direction: 'sent', message });
    return message;
  }

  /** An exchange whose messages reach `receive`; `hangUp` is what a lost connection does. */
  exchange(receive: (message: JsonRpcRequest | JsonRpcNotification) => void): Exchange & { hangUp(): void } {
    const listeners: (() => void)[] = [];
    let isGone = false;
    return {
      principal: this.principal,
      send: (message) => receive(this.received(message)),
      onClose: (listener) => (isGone ? queueMicrotask(listener) : void listeners.push(listener)),
      hangUp: () => {
        isGone = true;
        listeners.splice(0).forEach((listener) => listener());
      },
    };
  }

  received<M extends JsonRpcRequest | JsonRpcNotification>(message: M): M {
    const arrived = crossWire(message);
    this.messages.push({ direction: 'received', message: arrived });
    return arrived;
  }

  /** `method` is the one that a response answers. */
  sent<M extends JsonRpcNotification | JsonRpcResponse>(message: M, method?: string): M {
    const leaving = crossWire(message);
    this.messages.push({ direction: 'sent', message: leaving, ...(method !== undefined && { method }) });
    return leaving;
  }

  /** The result of an answer; throws `RpcError` where it is an error. */
  open(answer: Answer, method: string): Record<string, unknown> {
    // A cancelled request is not answered.
    if (answer.body === '') throw new RpcError(-32603, 'The request was cancelled.', undefined, answer.status);
    const message = JSON.parse(answer.body) as JsonRpcResponse;
    this.messages.push({ direction: 'received', message, method });
    if ('error' in message) {
      const { code, message: text, data }: JsonRpcError = message.error;
      throw new RpcError(code, text, data, answer.status);
    }
    return message.result;
  }
}

/** What a test does with a connection, on either revision. */
export interface Connection {
  /**
   * Sends a request and answers what the server asks on the way. `signal` hangs up.
   * @throws PerduraError `ANSWER_REFUSED` where a question is asked again after three answers (2026-07-28)
   */
  request(
    method: string,
    params?: Readonly<Record<string, unknown>>,
    options?: RequestOptions,
  ): Promise<Record<string, unknown>>;
  /** @throws PerduraError `NO_TASK_MADE` where the server answers without making one (2026-07-28) */
  startTask(name: string, args?: Readonly<Record<string, unknown>>, ttl?: number): Promise<TaskView>;
  getTask(taskId: string): Promise<TaskView>;
  cancelTask(taskId: string): Promise<void>;
  /** Follows a task to its end, answering what it asks, and gives its result. */
  followTask(taskId: string): Promise<Record<string, unknown>>;
  /** Gives up what is in flight. */
  close(): Promise<void>;
}

/** What a test asks for beside its request. */
export interface RequestOptions {
  /** Asks for progress under this token. */
  readonly progressToken?: RequestId;
  /** Called for what arrives before the result. */
  readonly onMessage?: (message: JsonRpcNotification) => void;
  /** Hangs up when it aborts; on 2025-11-25 it sends `notifications/cancelled`. */
  readonly signal?: AbortSignal;
}
