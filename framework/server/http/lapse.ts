import type { Awaitable } from '../../metadata/class.js';
import { atTime } from '../../runtime/at-time.js';
import type { Identified } from './authorization.js';
import type { Refusal } from './refusals.js';

/** Calls back once, when what a caller has proved holds no longer. Returns what takes it back. */
export type Lapse = (act: () => void) => () => void;

const nothing = (): void => undefined;

/**
 * Who opened a stream is known when it is opened. Later the token may end, which is known too, or be revoked, which only asking again
 * can tell: every `interval` milliseconds, unless that is undefined. While nobody can say, the stream goes on.
 */
export function lapseOf(
  identify: () => Awaitable<Identified | Refusal>,
  { principal, until }: Identified,
  interval: number | undefined,
): Lapse {
  return (act) => {
    let isOver = false;
    let stopExpiry = nothing;
    let stopAsking = nothing;
    const stop = (): void => {
      isOver = true;
      stopExpiry();
      stopAsking();
    };
    const end = (): void => {
      stop();
      act();
    };
    const endAt = (time: number | undefined): void => {
      stopExpiry();
      stopExpiry = time === undefined ? nothing : atTime(time, end);
    };
    const ask = async (): Promise<void> => {
      const found = await identify();
      if (isOver) return;
      if ('principal' in found) {
        const { owner, scopes } = found.principal;
        if (owner !== principal.owner || !principal.scopes.every((scope) => scopes.includes(scope))) return end();
        endAt(found.until);
      } else if (found.status !== 503) return end();
      askLater();
    };
    const askLater = (): void => {
      // Never all at once, though all clients came back at once when a server had stopped.
      if (interval !== undefined)
        stopAsking = atTime(Date.now() + interval * (1 - Math.random() / 10), () => void ask());
    };
    endAt(until);
    askLater();
    return stop;
  };
}
