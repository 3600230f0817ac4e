import type { Backoff, Duration } from '../metadata/options.js';

/** Longer, and a task would rather be started anew; and no timer of Node's is that long. */
const LONGEST = 86_400_000;

/** How long to wait after which attempt; undefined where the setting cannot hold, which is then taken note of. */
export function backoffSettings(
  backoff: Backoff,
  read: (setting: string, given: Duration) => number | undefined,
  refuse: (setting: string, given: unknown, rule: string) => void,
): ((attempt: number) => number) | undefined {
  if (isList(backoff)) {
    const waits = backoff.map((wait) => read('backoff', wait));
    if (waits.length === 0) refuse('backoff', '[]', 'at least one length of time, or { base, factor, max }');
    if (!waits.every((wait) => wait !== undefined && fits(wait, backoff, refuse))) return undefined;
    return (attempt) => waits[Math.min(attempt, waits.length) - 1] ?? 0;
  }
  const { base: first = '1s', factor = 2, max: last = '1m' } = backoff;
  const base = read('backoff', first);
  const max = read('backoff', last);
  if (!Number.isFinite(factor) || factor < 1) refuse('backoff.factor', factor, 'a number of at least 1');
  if (base === undefined || max === undefined || !fits(max, last, refuse)) return undefined;
  return (attempt) => Math.min(max, base * factor ** (attempt - 1));
}

const isList = (backoff: Backoff): backoff is Extract<Backoff, readonly unknown[]> => Array.isArray(backoff);

function fits(wait: number, given: unknown, refuse: (setting: string, given: unknown, rule: string) => void): boolean {
  if (wait > LONGEST) refuse('backoff', given, "at most '24h' before any attempt");
  return wait <= LONGEST;
}
