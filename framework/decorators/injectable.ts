import type { Class } from '../metadata/class.js';
import { markInjectable } from '../metadata/dependencies.js';
// Last: tsyringe refuses to load before the reflect-metadata that framework/metadata/ brings.
import { inject, injectable } from 'tsyringe';

/**
 * Lets the container see what a class's constructor asks for. A class with `@Tool`, `@Task`, `@Resource`, `@Prompt` or
 * `@Agent` on the class itself has that already; one with decorated methods alone, or a dependency, needs it as soon as its
 * constructor takes parameters: the compiler records their types for decorated classes only.
 */
export function Injectable(): (target: Class) => void {
  return (target) => {
    injectable()(target);
    markInjectable(target);
  };
}

/** Says which dependency a constructor parameter takes, where its type cannot: a value, an interface, one of several. */
export function Inject(
  token: Class | string | symbol,
  options: { readonly optional?: boolean } = {},
): ParameterDecorator {
  return inject(token, { isOptional: options.optional === true }) as ParameterDecorator;
}
