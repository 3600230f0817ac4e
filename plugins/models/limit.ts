import { type Duration, milliseconds, type Model, PerduraError } from 'perdura';
import { type Buckets, type Draw, MemoryBuckets } from './buckets.js';
import { pause } from './pause.js';

/** How much may be asked of a model. */
export interface LimitOptions {
  /** What is limited: models of one name and the same buckets share their limits. Shown in errors. */
  readonly name: string;
  /** The most requests in `per`. Default: any number. */
  readonly requests?: number;
  /** The most tokens in `per`, of requests and answers together. Default: any number. */
  readonly tokens?: number;
  /** Default `'1m'`. */
  readonly per?: Duration;
  /** The longest that a request waits for its turn; one that would wait longer fails with `MODEL_UNAVAILABLE`. Default `'1m'`. */
  readonly maxWait?: Duration;
  /** Where the limits are counted. Default: in this process alone; `redisBuckets()` counts for all. */
  readonly buckets?: Buckets;
}

/** As agents count where nobody tells. */
const CHARACTERS_OF_A_TOKEN = 4;
/** A picture or sound is not as many tokens as it has characters. */
const TOKENS_OF_MEDIA = 1000;

/**
 * Lets requests to a model wait until the limits allow them, in the order in which they come. Tokens are drawn before they are
 * known, as the request's length and its `maxTokens`, but never more than a full bucket holds; the rest of what was used is drawn
 * afterwards, and what was not used is given back.
 *
 * @throws PerduraError `INVALID_MODEL_OPTION`, `INVALID_DURATION` at once; the model `MODEL_UNAVAILABLE` with the time after
 * which to come back, or `STORE_UNAVAILABLE`
 */
export function limit(model: Model, { name, requests, tokens, per, maxWait, buckets }: LimitOptions): Model {
  for (const [option, value] of Object.entries({ requests, tokens })) {
    if (value === undefined || value > 0) continue;
    throw PerduraError.of('INVALID_MODEL_OPTION', option, String(value), 'a number above 0');
  }
  const [span, longest] = [milliseconds(per ?? '1m'), milliseconds(maxWait ?? '1m')];
  const place = buckets ?? new MemoryBuckets();
  const of = (what: string, capacity: number | undefined, amount: number): Draw[] =>
    capacity === undefined ? [] : [{ name: `${name}:${what}`, capacity, span, amount }];
  const back = async (amount: number): Promise<void> => {
    // Where the buckets are out of reach, they fill up by themselves: no reason to lose an answer, or the model's own error.
    if (tokens !== undefined) await place.draw(of('tokens', tokens, -amount), FOR_EVER).catch(() => undefined);
  };
  return async (request, options) => {
    // What a full bucket does not hold would never be let through.
    const drawn = Math.min(tokensIn(request) + request.maxTokens, tokens ?? Infinity);
    const draws = [...of('requests', requests, 1), ...of('tokens', tokens, drawn)];
    if (draws.length === 0) return model(request, options);
    const { taken, wait } = await place.draw(draws, longest);
    if (!taken) throw PerduraError.of('MODEL_UNAVAILABLE', name, 'its limit is reached', Math.ceil(wait / 1000));
    let used = 0;
    try {
      if (wait > 0) await pause(wait, options.signal);
      const answer = await model(request, options);
      const { inputTokens = tokensIn(request), outputTokens = tokensIn(answer) } = answer.usage ?? {};
      used = inputTokens + outputTokens;
      return answer;
    } finally {
      await back(drawn - used);
    }
  };
}

/** Longer than any wait; Redis reads no infinity. */
const FOR_EVER = Number.MAX_SAFE_INTEGER;

function tokensIn(said: object): number {
  let media = 0;
  const text = JSON.stringify(said, (key, value: unknown) => {
    if (key !== 'data' || typeof value !== 'string') return value;
    media++;
    return undefined;
  });
  return Math.ceil(text.length / CHARACTERS_OF_A_TOKEN) + media * TOKENS_OF_MEDIA;
}
