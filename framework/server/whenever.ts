import type { Awaitable } from '../metadata/class.js';

/** Goes on at once with what is there at once: a promise for each request would be paid for by all that need none. */
export function whenever<T, R>(value: Awaitable<T>, then: (value: T) => R): Awaitable<R> {
  return value instanceof Promise ? value.then(then) : then(value);
}

/** Goes on without it: nobody waits for what it comes to, and where it fails that is told. */
export function unawaited(work: Awaitable<unknown>, failed: (error: unknown) => void): void {
  if (work instanceof Promise) work.catch(failed);
}
