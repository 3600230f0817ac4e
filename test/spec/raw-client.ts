import type { App } from 'perdura';
import type { Answer, Exchange } from '../../framework/protocol/messages/exchange.js';
import type { JsonRpcNotification, JsonRpcRequest } from '../../framework/protocol/messages/json-rpc.js';
import { parseMessage } from '../../framework/protocol/messages/parse-message.js';
import type { Session } from '../../framework/protocol/protocol.js';
import { ANONYMOUS, type Principal } from '../../framework/runtime/principal.js';
import { type Revision, validate } from '../schema-check.js';

export type Fields = Record<string, unknown>;

/** A response as it came, with the HTTP status that it would have; `silent` where there was none. */
export interface Response {
  readonly status: number;
  readonly silent: boolean;
  /** What came right after it. */
  readonly after?: JsonRpcNotification;
  // Tests read into results of every kind; the schemas have checked them by then.
  readonly result?: any;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: Fields };
}

export interface RawOptions {
  readonly principal?: Principal;
  readonly capabilities?: Fields;
  /** HTTP headers; with them the exchange counts as HTTP. `true`: those of a well-behaved client. */
  readonly headers?: true | Fields;
  /** The channel that the requests share, as on stdio. */
  readonly channel?: object;
  /** Members of `_meta` beside what every request carries. */
  readonly meta?: Fields;
  /** Sends what no client may send: the request is not held against the schemas. */
  readonly broken?: boolean;
}

/** A request in flight. */
export interface Pending {
  readonly id: number;
  readonly response: Promise<Response>;
  /** What came before the response. */
  readonly messages: (JsonRpcNotification | JsonRpcRequest)[];
  hangUp(): void;
}

/** Whoever is asked for an error answers with one sentence, whatever was wrong. */
export const MORE_THAN_A_SENTENCE = /[.!?]\s+\S/;

export const EVERYTHING = { elicitation: { form: {} }, sampling: { tools: {} }, roots: {} };
export const TASKS = 'io.modelcontextprotocol/tasks';
export const META = 'io.modelcontextprotocol/';

/** A client that says exactly what it is told to, and holds every message of both sides against the official schemas. */
abstract class RawClient {
  protected lastId = 0;
  readonly principal: Principal;

  constructor(
    readonly revision: Revision,
    readonly app: App,
    readonly options: RawOptions,
  ) {
    this.principal = options.principal ?? ANONYMOUS;
  }

  async request(method: string, params?: Fields, options?: RawOptions): Promise<Response> {
    return this.start(method, params, options).response;
  }

  abstract start(method: string, params?: Fields, options?: RawOptions): Pending;

  protected open(
    method: string,
    params: Fields | undefined,
    options: RawOptions,
    headers: Fields | undefined,
    serve: (request: JsonRpcRequest, exchange: Exchange) => Answer | Promise<Answer>,
  ): Pending {
    const id = ++this.lastId;
    const sent = { jsonrpc: '2.0', id, method, ...(params && { params }) };
    if (!options.broken) expect(validate(this.revision, 'sent', sent)).toEqual([]);
    const parsed = parseMessage(JSON.stringify(sent));
    if (parsed.kind !== 'request') throw new Error('That was no request.');
    const messages: (JsonRpcNotification | JsonRpcRequest)[] = [];
    const listeners: (() => void)[] = [];
    let over = false;
    const exchange: Exchange = {
      principal: options.principal ?? this.principal,
      ...(headers && { headers: headers as NonNullable<Exchange['headers']> }),
      ...(options.channel && { channel: options.channel }),
      send: (message) => {
        expect(over).toBe(false);
        expect(validate(this.revision, 'received', message)).toEqual([]);
        const arrived = JSON.parse(JSON.stringify(message)) as JsonRpcNotification | JsonRpcRequest;
        messages.push(arrived);
        this.arrived(arrived);
      },
      onClose: (listener) => void listeners.push(listener),
    };
    const answered = async (): Promise<Response> => {
      const { status, body, after } = await serve(parsed.message, exchange);
      over = true;
      if (after) expect(validate(this.revision, 'received', after)).toEqual([]);
      if (body === '') return { status, silent: true, ...(after && { after }) };
      const message = JSON.parse(body) as Fields;
      // A member that stood twice would be one thing to one reader and another to the next.
      expect(JSON.stringify(message)).toBe(body);
      expect(validate(this.revision, 'received', message, method)).toEqual([]);
      expect(message['id']).toBe(id);
      const { message: why } = (message['error'] ?? {}) as { readonly message?: string };
      if (why !== undefined) expect(why).not.toMatch(MORE_THAN_A_SENTENCE);
      return { status, silent: false, ...message, ...(after && { after }) };
    };
    return { id, messages, response: answered(), hangUp: () => listeners.splice(0).forEach((listener) => listener()) };
  }

  protected arrived(_message: JsonRpcNotification | JsonRpcRequest): void {}
}

export class RawClient2026 extends RawClient {
  constructor(app: App, options: RawOptions = {}) {
    super('2026-07-28', app, options);
  }

  start(method: string, params: Fields = {}, own: RawOptions = {}): Pending {
    const options = { ...this.options, ...own };
    const _meta = {
      [`${META}protocolVersion`]: '2026-07-28',
      [`${META}clientInfo`]: { name: 'raw', version: '1' },
      [`${META}clientCapabilities`]: options.capabilities ?? { ...EVERYTHING, extensions: { [TASKS]: {} } },
      ...options.meta,
    };
    const name = params['name'] ?? params['uri'] ?? params['taskId'];
    const usual = {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(name !== undefined && { 'mcp-name': name }),
    };
    const headers = options.headers === true ? usual : options.headers && { ...usual, ...options.headers };
    return this.open(method, { _meta, ...params }, options, headers, (request, exchange) =>
      this.app.protocol.serve(request, exchange),
    );
  }

  /** Calls again and again with answers, until the result is no question. */
  async converse(
    method: string,
    params: Fields,
    answer: (key: string, question: Fields) => unknown,
  ): Promise<Response[]> {
    const responses: Response[] = [];
    for (let more: Fields = {}; ;) {
      const response = await this.request(method, { ...params, ...more });
      responses.push(response);
      if (response.result?.resultType !== 'input_required') return responses;
      const { inputRequests, requestState } = response.result as {
        inputRequests: Record<string, Fields>;
        requestState: string;
      };
      const inputResponses = Object.fromEntries(
        Object.entries(inputRequests).map(([key, question]) => [key, answer(key, question)]),
      );
      more = { inputResponses, requestState };
    }
  }
}

export class RawClient2025 extends RawClient {
  readonly session: Session;
  readonly initialized: Response;
  /** What came on the stream that belongs to no request. */
  readonly unasked: (JsonRpcNotification | JsonRpcRequest)[] = [];
  /** Answers what the server asks, where it is given. */
  answer: ((question: JsonRpcRequest) => Fields | undefined) | undefined;

  constructor(app: App, options: RawOptions = {}, protocolVersion = '2025-11-25') {
    super('2025-11-25', app, options);
    const capabilities = options.capabilities ?? EVERYTHING;
    const params = { protocolVersion, capabilities, clientInfo: { name: 'raw', version: '1' } };
    const headers = options.headers === undefined ? undefined : {};
    const hello = { jsonrpc: '2.0' as const, id: 0, method: 'initialize', params };
    if (!options.broken) expect(validate('2025-11-25', 'sent', hello)).toEqual([]);
    const opened = app.protocol.initialize(hello, {
      principal: this.principal,
      ...(headers && { headers }),
      send: () => undefined,
      onClose: () => undefined,
    });
    const message = JSON.parse(opened.answer.body) as Fields;
    expect(validate('2025-11-25', 'received', message, 'initialize')).toEqual([]);
    this.initialized = { status: opened.answer.status, silent: false, ...message };
    this.session = opened.session as Session;
    this.session.attach((unasked) => {
      expect(validate('2025-11-25', 'received', unasked)).toEqual([]);
      this.unasked.push(unasked);
    });
    this.notify('notifications/initialized');
  }

  start(method: string, params?: Fields, own: RawOptions = {}): Pending {
    const all = own.meta ? { ...params, _meta: own.meta } : params;
    return this.open(method, all, { ...this.options, ...own }, undefined, (request, exchange) =>
      this.session.serve(request, exchange),
    );
  }

  notify(method: string, params?: Fields): void {
    const message = { jsonrpc: '2.0' as const, method, ...(params && { params }) };
    expect(validate('2025-11-25', 'sent', message)).toEqual([]);
    void this.session.receive(message, this.principal);
  }

  /** Answers a request of the server's, on this session. */
  respond(
    id: string | number,
    outcome: { readonly result: Fields } | { readonly error: { code: number; message: string } },
  ): void {
    void this.session.receive({ jsonrpc: '2.0', id, ...outcome }, this.principal);
  }

  protected override arrived(message: JsonRpcNotification | JsonRpcRequest): void {
    if (!('id' in message)) return;
    const result = this.answer?.(message);
    if (result) queueMicrotask(() => this.respond(message.id, { result }));
  }
}

export const textOf = ({ result }: Response): string => (result.content as { text: string }[])[0]?.text ?? '';

/** An elicitation that was accepted with this content. */
export const accept = (content: Fields): Fields => ({ action: 'accept', content });

/** What a model says. */
export const says = (text: string): Fields => ({
  role: 'assistant',
  model: 'm',
  content: { type: 'text', text },
  stopReason: 'endTurn',
});

export const ALICE: Principal = { owner: 'alice', scopes: [] };
export const BOB: Principal = { owner: 'bob', scopes: [] };
