import { NOTHING } from '../../protocol/messages/answer.js';
import type { Answer, Exchange } from '../../protocol/messages/exchange.js';
import type { JsonRpcNotification, JsonRpcRequest } from '../../protocol/messages/json-rpc.js';
import { ANONYMOUS, type Principal } from '../../runtime/principal.js';
import { EventStream, type Pulse } from '../streams/event-stream.js';
import { isLoopback, networkOf } from '../host-names.js';
import { LoggedStream } from '../streams/logged-stream.js';
import type { InboundRequest, OutboundResponse } from '../http-port.js';
import type { RequestId } from '../../spec.js';
import { COMMON_HEADERS, type Refusal, withId } from './refusals.js';

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

  /** An owner, or the network of a stranger. All of this machine are one, since a proxy on it speaks for many. */
  get caller(): string | undefined {
    const { owner } = this.principal;
    if (owner !== ANONYMOUS.owner) return `owner ${owner}`;
    const address = this.request.socket?.remoteAddress?.replace(/^::ffff:/, '');
    return address === undefined || isLoopback(address) ? undefined : `address ${networkOf(address)}`;
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
    if (this.#finished || !this.#log || (this.response.destroyed && !this.#stream)) return;
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

  /** Asks the client, where its answer has not begun, to send its next request over another connection. */
  isLast(): void {
    if (!this.#finished && !this.response.headersSent) this.response.setHeader('connection', 'close');
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
    if (this.response.writableLength > 0) cutOffWhenUnread(this.response, this.pulse.patience);
  }
}

/** An answer that was written at once waits in memory for its reader: it is cut off where nothing of it was taken for so long. */
function cutOffWhenUnread(response: OutboundResponse, patience: number): void {
  const { socket } = response;
  // Where there is a limit of the server's already, that one holds.
  if (!socket?.setTimeout || socket.timeout) return;
  const cut = (): void => void response.destroy();
  // Node's own watch sees also what was taken of a single write.
  socket.setTimeout(patience, cut);
  response.once('close', () => {
    socket.off?.('timeout', cut);
    // Unless the server has set its own, for the connection to be used again.
    if (socket.timeout === patience) socket.setTimeout?.(0);
  });
}

const JSON_HEADERS = ['content-type', 'application/json', ...COMMON_HEADERS, 'content-length'] as const;

/** The whole answer in one write; an empty one for a request that was cancelled. */
export function writeJson(response: OutboundResponse, { status, body }: Answer, extra: readonly string[] = []): void {
  if (body === '') return writeAccepted(response);
  write(response, status, [...extra, ...JSON_HEADERS, String(Buffer.byteLength(body))], body);
}

export const writeAccepted = (response: OutboundResponse): void =>
  write(response, 202, ['content-length', '0', ...COMMON_HEADERS]);

export const writeNoContent = (response: OutboundResponse): void => write(response, 204, [...COMMON_HEADERS]);

/** `id` is of the request that is refused, where one could be read. */
export function writeRefusal(response: OutboundResponse, refusal: Refusal, id?: RequestId): void {
  const { status, headers, body } = id === undefined ? refusal : withId(refusal, id);
  write(response, status, headers as string[], body);
}

function write(response: OutboundResponse, status: number, headers: string[], body?: string): void {
  // Somebody in front of the endpoint may have answered meanwhile, as a time limit does: a second answer would throw where nobody
  // could catch it.
  if (response.headersSent) return;
  response.writeHead(status, headers);
  response.end(body);
}
