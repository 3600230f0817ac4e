import { PerduraError, ToolError } from '../errors.js';
import type { Awaitable } from '../metadata/class.js';

/** Runs `work` up to `attempts` times. An error that is meant for the caller, or a cancellation, is final. */
export async function persistently<T>(attempts: number, signal: AbortSignal, work: () => Awaitable<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
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
  if (limit === undefined) return work(signal);
  const timeout = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = PerduraError.of('STEP_TIMED_OUT', step, limit);
      timeout.abort(error);
      reject(error);
    }, limit);
  });
  try {
    return await Promise.race([work(AbortSignal.any([signal, timeout.signal])), late]);
  } finally {
    clearTimeout(timer);
  }
}
