import { type Duration, milliseconds, type Model, PerduraError } from 'perdura';
import { pause } from './pause.js';

/** How often and how fast a model is asked again. */
export interface RetryOptions {
  /** How often a request is made at most, the first time included. Default 4. */
  readonly attempts?: number;
  /** The pause before the second attempt; each further one is twice as long. Half of it is chance. Default `'1s'`. */
  readonly delay?: Duration;
  /** The longest pause. A provider that asks for a longer one is not asked again. Default `'1m'`. */
  readonly maxDelay?: Duration;
}

/**
 * Asks a model again where it gave no answer and may give one soon (`MODEL_UNAVAILABLE`): too many requests, errors of the
 * server's, timeouts, broken connections. Pauses for a growing time, but never shorter than the provider says. Every other error
 * is final.
 *
 * @throws PerduraError `INVALID_MODEL_OPTION`, `INVALID_DURATION` at once; the model its last error
 */
export function retry(model: Model, { attempts = 4, delay = '1s', maxDelay = '1m' }: RetryOptions = {}): Model {
  if (!Number.isInteger(attempts) || attempts < 1) {
    throw PerduraError.of('INVALID_MODEL_OPTION', 'attempts', String(attempts), 'an integer from 1 on');
  }
  const [first, longest] = [milliseconds(delay), milliseconds(maxDelay)];
  return async (request, options) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await model(request, options);
      } catch (error) {
        options.signal.throwIfAborted();
        if (!isTransient(error)) throw error;
        const asked = (error.retryAfter ?? 0) * 1000;
        if (attempt >= attempts || asked > longest) throw attempt === 1 ? error : afterAll(error, attempt);
        const growing = Math.min(first * 2 ** (attempt - 1), longest);
        // Many agents that were refused together must not come back together, also where all were told the same time.
        await pause(Math.max(asked, growing / 2) + (growing / 2) * (1 - Math.random()), options.signal);
      }
    }
  };
}

function isTransient(error: unknown): error is PerduraError {
  return error instanceof Error && (error as { readonly code?: unknown }).code === 'MODEL_UNAVAILABLE';
}

/** The last error, which says how often it was met. */
function afterAll(error: PerduraError, attempts: number): PerduraError {
  const [model, reason] = error.facts as readonly [string, string];
  return PerduraError.from(
    error.cause ?? error,
    'MODEL_UNAVAILABLE',
    model,
    `${reason}; it was asked ${attempts} times`,
    error.retryAfter,
  );
}
