import { PerduraError } from '../errors.js';

/**
 * Refuses to be run as the standard decorator of a member, as tsx and esbuild do without `experimentalDecorators`: it is not
 * told of which class, and the start could only say that the class has no decorators at all. On a class both are alike.
 */
export function requireLegacy(second: unknown): void {
  // A standard decorator is given a context here; ours are given a member's name, or nothing on a class.
  if (typeof second !== 'object' || second === null) return;
  const { kind, name } = second as Partial<DecoratorContext>;
  if (kind !== 'class') throw PerduraError.of('STANDARD_DECORATORS', `the ${String(kind)} "${String(name)}"`);
}

/**
 * Refuses to be the decorator itself: `@Tool` for `@Tool({ ... })`. Only a compiler would say so, and JavaScript has none: what came
 * back would stand in the place of the class.
 */
export function requireCall(decorator: string, given: unknown): void {
  if (typeof given === 'function') throw PerduraError.of('DECORATOR_NOT_CALLED', decorator, given.name || 'a class');
  // What the decorator of a member is given first is the prototype.
  if (typeof given !== 'object' || given === null || !Object.hasOwn(given, 'constructor')) return;
  throw PerduraError.of('DECORATOR_NOT_CALLED', decorator, `a member of ${given.constructor.name || 'a class'}`);
}
