import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Answer, Exchange } from '../protocol/exchange.js';
import type { JsonRpcNotification, JsonRpcRequest } from '../protocol/json-rpc.js';
import type { Principal } from '../runtime/principal.js';
import { EventStream, type Pulse } from './event-stream.js';
import { COMMON_HEADERS, type Refusal } from './http-refusals.js';

/** One request over HTTP: plain JSON, unless something must be said before its result. */
export class HttpExchange implements Exchange {
  #stream: EventStream | undefined;
  #listeners: (() => void)[] | undefined;
  #finished = false;

  constructor(
    readonly principal: Principal,
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly pulse: Pulse,
  ) {}

  get headers(): IncomingHttpHeaders {
    return this.request.headers;
  }

  send(message: JsonRpcNotification | JsonRpcRequest): void {
    if (this.#finished || this.response.destroyed) return;
    // The headers are held until now: only the first message decides that the answer is a stream.
    this.#stream ??= new EventStream(this.response, this.pulse);
    this.#stream.send(message);
  }

  onClose(listener: () => void): void {
    if (this.#finished) return;
    if (this.response.destroyed) return queueMicrotask(listener);
    if (!this.#listeners) {
      this.#listeners = [];
      this.response.once('close', () => this.close());
    }
    this.#listeners.push(listener);
  }

  /** Tells the listeners that the request should end. What is answered then still goes out where somebody is there to read it. */
  close(): void {
    const listeners = this.#listeners;
    if (this.#finished || !listeners) return;
    this.#listeners = [];
    for (const listener of listeners) listener();
  }

  finish(answer: Answer, extra?: readonly string[]): void {
    if (this.#finished) return;
    this.#finished = true;
    if (this.#stream) return this.#stream.end(answer.body || undefined);
    writeJson(this.response, answer, extra);
  }
}

const JSON_HEADERS = ['content-type', 'application/json', ...COMMON_HEADERS, 'content-length'] as const;

/** The whole answer in one write; an empty one for a request that was cancelled. */
export function writeJson(response: ServerResponse, { status, body }: Answer, extra: readonly string[] = []): void {
  if (body === '') return writeAccepted(response);
  response.writeHead(status, [...extra, ...JSON_HEADERS, String(Buffer.byteLength(body))]);
  response.end(body);
}

export function writeAccepted(response: ServerResponse): void {
  response.writeHead(202, ['content-length', '0', ...COMMON_HEADERS]);
  response.end();
}

export function writeRefusal(response: ServerResponse, { status, headers, body }: Refusal): void {
  response.writeHead(status, headers as string[]);
  response.end(body);
}
