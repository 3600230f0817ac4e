import type { Class } from '../metadata/class.js';
import { markInjectable, recordToken } from '../metadata/dependencies.js';
import { requireCall } from './legacy.js';

/**
 * Lets the container see what a class's constructor asks for. A class with `@Tool`, `@Task`, `@Resource`, `@Prompt` or
 * `@Agent` on the class itself has that already; one with decorated methods alone, or a dependency, needs it as soon as its
 * constructor takes parameters: the compiler records their types for decorated classes only.
 */
export function Injectable(): (target: Class) => void;
export function Injectable(...given: readonly unknown[]): (target: Class) => void {
  requireCall('Injectable', given[0]);
  return markInjectable;
}

/** Says which dependency a constructor parameter takes, where its type cannot: a value, an interface, one of several. */
export function Inject(
  token: Class | string | symbol,
  options: { readonly optional?: boolean } = {},
): ParameterDecorator {
  return (target, _, index) => recordToken(target as Class, index, token, options.optional === true);
}
