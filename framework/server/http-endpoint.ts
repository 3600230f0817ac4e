import { PerduraError } from '../errors.js';
import type { Awaitable } from '../metadata/class.js';
import { errorAnswer } from '../protocol/answer.js';
import type { Answer } from '../protocol/exchange.js';
import { CODE, type JsonRpcRequest } from '../protocol/json-rpc.js';
import { parseMessage, type ParsedMessage } from '../protocol/parse-message.js';
import type { Session } from '../protocol/protocol.js';
import { ANONYMOUS, type Principal } from '../runtime/principal.js';
import type { App } from './app.js';
import { atTime } from './at-time.js';
import { bearerChallenge } from './bearer-challenge.js';
import { Pulse } from './event-stream.js';
import { failureAnswer } from './failure.js';
import { drain, readBody, wasRead } from './http-body.js';
import { HttpExchange, writeAccepted, writeJson, writeNoContent, writeRefusal } from './http-exchange.js';
import { acceptsAnswer, acceptsStream, isJson } from './http-headers.js';
import type { HttpSettings } from './http-options.js';
import type { InboundRequest, OutboundResponse } from './http-port.js';
import { REFUSAL, type Refusal } from './http-refusals.js';
import { carriesVersion, headerVersion, unsupportedVersion } from './revision.js';
import { hasNoEnd, Running } from './running.js';
import { Sessions, type OpenSession } from './sessions.js';
import { type CarriedOn, STANDING, Streams } from './streams.js';
import { decodeUtf8 } from './utf8.js';

/** For a call that nobody cancelled, and that ran longer than a server that stops can wait. */
const STOPPED = {
  code: CODE.internalError,
  message: 'The server stopped before the call came to its end: look at what it has done, or call again.',
};

type Valid = Exclude<ParsedMessage, { kind: 'invalid' }>;

/** The MCP endpoint: one HTTP request is one message. Both revisions are told apart here and nowhere else. */
export class HttpEndpoint {
  readonly #running = new Running<HttpExchange>();
  readonly #sessions: Sessions;
  readonly #streams: Streams;
  readonly #pulse: Pulse;
  #closed: Promise<void> | undefined;
  readonly #report = (error: unknown): void => {
    // An outage of the store is told of by its connection, once and not for every request.
    const { retryAfter } = error as { readonly retryAfter?: unknown };
    if (retryAfter === undefined) this.app.report(error, 'sessions');
  };

  constructor(
    private readonly app: Pick<App, 'protocol' | 'ready' | 'report' | 'shared'>,
    private readonly settings: HttpSettings,
  ) {
    this.#sessions = new Sessions({
      limits: settings.sessions,
      protocol: app.protocol,
      report: this.#report,
      notify: (sessionId, message) => this.#streams.notify(sessionId, message),
      ...(app.shared && { shared: app.shared }),
    });
    this.#pulse = new Pulse(settings.keepAlive);
    this.#streams = new Streams({
      pulse: this.#pulse,
      report: this.#report,
      pings: settings.pings,
      hold: settings.maxConnectionTime,
      ...(app.shared && { shared: app.shared }),
    });
  }

  post(request: InboundRequest, response: OutboundResponse): void {
    const { headers } = request;
    if (this.#closed) return this.refuse(request, response, REFUSAL.closing);
    if (!isJson(headers['content-type'])) return this.refuse(request, response, REFUSAL.contentType);
    if (headers['content-encoding'] !== undefined) return this.refuse(request, response, REFUSAL.contentEncoding);
    if (!acceptsAnswer(headers.accept)) return this.refuse(request, response, REFUSAL.accept);
    if (wasRead(request) && request.body === undefined) {
      this.app.report(PerduraError.of('BODY_CONSUMED'), 'body');
      return this.refuse(request, response, REFUSAL.consumed);
    }
    this.#identify(request, response, (principal, until) => {
      readBody(request, this.settings.maxBodyBytes, (body) => {
        if (body === undefined) return writeRefusal(response, REFUSAL.tooLarge);
        const text = decodeUtf8(body);
        if (text === undefined) return writeRefusal(response, REFUSAL.encoding);
        const parsed = parseMessage(text);
        if (parsed.kind === 'invalid') return writeJson(response, parsed.answer);
        const exchange = new HttpExchange(principal, request, response, this.#pulse);
        try {
          this.#route(parsed, exchange, response, until);
        } catch (error) {
          const id = parsed.kind === 'request' ? parsed.message.id : undefined;
          exchange.finish(failureAnswer(this.app, id, error));
        }
      });
    });
  }

  /** Opens the stream for messages that belong to no request (2025-11-25, "Listening for Messages from the Server"). */
  get(request: InboundRequest, response: OutboundResponse): void {
    if (this.#closed) return this.refuse(request, response, REFUSAL.closing);
    if (!acceptsStream(request.headers.accept)) return this.refuse(request, response, REFUSAL.acceptStream);
    this.#withSession(request, response, (open, principal, until) => {
      // It went while it was being identified: a stream to nobody would hear of no end, and hold the session for good.
      if (response.destroyed) return;
      const { 'last-event-id': lastEventId } = request.headers;
      const unknown = (): void => writeRefusal(response, REFUSAL.eventUnknown);
      const carryOn = ({ requestId, taskId, stream, carried }: CarriedOn): void => {
        const exchange = new HttpExchange(principal, request, response, this.#pulse, carried);
        exchange.logTo(() => stream);
        exchange.follows(taskId);
        const asked = { jsonrpc: '2.0', id: requestId, method: 'tasks/result', params: { taskId } } as const;
        this.#answer(open.session, asked, exchange, open);
      };
      if (typeof lastEventId !== 'string' || lastEventId.startsWith(`${STANDING}.`)) this.#sessions.standsHere(open);
      const opened =
        typeof lastEventId === 'string' && lastEventId !== ''
          ? this.#streams.resume(open, lastEventId, response, { carryOn, unknown, scopes: principal.scopes, until })
          : this.#streams.listen(open, response, until);
      this.#settle(response, opened, () => undefined);
    });
  }

  delete(request: InboundRequest, response: OutboundResponse): void {
    this.#withSession(request, response, (open) =>
      this.#settle(response, this.#sessions.end(open.id), () => writeNoContent(response)),
    );
  }

  refuse(request: InboundRequest, response: OutboundResponse, refusal: Refusal): void {
    writeRefusal(response, refusal);
    drain(request, this.settings.maxBodyBytes);
  }

  /** Whether requests should be sent here. */
  async ready(): Promise<boolean> {
    return !this.#closed && (await this.app.ready().catch(() => false));
  }

  /**
   * Takes nothing new, ends the streams that would go on by themselves, waits up to `grace` milliseconds for what is being
   * served, then aborts it and ends the sessions. Idempotent.
   */
  close(grace: number): Promise<void> {
    return (this.#closed ??= (async () => {
      this.#streams.pause();
      await this.#running.settled(grace);
      const isCarriedOn = this.app.shared !== undefined;
      this.#running.abort((exchange, { id }) => exchange.cutOff(errorAnswer(id, STOPPED, 503), isCarriedOn));
      this.#sessions.close();
      this.#streams.close();
    })());
  }

  #route(parsed: Valid, exchange: HttpExchange, response: OutboundResponse, until?: number): void {
    const { headers } = exchange;
    const header = headers['mcp-protocol-version'];
    const version = headerVersion(header);
    if (version === 'stateless' || (parsed.kind !== 'response' && carriesVersion(parsed.message))) {
      return this.#stateless(parsed, exchange, response, until);
    }
    const requestId = parsed.kind === 'request' ? parsed.message.id : undefined;
    if (version === 'unknown') return writeJson(response, unsupportedVersion(header, requestId));

    const id = headers['mcp-session-id'];
    if (parsed.kind === 'request' && parsed.message.method === 'initialize') {
      if (id !== undefined) return writeRefusal(response, REFUSAL.sessionExists);
      const { answer, session } = this.app.protocol.initialize(parsed.message, exchange);
      if (!session) return exchange.finish(answer);
      return this.#settle(response, this.#sessions.add(session), (added) =>
        exchange.finish(answer, ['mcp-session-id', added]),
      );
    }
    if (typeof id !== 'string') return writeRefusal(response, REFUSAL.sessionRequired);
    this.#settle(response, this.#sessions.find(id, exchange), (open) => {
      if (!open) return writeRefusal(response, REFUSAL.sessionUnknown);
      if (parsed.kind === 'request') {
        const { id: requestId } = parsed.message;
        const { scopes } = exchange.principal;
        exchange.logTo(() => this.#streams.open(open, requestId, response, { scopes, until }));
        return this.#answer(open.session, parsed.message, exchange, open);
      }
      this.#sessions.receive(open, parsed.message, exchange.principal);
      writeAccepted(response);
    });
  }

  #stateless(parsed: Valid, exchange: HttpExchange, response: OutboundResponse, until?: number): void {
    if (parsed.kind === 'request') {
      // A subscription ends with its result, and its client subscribes again. A call that runs is let finish: it was authorised when
      // it began, and on this revision nobody could come back for what it has to say.
      if (until !== undefined && hasNoEnd(parsed.message))
        response.once(
          'close',
          atTime(until, () => exchange.close()),
        );
      return this.#answer(this.app.protocol, parsed.message, exchange);
    }
    if (parsed.kind === 'response') return writeRefusal(response, REFUSAL.responseUnexpected);
    // 2026-07-28 defines no notification to the server over HTTP: what comes is accepted and has no effect.
    writeAccepted(response);
  }

  /** Answers in the same tick where the call does: a promise for each request would be paid for by all that need none. */
  #answer(from: Pick<Session, 'serve'>, message: JsonRpcRequest, exchange: HttpExchange, open?: OpenSession): void {
    let answer = from.serve(message, exchange);
    if (open && message.method === 'logging/setLevel') answer = this.#levelSet(open, answer);
    if (!('then' in answer)) return exchange.finish(answer, this.#headersOf(answer));
    this.#running.add(exchange, message);
    if (open) open.running++;
    const finish = (final: Answer): void => {
      this.#running.delete(exchange);
      if (open) {
        open.running--;
        open.usedAt = Date.now();
      }
      exchange.finish(final, this.#headersOf(final));
    };
    answer.then(finish, (error: unknown) => finish(failureAnswer(this.app, message.id, error)));
  }

  /** What a refusal says to HTTP clients beside its body. */
  #headersOf({ retryAfter, scopes, status }: Answer): readonly string[] | undefined {
    if (retryAfter !== undefined) return ['retry-after', String(retryAfter)];
    if (!scopes) return undefined;
    const error = status === 403 ? 'insufficient_scope' : undefined;
    const challenge = this.settings.authorization?.challenge(error, scopes) ?? bearerChallenge({ error, scopes });
    return ['www-authenticate', challenge];
  }

  /** A level that was set is kept for all processes before the client is told that it was. */
  #levelSet(open: OpenSession, answer: Answer | Promise<Answer>): Answer | Promise<Answer> {
    const { logLevel } = open.session.state;
    const kept = logLevel && this.#sessions.setLogLevel(open, logLevel);
    return kept instanceof Promise ? kept.then(() => answer) : answer;
  }

  /** Goes on with what the session store says, in the same tick where it can; where it cannot be asked, says so. */
  #settle<T>(response: OutboundResponse, value: Awaitable<T>, then: (value: T) => void): void {
    if (!(value instanceof Promise)) return then(value);
    const away = (error: unknown): void => {
      this.#report(error);
      if (!response.headersSent) writeRefusal(response, REFUSAL.storeAway);
    };
    value.then(then, away).catch((error: unknown) => {
      const failure = failureAnswer(this.app, undefined, error);
      if (!response.headersSent) writeJson(response, failure);
    });
  }

  #withSession(
    request: InboundRequest,
    response: OutboundResponse,
    then: (open: OpenSession, principal: Principal, until?: number) => void,
  ): void {
    const { 'mcp-session-id': id, 'mcp-protocol-version': header } = request.headers;
    const version = headerVersion(header);
    // 2026-07-28 has neither sessions nor streams of their own, and ignores a session id.
    if (typeof id !== 'string' || version === 'stateless') return this.refuse(request, response, REFUSAL.stateless);
    this.#identify(request, response, (principal, until) => {
      drain(request, this.settings.maxBodyBytes);
      if (version === 'unknown') return writeJson(response, unsupportedVersion(header));
      this.#settle(response, this.#sessions.find(id, { principal, headers: request.headers }), (open) =>
        open ? then(open, principal, until) : writeRefusal(response, REFUSAL.sessionUnknown),
      );
    });
  }

  /** `until` is when what the caller proved ends, in milliseconds since 1970, where that is known. */
  #identify(
    request: InboundRequest,
    response: OutboundResponse,
    then: (principal: Principal, until?: number) => void,
  ): void {
    const { authenticate, authorization } = this.settings;
    if (authorization) {
      return void authorization
        .identify(request)
        .then((who) => ('principal' in who ? then(who.principal, who.until) : this.refuse(request, response, who)));
    }
    if (!authenticate) return then(ANONYMOUS);
    const refuse = (): void => this.refuse(request, response, REFUSAL.unauthenticated);
    new Promise<Principal | undefined>((resolve) => resolve(authenticate(request))).then(
      // Code that no compiler checked may name nobody, as a look-up that finds nothing does: that is nobody who may call.
      (principal) => (principal?.owner ? then(principal) : refuse()),
      refuse,
    );
  }
}
