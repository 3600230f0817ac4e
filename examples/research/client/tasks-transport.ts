import type { JSONRPCMessage, Transport, TransportSendOptions } from '@modelcontextprotocol/client';
import { type DetailedTask, type Following, followTask } from './follow-task.js';

/** The extension's identifier in `capabilities.extensions`. */
export const TASKS = 'io.modelcontextprotocol/tasks';

interface Message {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: object;
  readonly error?: object;
}

/**
 * The tasks extension for a client that does not have it. A `tools/call` that the server answers with a task is followed to
 * its end here (`tasks/get`, its questions answered through `tasks/update`), and the client gets the tool's own result.
 */
export class TasksTransport implements Transport {
  onmessage?: Transport['onmessage'];
  onclose?: () => void;
  onerror?: (error: Error) => void;
  /** The envelopes (`_meta`) of the tool calls under way. */
  private readonly calls = new Map<string | number, unknown>();
  /** What waits for the answers to requests of the extension. */
  private readonly waiting = new Map<string | number, (message: Message) => void>();
  private readonly stopped = new AbortController();
  private requests = 0;

  constructor(
    private readonly inner: Transport,
    private readonly options: Pick<Following, 'answer' | 'onStatus'> & { readonly onTask: (taskId: string) => void },
  ) {
    inner.onmessage = (message) => this.receive(message);
    inner.onclose = () => {
      this.stop();
      this.onclose?.();
    };
    inner.onerror = (error) => this.onerror?.(error);
  }

  get hasPerRequestStream(): boolean {
    return this.inner.hasPerRequestStream ?? false;
  }

  start(): Promise<void> {
    return this.inner.start();
  }

  close(): Promise<void> {
    this.stop();
    return this.inner.close();
  }

  setProtocolVersion(version: string): void {
    this.inner.setProtocolVersion?.(version);
  }

  setSupportedProtocolVersions(versions: string[]): void {
    this.inner.setSupportedProtocolVersions?.(versions);
  }

  send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    const { id, method, params } = message as Message;
    if (method === 'tools/call' && id !== undefined) this.calls.set(id, params?._meta);
    return this.inner.send(message, options);
  }

  private receive(message: JSONRPCMessage): void {
    const { id, result, method } = message as Message;
    if (id === undefined || method !== undefined) return this.onmessage?.(message);
    const meta = this.calls.get(id);
    const isOfCall = this.calls.delete(id);
    const settle = this.waiting.get(id);
    if (this.waiting.delete(id)) settle?.(message as Message);
    else if (isOfCall && isTask(result)) void this.deliver(id, result, meta);
    else this.onmessage?.(message);
  }

  private async deliver(id: string | number, task: DetailedTask, meta: unknown): Promise<void> {
    this.options.onTask(task.taskId);
    const end = await followTask(task, {
      ...this.options,
      // The extension's requests carry the same envelope as the call that they belong to.
      request: (method, params) => this.request(method, { ...params, _meta: meta }),
      signal: this.stopped.signal,
    }).catch((error: Error) => ({ error: { code: -32603, message: error.message } }));
    this.onmessage?.({ jsonrpc: '2.0', id, ...end } as JSONRPCMessage);
  }

  private request<T>(method: string, params: Record<string, unknown>): Promise<T> {
    const id = `task-${++this.requests}`;
    return new Promise<T>((resolve, reject) => {
      this.waiting.set(id, ({ result, error }) => {
        if (error === undefined) resolve(result as T);
        else reject(new Error((error as { message?: string }).message ?? `${method} was refused.`));
      });
      this.inner.send({ jsonrpc: '2.0', id, method, params } as JSONRPCMessage).catch(reject);
    });
  }

  /** Whoever waits for an answer of a connection that is gone must hear of it. */
  private stop(): void {
    this.stopped.abort();
    for (const settle of this.waiting.values()) settle({ error: { message: 'The connection was closed.' } });
    this.waiting.clear();
  }
}

function isTask(result: object | undefined): result is DetailedTask {
  return result !== undefined && 'resultType' in result && result.resultType === 'task';
}
