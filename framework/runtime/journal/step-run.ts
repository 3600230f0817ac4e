import { setMaxListeners } from 'node:events';
import { PerduraError, ToolError } from '../../errors.js';
import type { Awaitable } from '../../metadata/class.js';
import { LONGEST_TIMER } from '../at-time.js';

/** Runs `work` up to `attempts` times, counted from 1. An error that is meant for the caller, or a cancellation, is final. */
export async function persistently<T>(
  attempts: number,
  signal: AbortSignal,
  work: (attempt: number) => Awaitable<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt >= attempts || signal.aborted || error instanceof ToolError) throw error;
    }
  }
}

/**
 * Runs `work` for at most `limit` ms: then its own signal aborts, and what it still does is not waited for.
 * @throws PerduraError `STEP_TIMED_OUT`
 */
export async function within<T>(
  limit: number | undefined,
  step: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Awaitable<T>,
): Promise<T> {
  if (limit === undefined || limit > LONGEST_TIMER) return work(signal);
  // Not AbortSignal.any(): whatever listens to such a signal and does not stop to, Node keeps for as long as the process lives.
  const own = new AbortController();
  // As many listeners as the work has waits, which is no leak.
  setMaxListeners(0, own.signal);
  const follow = (): void => own.abort(signal.reason);
  if (signal.aborted) follow();
  signal.addEventListener('abort', follow, { once: true });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = PerduraError.of('STEP_TIMED_OUT', step, limit);
      own.abort(error);
      reject(error);
    }, limit);
  });
  try {
    return await Promise.race([work(own.signal), late]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', follow);
  }
}
