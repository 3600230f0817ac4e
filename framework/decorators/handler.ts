import type { Awaitable, Class } from '../metadata/class.js';

/**
 * A decorator that fits a class with the method `Name`, or a method itself. A handler that does not take what the options
 * promise is a compile error at the decorator. (The factories wrap `Input` and `Output` in `NoInfer`: the compiler would infer
 * what the options leave open from the class itself, and then every handler would fit.)
 */
export interface HandlerDecorator<Name extends string, Input, Context, Output> {
  // Fewer parameters than these two are fine, as for any callback.
  (target: Class<{ [K in Name]: (input: Input, ctx: Context) => Awaitable<Output> }>): void;
  <H extends (input: Input, ctx: Context) => Awaitable<Output>>(
    target: object,
    member: string,
    descriptor: TypedPropertyDescriptor<H>,
  ): void;
}
