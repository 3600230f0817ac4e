import type { Awaitable } from '../../metadata/class.js';
import { ANONYMOUS, type Principal } from '../../runtime/principal.js';
import { cannotLook, type Identified } from './authorization.js';
import type { InboundRequest } from '../http-port.js';
import type { HttpSettings } from './options.js';
import { REFUSAL, type Refusal } from './refusals.js';

/** Tells who sends a request, or why it is refused. Never rejects. */
export type Identify = (request: InboundRequest) => Awaitable<Identified | Refusal>;

const NOBODY: Identified = { principal: ANONYMOUS };

/** How a server with these settings tells its callers apart; at once where it does not. */
export function identifier({
  authenticate,
  authorization,
}: Pick<HttpSettings, 'authenticate' | 'authorization'>): Identify {
  if (authorization) return (request) => authorization.identify(request);
  if (!authenticate) return () => NOBODY;
  return async (request) => {
    try {
      const principal = (await authenticate(request)) as Principal | undefined;
      // Code that no compiler checked may name nobody, as a look-up that finds nothing does: that is nobody who may call.
      if (principal?.owner) return { principal };
    } catch (error) {
      // Why, is between the app and its own logs.
      const away = cannotLook(error);
      if (away) return away;
    }
    return REFUSAL.unauthenticated;
  };
}
