import { PerduraError } from '../../errors.js';
import { fingerprint } from '../../runtime/journal/fingerprint.js';
import type { RequestStateCodec, StateBinding } from './request-state.js';
import { createSealer, someKey } from './sealer.js';

export interface RequestStateOptions {
  /** Secrets of at least 32 characters: the first seals, all open, so that keys can be rotated. Default: a random one. */
  readonly keys?: readonly string[];
  /** Milliseconds for which a sealed state opens. Default 10 minutes. */
  readonly ttl?: number;
  /** The most characters of a sealed state. Default 256 Ki. */
  readonly maxLength?: number;
  /** Milliseconds since 1970; for tests. Default `Date.now`. */
  readonly now?: () => number;
}

/**
 * Seals what a call must remember, bound to its caller and request: a state that is moved to another does not open. Throws
 * `REQUEST_STATE_KEY_TOO_SHORT` for a short key, and `REQUEST_STATE_TOO_LARGE` from `seal`.
 */
export function createRequestStateCodec(options: RequestStateOptions = {}): RequestStateCodec {
  const { ttl = 600_000, maxLength = 256 * 1024, now = Date.now } = options;
  const sealer = createSealer(options.keys?.length ? options.keys : [someKey()], 'request-state');

  return {
    seal(state, binding) {
      const text = sealer.seal(JSON.stringify([now() + ttl, state]), bound(binding));
      if (text.length > maxLength) {
        throw PerduraError.of('REQUEST_STATE_TOO_LARGE', binding.name, text.length, maxLength);
      }
      return text;
    },
    open(text, binding) {
      if (typeof text !== 'string' || text.length > maxLength) return undefined;
      const plain = sealer.open(text, bound(binding));
      if (plain === undefined) return undefined;
      const [expires, state] = JSON.parse(plain) as [number, unknown];
      return now() < expires ? state : undefined;
    },
  };
}

const bound = ({ owner, method, name, args }: StateBinding): unknown => [owner, method, name, fingerprint(args)];
