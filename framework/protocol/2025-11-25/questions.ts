import { randomBytes } from 'node:crypto';
import { PerduraError, ToolError } from '../../errors.js';
import { atTime } from '../../runtime/at-time.js';
import type { Inbox, Question } from '../../runtime/journal/inbox.js';
import type { InputRequest, InputResponse } from '../../spec.js';
import type { Incoming } from '../messages/incoming.js';
import type { JsonRpcRequest, JsonRpcResponse } from '../messages/json-rpc.js';

interface Waiting {
  resolve(answer: InputResponse): void;
  reject(reason: unknown): void;
}

/**
 * The requests of one session that its client has not answered. Their ids are `s.<n>`; where there are several processes,
 * `s.<place>.<nonce>.<n>`: the place leads an answer back, and the nonce tells apart who asks for one session in one place.
 */
export class OpenRequests {
  readonly #waiting = new Map<string, Waiting>();
  readonly #prefix: string;
  #last = 0;

  constructor(place?: string) {
    this.#prefix = place === undefined ? 's.' : `s.${place}.${randomBytes(6).toString('base64url')}.`;
  }

  open(
    request: InputRequest | { readonly method: 'ping'; readonly params?: never },
    send: (message: JsonRpcRequest) => void,
  ): { id: string; answer: Promise<InputResponse> } {
    const id = `${this.#prefix}${++this.#last}`;
    const answer = new Promise<InputResponse>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    send({ jsonrpc: '2.0', id, method: request.method, ...(request.params && { params: { ...request.params } }) });
    return { id, answer };
  }

  /** False where nothing waits for this response. */
  settle(response: JsonRpcResponse): boolean {
    const waiting = this.#take(String(response.id));
    if ('result' in response) waiting?.resolve(response.result);
    else waiting?.reject(new ToolError(`The client could not answer: ${response.error.message.slice(0, 500)}`));
    return waiting !== undefined;
  }

  /** Gives a question up; false where it was answered already. */
  abandon(id: string, reason: unknown): boolean {
    const waiting = this.#take(id);
    waiting?.reject(reason);
    return waiting !== undefined;
  }

  #take(id: string): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}

/** The place that a question with this id was asked from; undefined where the id tells of none. */
export const placeOf = (id: unknown): string | undefined => /^s\.([\w-]+)\.[\w-]+\.\d+$/.exec(String(id))?.[1];

/** The questions of one foreground call: requests on its own stream, answered while it waits in memory. */
export class StreamInbox implements Inbox {
  // The stream is open for as long as the client wants it to be.
  readonly hold = Infinity;
  // The ids of the questions that are out, by their keys. Made on first use: most calls ask nothing.
  #asked: Map<string, string> | undefined;
  /** What takes back the timers that have not gone off. */
  #timers: Set<() => void> | undefined;

  constructor(
    private readonly incoming: Incoming,
    private readonly requests: OpenRequests,
  ) {}

  async ask(key: string, { request, deadline }: Question): Promise<InputResponse> {
    const { id, answer } = this.requests.open(request, (message) => this.incoming.exchange.send(message));
    const asked = (this.#asked ??= new Map());
    asked.set(key, id);
    const stop =
      deadline !== undefined && this.#at(deadline, () => this.#giveUp(id, PerduraError.of('ELICITATION_EXPIRED', key)));
    try {
      return await answer;
    } finally {
      asked.delete(key);
      if (stop) stop();
    }
  }

  sleep(_key: string, until: number): Promise<void> {
    return new Promise((resolve) => void this.#at(until, resolve));
  }

  completed(elicitationId: string): void {
    this.incoming.exchange.send({
      jsonrpc: '2.0',
      method: 'notifications/elicitation/complete',
      params: { elicitationId },
    });
  }

  forget(key: string): void {
    const id = this.#asked?.get(key);
    if (id !== undefined) this.#giveUp(id, new Error('Nobody waits for it.'));
  }

  /** The call is over or cancelled: its client need not answer any more. */
  close(reason: string): void {
    for (const stop of this.#timers ?? []) stop();
    for (const id of this.#asked?.values() ?? []) this.#giveUp(id, new Error(reason));
  }

  #giveUp(id: string, reason: unknown): void {
    if (!this.requests.abandon(id, reason)) return;
    const params = { requestId: id, reason: 'No longer needed.' };
    this.incoming.exchange.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params });
  }

  #at(time: number, act: () => void): () => void {
    const timers = (this.#timers ??= new Set());
    const stop = atTime(time, () => {
      timers.delete(stop);
      act();
    });
    timers.add(stop);
    return stop;
  }
}
