import { NOTHING } from '../protocol/answer.js';
import type { Answer, Exchange } from '../protocol/exchange.js';
import type { JsonRpcNotification, JsonRpcRequest } from '../protocol/json-rpc.js';
import { ANONYMOUS, type Principal } from '../runtime/principal.js';
import { EventStream, type Pulse } from './event-stream.js';
import { isLoopback } from './host-names.js';
import { LoggedStream } from './logged-stream.js';
import type { InboundRequest, OutboundResponse } from './http-port.js';
import { COMMON_HEADERS, type Refusal } from './http-refusals.js';

/** One request over HTTP: plain JSON, unless something must be said before its result. */
export class HttpExchange implements Exchange {
  #stream: EventStream | LoggedStream | undefined;
  #log: (() => LoggedStream) | undefined;
  #listeners: (() => void)[] | undefined;
  #finished = false;

  constructor(
    readonly principal: Principal,
    private readonly request: InboundRequest,
    private readonly response: OutboundResponse,
    private readonly pulse: Pulse,
    /** Of a stream that is carried on: the ids of the questions that stood on it. */
    readonly carried: readonly string[] = [],
  ) {}

  /** An owner, or the address of a stranger. All of this machine are one, since a proxy on it speaks for many. */
  get caller(): string | undefined {
    const { owner } = this.principal;
    if (owner !== ANONYMOUS.owner) return `owner ${owner}`;
    const address = this.request.socket?.remoteAddress?.replace(/^::ffff:/, '');
    return address === undefined || isLoopback(address) ? undefined : `address ${address}`;
  }

  get headers(): InboundRequest['headers'] {
    return this.request.headers;
  }

  /** Makes the answer a resumable stream, if it becomes a stream at all. */
  logTo(open: () => LoggedStream): void {
    this.#log = open;
  }

  follows(taskId: string): void {
    if (this.#finished || this.response.destroyed || !this.#log) return;
    this.#stream ??= this.#log();
    if (this.#stream instanceof LoggedStream) this.#stream.follow(taskId);
  }

  closeStream(): void {
    if (this.#finished || !this.#log) return;
    // An answer that has not become a stream by now does: the client needs an id to come back with.
    this.#stream ??= this.#log();
    if (this.#stream instanceof LoggedStream) this.#stream.pause();
  }

  send(message: JsonRpcNotification | JsonRpcRequest): void {
    if (this.#finished) return;
    // A stream that was logged goes on without its reader, who may come back.
    if (this.response.destroyed && !(this.#stream instanceof LoggedStream)) return;
    // The headers are held until now: only the first message decides that the answer is a stream.
    this.#stream ??= this.#log?.() ?? new EventStream(this.response, this.pulse);
    this.#stream.send(message);
  }

  hasRoom(): boolean {
    if (this.#finished) return false;
    return this.#stream ? this.#stream.hasRoom : !this.response.destroyed;
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

  /** Ends the request with this, unless another process may go on with it. */
  cutOff(answer: Answer, isCarriedOn: boolean): void {
    const isElsewhere = isCarriedOn && this.#stream instanceof LoggedStream && this.#stream.followsTask;
    this.finish(isElsewhere ? NOTHING : answer);
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
export function writeJson(response: OutboundResponse, { status, body }: Answer, extra: readonly string[] = []): void {
  if (body === '') return writeAccepted(response);
  response.writeHead(status, [...extra, ...JSON_HEADERS, String(Buffer.byteLength(body))]);
  response.end(body);
}

export function writeAccepted(response: OutboundResponse): void {
  response.writeHead(202, ['content-length', '0', ...COMMON_HEADERS]);
  response.end();
}

export function writeNoContent(response: OutboundResponse): void {
  response.writeHead(204, [...COMMON_HEADERS]);
  response.end();
}

export function writeRefusal(response: OutboundResponse, { status, headers, body }: Refusal): void {
  response.writeHead(status, headers as string[]);
  response.end(body);
}
