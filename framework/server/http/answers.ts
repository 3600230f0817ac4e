import { errorAnswer } from '../../protocol/messages/answer.js';
import type { Answer } from '../../protocol/messages/exchange.js';
import { CODE, type JsonRpcRequest } from '../../protocol/messages/json-rpc.js';
import type { Session } from '../../protocol/protocol.js';
import type { App } from '../app.js';
import { bearerChallenge } from './bearer-challenge.js';
import { failureAnswer } from '../failure.js';
import type { HttpExchange } from './exchange.js';
import type { HttpSettings } from './options.js';
import { Running } from '../running.js';
import type { OpenSession, Sessions } from '../sessions/sessions.js';

/** For a call that nobody cancelled, and that ran longer than a server that stops can wait. */
const STOPPED = {
  code: CODE.internalError,
  message: 'The server stopped before the call came to its end: look at what it has done, or call again.',
};

/** Answers requests over HTTP, and knows which of them are still being served. */
export class HttpAnswers {
  readonly #running = new Running<HttpExchange>();

  constructor(
    private readonly app: Pick<App, 'report' | 'shared'>,
    private readonly settings: Pick<HttpSettings, 'authorization'>,
    private readonly sessions: Pick<Sessions, 'setLogLevel'>,
  ) {}

  /** Answers in the same tick where the call does: a promise for each request would be paid for by all that need none. */
  answer(from: Pick<Session, 'serve'>, message: JsonRpcRequest, exchange: HttpExchange, open?: OpenSession): void {
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

  /** Ends what has no end of its own; the other answers are the last ones on their connections. */
  leave(): void {
    this.#running.leave((exchange) => exchange.isLast());
  }

  /** Waits up to so many milliseconds for what is being served, and ends the rest. */
  async close(grace: number): Promise<void> {
    await this.#running.settled(grace);
    const isCarriedOn = this.app.shared !== undefined;
    this.#running.abort((exchange, { id }) => exchange.cutOff(errorAnswer(id, STOPPED, 503), isCarriedOn));
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
    const kept = logLevel && this.sessions.setLogLevel(open, logLevel);
    return kept instanceof Promise ? kept.then(() => answer) : answer;
  }
}
