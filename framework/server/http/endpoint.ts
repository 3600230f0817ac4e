import { PerduraError } from '../../errors.js';
import type { Awaitable } from '../../metadata/class.js';
import { parseMessage, type ParsedMessage } from '../../protocol/messages/parse-message.js';
import type { App } from '../app.js';
import type { Identified } from './authorization.js';
import { Pulse } from '../streams/event-stream.js';
import { failureAnswer } from '../failure.js';
import { drain, readBody, wasRead } from './body.js';
import { HttpAnswers } from './answers.js';
import { HttpExchange, writeAccepted, writeJson, writeNoContent, writeRefusal } from './exchange.js';
import { acceptsAnswer, acceptsStream, isJson } from './headers.js';
import { identifier, type Identify } from './identity.js';
import { type Lapse, lapseOf } from './lapse.js';
import type { HttpSettings } from './options.js';
import type { InboundRequest, OutboundResponse } from '../http-port.js';
import { REFUSAL, type Refusal } from './refusals.js';
import { noticed } from '../report.js';
import { carriesVersion, headerVersion, unsupportedVersion } from '../revision.js';
import { hasNoEnd } from '../running.js';
import { Sessions, type OpenSession } from '../sessions/sessions.js';
import { STANDING } from '../streams/stream-readers.js';
import { type CarriedOn, Streams } from '../streams/streams.js';
import { decodeUtf8 } from '../utf8.js';
import type { RequestId } from '../../spec.js';

type Valid = Exclude<ParsedMessage, { kind: 'invalid' }>;

/** The MCP endpoint: one HTTP request is one message. Both revisions are told apart here and nowhere else. */
export class HttpEndpoint {
  readonly #answers: HttpAnswers;
  readonly #sessions: Sessions;
  readonly #streams: Streams;
  readonly #pulse: Pulse;
  readonly #who: Identify;
  #isLeaving = false;
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
      notify: (...told) => this.#streams.notify(...told),
      ...(app.shared && { shared: app.shared }),
    });
    this.#answers = new HttpAnswers(app, settings, this.#sessions);
    this.#pulse = new Pulse(settings.keepAlive);
    this.#who = identifier(settings);
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
    this.#identify(request, response, (caller) => {
      if (wasRead(request) && request.body === undefined) {
        this.app.report(noticed(PerduraError.of('BODY_CONSUMED')), 'body');
        return writeRefusal(response, REFUSAL.consumed);
      }
      readBody(request, this.settings.maxBodyBytes, (body) => {
        if (body === undefined) return writeRefusal(response, REFUSAL.tooLarge);
        if (this.#closed) return writeRefusal(response, REFUSAL.closing);
        const text = decodeUtf8(body);
        if (text === undefined) return writeRefusal(response, REFUSAL.encoding);
        const parsed = parseMessage(text);
        if (parsed.kind === 'invalid') return writeJson(response, parsed.answer);
        const exchange = new HttpExchange(caller.principal, request, response, this.#pulse);
        try {
          this.#route(parsed, exchange, response, this.#lapse(request, caller));
        } catch (error) {
          const id = parsed.kind === 'request' ? parsed.message.id : undefined;
          exchange.finish(failureAnswer(this.app, id, error));
        }
      });
    });
  }

  /** Opens the stream for messages that belong to no request (2025-11-25, "Listening for Messages from the Server"). */
  get(request: InboundRequest, response: OutboundResponse): void {
    if (this.#isLeaving) return this.refuse(request, response, REFUSAL.closing);
    if (!acceptsStream(request.headers.accept)) return this.refuse(request, response, REFUSAL.acceptStream);
    this.#withSession(request, response, (open, caller) => {
      // It went while it was being identified: a stream to nobody would hear of no end, and hold the session for good.
      if (response.destroyed) return;
      if (this.#isLeaving) return writeRefusal(response, REFUSAL.closing);
      const { principal } = caller;
      const lapse = this.#lapse(request, caller);
      const lastEventId = String(request.headers['last-event-id'] ?? '');
      const unknown = (): void => writeRefusal(response, REFUSAL.eventUnknown);
      const carryOn = ({ requestId, taskId, stream, carried }: CarriedOn): void => {
        const exchange = new HttpExchange(principal, request, response, this.#pulse, carried);
        exchange.logTo(() => stream);
        exchange.follows(taskId);
        const asked = { jsonrpc: '2.0', id: requestId, method: 'tasks/result', params: { taskId } } as const;
        this.#answers.answer(open.session, asked, exchange, open);
      };
      if (lastEventId === '' || lastEventId.startsWith(`${STANDING}.`)) this.#sessions.standsHere(open);
      const opened =
        lastEventId === ''
          ? this.#streams.listen(open, response, lapse)
          : this.#streams.resume(open, lastEventId, response, { carryOn, unknown, scopes: principal.scopes, lapse });
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

  /** Whether nothing is taken any more. */
  get isClosed(): boolean {
    return this.#closed !== undefined;
  }

  /** Whether requests should be sent here. */
  async ready(): Promise<boolean> {
    return !this.#isLeaving && (await this.app.ready().catch(() => false));
  }

  /**
   * Ends what would go on by itself, and begins no more of it. For a server that takes no connections any more: who has one already
   * cannot know, so their requests are served, and their next ones go to another process.
   */
  leave(): void {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    this.#streams.pause();
    this.#answers.leave();
  }

  /** Takes nothing new, waits up to `grace` milliseconds for what is being served, then aborts it and ends the sessions. Idempotent. */
  close(grace: number): Promise<void> {
    return (this.#closed ??= (async () => {
      this.leave();
      await this.#answers.close(grace);
      this.#sessions.close();
      this.#streams.close();
    })());
  }

  #route(parsed: Valid, exchange: HttpExchange, response: OutboundResponse, lapse: Lapse): void {
    const { headers } = exchange;
    const header = headers['mcp-protocol-version'];
    const version = headerVersion(header);
    const isStateless = version === 'stateless' || (parsed.kind !== 'response' && carriesVersion(parsed.message));
    // What the header of a request has to do with its body is the protocol's to say, a version that is not served included.
    if (isStateless && (version !== 'unknown' || parsed.kind === 'request'))
      return this.#stateless(parsed, exchange, response, lapse);
    const requestId = parsed.kind === 'request' ? parsed.message.id : undefined;
    if (version === 'unknown') return writeJson(response, unsupportedVersion(header, requestId));

    const id = headers['mcp-session-id'];
    if (parsed.kind === 'request' && parsed.message.method === 'initialize') {
      if (id !== undefined) return writeRefusal(response, REFUSAL.sessionExists, requestId);
      const { answer, session } = this.app.protocol.initialize(parsed.message, exchange);
      if (!session) return exchange.finish(answer);
      const add = this.#sessions.add(session);
      return this.#settle(response, add, (added) => exchange.finish(answer, ['mcp-session-id', added]), requestId);
    }
    if (typeof id !== 'string') return writeRefusal(response, REFUSAL.sessionRequired, requestId);
    const serve = (open: OpenSession | undefined): void => {
      if (!open) return writeRefusal(response, REFUSAL.sessionUnknown, requestId);
      if (parsed.kind === 'request') {
        const { message } = parsed;
        const { scopes } = exchange.principal;
        exchange.logTo(() => this.#streams.open(open, message.id, response, { scopes, lapse }));
        return this.#answers.answer(open.session, message, exchange, open);
      }
      // Accepted is what would survive this process.
      this.#settle(response, this.#sessions.receive(open, parsed.message, exchange.principal), () =>
        writeAccepted(response),
      );
    };
    this.#settle(response, this.#sessions.find(id, exchange), serve, requestId);
  }

  #stateless(parsed: Valid, exchange: HttpExchange, response: OutboundResponse, lapse: Lapse): void {
    if (parsed.kind === 'request') {
      // A subscription ends with its result, and its client subscribes again. A call that runs is let finish: it was authorised when
      // it began, and on this revision nobody could come back for what it has to say.
      if (hasNoEnd(parsed.message)) {
        if (this.#isLeaving) return writeRefusal(response, REFUSAL.closing, parsed.message.id);
        const stop = lapse(() => exchange.close());
        if (response.destroyed) stop();
        else response.once('close', stop);
      }
      return this.#answers.answer(this.app.protocol, parsed.message, exchange);
    }
    if (parsed.kind === 'response') return writeRefusal(response, REFUSAL.responseUnexpected);
    // 2026-07-28 defines no notification to the server over HTTP: what comes is accepted and has no effect.
    writeAccepted(response);
  }

  /** Goes on with what is known of the caller or the session, in the same tick where it is; a store that cannot be asked says so. */
  #settle<T>(response: OutboundResponse, value: Awaitable<T>, then: (value: T) => void, requestId?: RequestId): void {
    if (!(value instanceof Promise)) return then(value);
    const away = (error: unknown): void => {
      this.#report(error);
      writeRefusal(response, REFUSAL.storeAway, requestId);
    };
    value.then(then, away).catch((error: unknown) => this.#failed(response, error, requestId));
  }

  /** Whatever goes wrong is the end of its request, and not of the process. */
  #failed(response: OutboundResponse, error: unknown, requestId?: RequestId): void {
    writeJson(response, failureAnswer(this.app, requestId, error));
  }

  #withSession(
    request: InboundRequest,
    response: OutboundResponse,
    then: (open: OpenSession, caller: Identified) => void,
  ): void {
    const { 'mcp-session-id': id, 'mcp-protocol-version': header } = request.headers;
    const version = headerVersion(header);
    // 2026-07-28 has neither sessions nor streams of their own, and ignores a session id.
    if (typeof id !== 'string' || version === 'stateless') return this.refuse(request, response, REFUSAL.stateless);
    this.#identify(request, response, (caller) => {
      drain(request, this.settings.maxBodyBytes);
      if (version === 'unknown') return writeJson(response, unsupportedVersion(header));
      const { principal } = caller;
      this.#settle(response, this.#sessions.find(id, { principal, headers: request.headers }), (open) =>
        open ? then(open, caller) : writeRefusal(response, REFUSAL.sessionUnknown),
      );
    });
  }

  #lapse(request: InboundRequest, caller: Identified): Lapse {
    return lapseOf(() => this.#who(request), caller, this.settings.recheck);
  }

  #identify(request: InboundRequest, response: OutboundResponse, then: (caller: Identified) => void): void {
    const identified = (who: Identified | Refusal): void => {
      if (!('principal' in who)) return this.refuse(request, response, who);
      // It has begun to stop meanwhile: nobody would end what begins now.
      if (this.#closed) return this.refuse(request, response, REFUSAL.closing);
      if (this.#isLeaving) response.setHeader('connection', 'close');
      then(who);
    };
    try {
      this.#settle(response, this.#who(request), identified);
    } catch (error) {
      this.#failed(response, error);
    }
  }
}
