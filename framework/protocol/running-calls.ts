import { ProtocolError } from '../errors.js';
import { CODE } from './messages/json-rpc.js';
import type { Answer } from './messages/exchange.js';

/** For callers who can be told apart: far above what a client does at a time. */
const OF_ONE = 250;
/** For all together whom nothing tells apart. */
const OF_ALL = 10_000;

/** More of a caller's calls run than may: over HTTP 429. */
class TooManyCalls extends ProtocolError {
  readonly status = 429;
  readonly retryAfter = 1;

  constructor() {
    super(CODE.internalError, 'Too many of your calls are running. Try again when one of them has ended.', {
      reason: 'concurrency',
      retryAfter: 1,
    });
  }
}

/** Limits how much of one kind runs at a time for each caller, in this process: a rate bounds nothing where handlers are slow. */
export class RunningCalls {
  readonly #running = new Map<string, number>();

  /** `most` holds for everybody where it is given. */
  constructor(private readonly most: number | undefined) {}

  /**
   * Serves what may run. It runs until its answer is there, whoever still waits for that: a handler that takes no notice of its
   * client's leaving goes on. @throws TooManyCalls
   */
  serve(caller: string | undefined, run: () => Answer | Promise<Answer>): Answer | Promise<Answer> {
    const key = caller ?? '';
    const { most = caller === undefined ? OF_ALL : OF_ONE } = this;
    if ((this.#running.get(key) ?? 0) >= most) throw new TooManyCalls();
    const answer = run();
    if (!(answer instanceof Promise)) return answer;
    this.#running.set(key, (this.#running.get(key) ?? 0) + 1);
    const end = (): void => {
      const left = (this.#running.get(key) ?? 1) - 1;
      if (left > 0) this.#running.set(key, left);
      else this.#running.delete(key);
    };
    answer.then(end, end);
    return answer;
  }
}
