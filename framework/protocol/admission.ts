import type { Answer, Exchange } from './messages/exchange.js';
import { isSpecMethod } from './extensions/spec-methods.js';
import { type Kind, type RateLimits, Rates } from './rates.js';
import { RunningCalls } from './running-calls.js';

const KINDS: ReadonlyMap<string, Kind> = new Map([
  ...[
    ...['tools/call', 'prompts/get', 'resources/read', 'completion/complete'],
    ...['resources/subscribe', 'subscriptions/listen'],
  ].map((name) => [name, 'calls'] as const),
  ...['get', 'result', 'list', 'cancel', 'update'].map((name) => [`tasks/${name}`, 'tasks'] as const),
]);

/** How much is served to each caller. */
export interface AdmissionLimits {
  readonly rate?: RateLimits | undefined;
  readonly concurrentCalls?: number | undefined;
}

/** Decides whether a request is served now: by how often its caller calls, and by how much runs for them. */
export class Admission {
  readonly #rates: Rates;
  readonly #running: Record<Kind, RunningCalls>;

  /** Throws `INVALID_RATE`. */
  constructor({ rate, concurrentCalls }: AdmissionLimits = {}) {
    this.#rates = new Rates(rate);
    // Who waits for tasks must not be kept from calling what they wait for.
    this.#running = { calls: new RunningCalls(concurrentCalls), tasks: new RunningCalls(concurrentCalls) };
  }

  /** For a method that is served. @throws ProtocolError what the caller is refused with */
  serve(
    method: string,
    { caller }: Pick<Exchange, 'caller'>,
    run: () => Answer | Promise<Answer>,
  ): Answer | Promise<Answer> {
    const kind = KINDS.get(method) ?? (isSpecMethod(method) ? undefined : 'calls');
    if (!kind) return run();
    this.#rates.admit(kind, caller);
    // A subscription runs for as long as its client likes; how many there are has a limit of its own.
    return method === 'subscriptions/listen' ? run() : this.#running[kind].serve(caller, run);
  }
}
