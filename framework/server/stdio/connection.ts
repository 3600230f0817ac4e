import { PerduraError } from '../../errors.js';
import { errorAnswer } from '../../protocol/messages/answer.js';
import type { Answer } from '../../protocol/messages/exchange.js';
import { CODE, type JsonRpcRequest } from '../../protocol/messages/json-rpc.js';
import { parseMessage } from '../../protocol/messages/parse-message.js';
import type { Session } from '../../protocol/protocol.js';
import { ANONYMOUS } from '../../runtime/principal.js';
import type { App } from '../app.js';
import { keepPinging, type PingSettings } from '../streams/keep-pinging.js';
import { failureAnswer } from '../failure.js';
import { Outbox, type Sink } from '../streams/outbox.js';
import { noticed } from '../report.js';
import { carriesVersion } from '../revision.js';
import { Running } from '../running.js';
import { StdioExchange } from './exchange.js';
import { decodeUtf8 } from '../utf8.js';
import { unawaited } from '../whenever.js';

const NOT_UTF8 = errorAnswer(undefined, {
  code: CODE.parseError,
  message: 'Parse error: the message is not valid UTF-8.',
});

/** How a connection learns that its client is gone though nothing says so. */
interface Lifeline {
  /** Undefined where clients are not pinged. */
  readonly pings?: PingSettings | undefined;
  readonly gone: () => void;
}

/**
 * Both revisions on one pair of streams: each message says which it is of. 2026-07-28 requests carry their version; what
 * carries none belongs to the session that `initialize` opened.
 */
export class StdioConnection {
  readonly running = new Running<StdioExchange>();
  readonly #outbox: Outbox;
  #session: Session | undefined;
  #heardAt = 0;
  #stopPinging: (() => void) | undefined;

  constructor(
    private readonly app: Pick<App, 'protocol' | 'report'>,
    private readonly sink: Sink & Lifeline,
  ) {
    this.#outbox = new Outbox(sink);
  }

  /** Takes one line. */
  receive(line: Uint8Array): void {
    this.#heardAt = Date.now();
    const text = decodeUtf8(line);
    if (text === undefined) return this.#answer(NOT_UTF8);
    // Blank lines are no messages, and no harm.
    if (text.trim() === '') return;
    const parsed = parseMessage(text);
    try {
      if (parsed.kind === 'invalid') this.#answer(parsed.answer);
      else if (parsed.kind === 'request') this.#serve(parsed.message);
      else {
        if (parsed.kind === 'notification') this.app.protocol.receive(parsed.message, this);
        // A store that is away is told of by its connection.
        unawaited(this.#session?.receive(parsed.message, ANONYMOUS), () => undefined);
      }
    } catch (error) {
      const failure = failureAnswer(this.app, parsed.kind === 'request' ? parsed.message.id : undefined, error);
      if (parsed.kind === 'request') this.#answer(failure);
    }
  }

  /** Aborts what still runs. */
  close(): void {
    this.#stopPinging?.();
    this.running.abort();
    this.#session?.attach(undefined);
    this.#session?.close();
  }

  #serve(request: JsonRpcRequest): void {
    const exchange = new StdioExchange(this, this.#outbox);
    const stateless = carriesVersion(request);
    if (request.method === 'initialize' && !stateless) return this.#initialize(request, exchange);
    // Without a session, the answer of 2026-07-28 says what is missing.
    const answer =
      (stateless ? undefined : this.#session)?.serve(request, exchange) ?? this.app.protocol.serve(request, exchange);
    const finish = (final: Answer): void => {
      this.running.delete(exchange);
      exchange.finish();
      this.#answer(final);
    };
    if (!('then' in answer)) return finish(answer);
    this.running.add(exchange, request);
    answer.then(finish, (error: unknown) => finish(failureAnswer(this.app, request.id, error)));
  }

  #initialize(request: JsonRpcRequest, exchange: StdioExchange): void {
    if (this.#session) {
      const message = 'This session is initialized already.';
      return this.#answer(errorAnswer(request.id, { code: CODE.invalidRequest, message }));
    }
    const { answer, session } = this.app.protocol.initialize(request, exchange);
    this.#session = session;
    this.#answer(answer);
    session?.attach((message) => this.#outbox.send(message));
    if (session) this.#keepPinging(session);
  }

  #keepPinging(session: Session): void {
    const { pings, gone } = this.sink;
    if (!pings) return;
    const client = {
      ping: (within: number) => session.ping((message) => this.#outbox.send(message), within),
      heardAt: () => this.#heardAt,
      unanswered: () => this.app.report(noticed(PerduraError.of('PING_UNANSWERED', pings.timeout)), 'ping'),
      gone,
    };
    this.#stopPinging = keepPinging(client, pings);
  }

  #answer({ body, after }: Answer): void {
    // A cancelled request has no answer.
    if (body !== '') this.sink.write(body);
    if (after) this.sink.write(JSON.stringify(after));
  }
}
