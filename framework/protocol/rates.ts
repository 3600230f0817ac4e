import { PerduraError, ProtocolError } from '../errors.js';
import { CODE } from './messages/json-rpc.js';

/** How often something may happen: so many times a second in the long run, and `burst` times at once after a pause. */
export interface Rate {
  /** Greater than 0; below 1 for less than one a second. */
  readonly perSecond: number;
  /** At least 1. Default: ten times `perSecond`, or 1. */
  readonly burst?: number;
}

/** How often each caller may send what costs something. */
export interface RateLimits {
  /**
   * `tools/call`, `prompts/get`, `resources/read` and `completion/complete` together, and with them `resources/subscribe` and
   * `subscriptions/listen`, which read what they are to follow, and the methods of extensions.
   */
  readonly calls?: Rate;
  /** Everything of `tasks/`. */
  readonly tasks?: Rate;
}

/** For callers who can be told apart: far above what models and people do. */
const OF_ONE: Rate = { perSecond: 1_000, burst: 10_000 };
/** For all together whom nothing tells apart: one's own machine, mostly. Stops what has run away, and no honest load. */
const OF_ALL: Rate = { perSecond: 100_000, burst: 1_000_000 };

/** What is limited apart. */
export type Kind = keyof RateLimits;

/** A caller called more often than it may: over HTTP 429. */
class RateLimited extends ProtocolError {
  readonly status = 429;

  constructor(
    kind: Kind,
    readonly retryAfter: number,
  ) {
    const often = kind === 'tasks' ? 'You ask for tasks too often.' : 'You call too often.';
    const again = retryAfter === 1 ? 'a second' : `${retryAfter} seconds`;
    super(CODE.internalError, `${often} Try again in ${again}.`, { reason: 'rate', retryAfter });
  }
}

/** Limits how often requests are served, by caller, in this process (`server/tools`, "Security Considerations"). */
export class Rates {
  readonly #ofOne: Record<Kind, Buckets>;
  readonly #ofAll: Record<Kind, Buckets>;

  /** Throws `INVALID_RATE`. */
  constructor(limits: RateLimits = {}) {
    const buckets = (kind: Kind, otherwise: Rate): Buckets => new Buckets(checked(kind, limits[kind] ?? otherwise));
    this.#ofOne = { calls: buckets('calls', OF_ONE), tasks: buckets('tasks', OF_ONE) };
    this.#ofAll = { calls: buckets('calls', OF_ALL), tasks: buckets('tasks', OF_ALL) };
  }

  /** @throws RateLimited */
  admit(kind: Kind, caller: string | undefined): void {
    const buckets = caller === undefined ? this.#ofAll : this.#ofOne;
    const wait = buckets[kind].take(caller ?? '', performance.now());
    if (wait > 0) throw new RateLimited(kind, Math.ceil(wait / 1000));
  }
}

/** More callers than this at a time make room for each other. */
const MOST_CALLERS = 10_000;

/**
 * A token bucket for each caller, kept as the one number that it needs: when it will be full again. Buckets that nobody used
 * for as long as filling takes are full and forgotten, a generation at a time, so that no request pays for the others.
 */
export class Buckets {
  readonly #interval: number;
  readonly #capacity: number;
  #young = new Map<string, { fullAt: number }>();
  #old = new Map<string, { fullAt: number }>();
  #bornAt = 0;

  constructor({ perSecond, burst }: Required<Rate>) {
    this.#interval = 1000 / perSecond;
    this.#capacity = burst * this.#interval;
  }

  /** Takes a token at `now`, in milliseconds; how long there is none where it answers more than 0. */
  take(caller: string, now: number): number {
    if (this.#young.size >= MOST_CALLERS || now - this.#bornAt > this.#capacity) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#bornAt = now;
    }
    let bucket = this.#young.get(caller);
    if (!bucket) this.#young.set(caller, (bucket = this.#old.get(caller) ?? { fullAt: now }));
    const fullAt = Math.max(bucket.fullAt, now) + this.#interval;
    const wait = fullAt - now - this.#capacity;
    // Of a burst the last token is due to the digit, which sums of fractions miss by a few.
    if (wait > 1e-6) return wait;
    bucket.fullAt = fullAt;
    return 0;
  }
}

function checked(kind: Kind, { perSecond, burst = Math.max(1, perSecond * 10) }: Rate): Required<Rate> {
  for (const [name, given, least] of [
    ['perSecond', perSecond, Number.MIN_VALUE],
    ['burst', burst, 1],
  ] as const)
    if (!(Number.isFinite(given) && given >= least)) throw PerduraError.of('INVALID_RATE', `${kind}.${name}`, given);
  return { perSecond, burst };
}
