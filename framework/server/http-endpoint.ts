import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from '../protocol/exchange.js';
import type { JsonRpcRequest } from '../protocol/json-rpc.js';
import { parseMessage, type ParsedMessage } from '../protocol/parse-message.js';
import type { Session } from '../protocol/protocol.js';
import { ANONYMOUS, type Principal } from '../runtime/principal.js';
import type { App } from './app.js';
import { EventStream, Pulse } from './event-stream.js';
import { failureAnswer } from './failure.js';
import { drain, readBody } from './http-body.js';
import { HttpExchange, writeAccepted, writeJson, writeRefusal } from './http-exchange.js';
import { acceptsAnswer, acceptsStream, isJson } from './http-headers.js';
import type { HttpSettings } from './http-options.js';
import { REFUSAL, type Refusal } from './http-refusals.js';
import { carriesVersion, headerVersion, unsupportedVersion } from './revision.js';
import { Running } from './running.js';
import { Sessions, type OpenSession } from './sessions.js';
import { decodeUtf8 } from './utf8.js';

type Valid = Exclude<ParsedMessage, { kind: 'invalid' }>;

/** The MCP endpoint: one HTTP request is one message. Both revisions are told apart here and nowhere else. */
export class HttpEndpoint {
  readonly #running = new Running();
  readonly #sessions: Sessions;
  readonly #pulse: Pulse;
  #closed: Promise<void> | undefined;

  constructor(
    private readonly app: Pick<App, 'protocol' | 'report'>,
    private readonly settings: HttpSettings,
  ) {
    this.#sessions = new Sessions(settings.sessions);
    this.#pulse = new Pulse(settings.keepAlive);
  }

  post(request: IncomingMessage, response: ServerResponse): void {
    const { headers } = request;
    if (this.#closed) return this.refuse(request, response, REFUSAL.closing);
    if (!isJson(headers['content-type'])) return this.refuse(request, response, REFUSAL.contentType);
    if (headers['content-encoding'] !== undefined) return this.refuse(request, response, REFUSAL.contentEncoding);
    if (!acceptsAnswer(headers.accept)) return this.refuse(request, response, REFUSAL.accept);
    this.#identify(request, response, (principal) => {
      readBody(request, this.settings.maxBodyBytes, (body) => {
        if (body === undefined) return writeRefusal(response, REFUSAL.tooLarge);
        const text = decodeUtf8(body);
        if (text === undefined) return writeRefusal(response, REFUSAL.encoding);
        const parsed = parseMessage(text);
        if (parsed.kind === 'invalid') return writeJson(response, parsed.answer);
        const exchange = new HttpExchange(principal, request, response, this.#pulse);
        try {
          this.#route(parsed, exchange, response);
        } catch (error) {
          const id = parsed.kind === 'request' ? parsed.message.id : undefined;
          exchange.finish(failureAnswer(this.app, id, error));
        }
      });
    });
  }

  /** Opens the stream for messages that belong to no request (2025-11-25, "Listening for Messages from the Server"). */
  get(request: IncomingMessage, response: ServerResponse): void {
    if (this.#closed) return this.refuse(request, response, REFUSAL.closing);
    if (!acceptsStream(request.headers.accept)) return this.refuse(request, response, REFUSAL.acceptStream);
    this.#withSession(request, response, (open) => {
      // A client that comes back after its connection broke must not be kept out by the old stream, which may look alive.
      open.stream?.end();
      const stream = (open.stream = new EventStream(response, this.#pulse));
      open.session.attach((message) => stream.send(message));
      response.once('close', () => {
        if (open.stream !== stream) return;
        delete open.stream;
        open.usedAt = Date.now();
        open.session.attach(undefined);
      });
    });
  }

  delete(request: IncomingMessage, response: ServerResponse): void {
    this.#withSession(request, response, (open) => {
      this.#sessions.end(open);
      response.writeHead(204).end();
    });
  }

  refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
    writeRefusal(response, refusal);
    drain(request, this.settings.maxBodyBytes);
  }

  /**
   * Takes nothing new, ends the streams that would go on by themselves, waits up to `grace` milliseconds for what is being
   * served, then aborts it and ends the sessions. Idempotent.
   */
  close(grace: number): Promise<void> {
    return (this.#closed ??= (async () => {
      this.#sessions.endStreams();
      await this.#running.settled(grace);
      this.#running.abort();
      this.#sessions.close();
    })());
  }

  #route(parsed: Valid, exchange: HttpExchange, response: ServerResponse): void {
    const { headers } = exchange;
    const header = headers['mcp-protocol-version'];
    const version = headerVersion(header);
    if (version === 'stateless' || (parsed.kind !== 'response' && carriesVersion(parsed.message))) {
      return this.#stateless(parsed, exchange, response);
    }
    const requestId = parsed.kind === 'request' ? parsed.message.id : undefined;
    if (version === 'unknown') return writeJson(response, unsupportedVersion(header, requestId));

    const id = headers['mcp-session-id'];
    if (parsed.kind === 'request' && parsed.message.method === 'initialize') {
      if (id !== undefined) return writeRefusal(response, REFUSAL.sessionExists);
      const { answer, session } = this.app.protocol.initialize(parsed.message, exchange);
      return exchange.finish(answer, session && ['mcp-session-id', this.#sessions.add(session).id]);
    }
    if (typeof id !== 'string') return writeRefusal(response, REFUSAL.sessionRequired);
    const open = this.#sessions.find(id, exchange.principal.owner);
    if (!open) return writeRefusal(response, REFUSAL.sessionUnknown);
    if (parsed.kind === 'request') return this.#answer(open.session, parsed.message, exchange, open);
    open.session.receive(parsed.message, exchange.principal);
    writeAccepted(response);
  }

  #stateless(parsed: Valid, exchange: HttpExchange, response: ServerResponse): void {
    if (parsed.kind === 'request') return this.#answer(this.app.protocol, parsed.message, exchange);
    if (parsed.kind === 'response') return writeRefusal(response, REFUSAL.responseUnexpected);
    // 2026-07-28 defines no notification to the server over HTTP: what comes is accepted and has no effect.
    writeAccepted(response);
  }

  /** Answers in the same tick where the call does: a promise for each request would be paid for by all that need none. */
  #answer(from: Pick<Session, 'serve'>, message: JsonRpcRequest, exchange: HttpExchange, open?: OpenSession): void {
    const answer = from.serve(message, exchange);
    if (!('then' in answer)) return exchange.finish(answer);
    this.#running.add(exchange, message.method);
    if (open) open.running++;
    const finish = (final: Answer): void => {
      this.#running.delete(exchange);
      if (open) {
        open.running--;
        open.usedAt = Date.now();
      }
      exchange.finish(final);
    };
    answer.then(finish, (error: unknown) => finish(failureAnswer(this.app, message.id, error)));
  }

  #withSession(request: IncomingMessage, response: ServerResponse, then: (open: OpenSession) => void): void {
    const { 'mcp-session-id': id, 'mcp-protocol-version': header } = request.headers;
    const version = headerVersion(header);
    // 2026-07-28 has neither sessions nor streams of their own, and ignores a session id.
    if (typeof id !== 'string' || version === 'stateless') return this.refuse(request, response, REFUSAL.stateless);
    this.#identify(request, response, (principal) => {
      const open = this.#sessions.find(id, principal.owner);
      if (version === 'unknown') writeJson(response, unsupportedVersion(header));
      else if (open) then(open);
      else writeRefusal(response, REFUSAL.sessionUnknown);
      drain(request, this.settings.maxBodyBytes);
    });
  }

  #identify(request: IncomingMessage, response: ServerResponse, then: (principal: Principal) => void): void {
    const { authenticate } = this.settings;
    if (!authenticate) return then(ANONYMOUS);
    new Promise<Principal>((resolve) => resolve(authenticate(request))).then(then, () =>
      this.refuse(request, response, REFUSAL.unauthenticated),
    );
  }
}
