import type { Awaitable } from '../metadata/class.js';

/** Goes on at once with what is there at once: a promise for each request would be paid for by all that need none. */
export function whenever<T, R>(value: Awaitable<T>, then: (value: T) => R): Awaitable<R> {
  return value instanceof Promise ? value.then(then) : then(value);
}
