import 'reflect-metadata';
import type { Class } from './class.js';
import { designParametersOf } from './properties.js';

/** What one constructor parameter asks the container for. */
export type Dependency =
  | { readonly kind: 'class'; readonly class: Class }
  /** Marked with `@Inject`; a class where it may be left out. */
  | { readonly kind: 'token'; readonly token: Class | string | symbol; readonly optional: boolean }
  /** Marked with tsyringe's `delay`, by which classes may need each other: it is made when it is first used. */
  | { readonly kind: 'deferred'; readonly class: Class; readonly delay: object }
  /** Marked with one of tsyringe's decorators for lists and conversions. */
  | { readonly kind: 'unsupported' }
  /** Typed as a plain value (`string`, an array, ...), of which there are many: only a token could tell which. */
  | { readonly kind: 'value'; readonly type: string }
  /** The compiler recorded a type that does not exist at run time: an interface, `import type`, or an import cycle. */
  | { readonly kind: 'erased' }
  /** The compiler recorded nothing for the constructor. */
  | { readonly kind: 'unrecorded' };

// Where tsyringe's parameter decorators write, which are as good as ours. Written without tsyringe, so that a start need not load it.
const TOKENS = 'injectionTokens';
const INJECTABLE = Symbol.for('perdura:injectable');
const VALUES: readonly unknown[] = [String, Number, Boolean, Symbol, BigInt, Array, Promise];

/** What each parameter of a class's constructor asks for, in order. A class without its own constructor has its parent's. */
export function dependenciesOf(target: Class): readonly Dependency[] {
  const types = designParametersOf(target);
  const tokens = tokensOf(target);
  const count = Math.max(types?.length ?? target.length, ...Object.keys(tokens).map((index) => Number(index) + 1));
  return Array.from({ length: count }, (_, index) => {
    const asked = tokens[index] ?? types?.[index];
    return types === undefined && asked === undefined ? { kind: 'unrecorded' } : dependency(asked);
  });
}

// A class without a constructor of its own has its parent's, tokens and all; one with its own has its own alone.
function tokensOf(target: Class): Readonly<Record<number, unknown>> {
  const own = Reflect.hasOwnMetadata('design:paramtypes', target);
  const tokens: unknown = own ? Reflect.getOwnMetadata(TOKENS, target) : Reflect.getMetadata(TOKENS, target);
  return (tokens as Readonly<Record<number, unknown>> | undefined) ?? {};
}

/** Notes which dependency a constructor parameter takes. */
export function recordToken(target: Class, index: number, token: Class | string | symbol, isOptional: boolean): void {
  const earlier = Reflect.getOwnMetadata(TOKENS, target) as Readonly<Record<number, unknown>> | undefined;
  Reflect.defineMetadata(TOKENS, { ...earlier, [index]: { token, multiple: false, isOptional } }, target);
}

/** Whether the decorators of a method left compiler metadata: they do wherever `emitDecoratorMetadata` is on. */
export function hasMethodMetadata(target: Class, member: string, on: 'method' | 'static'): boolean {
  return Reflect.hasOwnMetadata('design:type', on === 'static' ? target : (target.prototype as object), member);
}

/** Notes that the class itself is decorated, which has a compiler that emits metadata record its constructor. */
export function markInjectable(target: Class): void {
  Reflect.defineMetadata(INJECTABLE, true, target);
}

export function isInjectable(target: Class): boolean {
  return Reflect.hasOwnMetadata(INJECTABLE, target);
}

/** What tsyringe's decorators, and ours, leave on a parameter. */
interface Descriptor {
  readonly token?: Class | string | symbol | { readonly wrap?: () => Class } | null;
  readonly isOptional?: boolean;
  readonly multiple?: boolean;
}

function dependency(asked: unknown): Dependency {
  // tsyringe writes `{ token, isOptional }`, also into the list that a subclass inherits.
  if (typeof asked === 'object' && asked !== null && 'token' in asked) {
    const { token, isOptional, multiple } = asked as Descriptor;
    if (multiple === true || 'transform' in asked) return { kind: 'unsupported' };
    // The class that `@Inject` named did not exist yet.
    if (token === undefined || token === null) return { kind: 'erased' };
    if (typeof token === 'object') {
      const deferred = token.wrap?.();
      return typeof deferred === 'function' ? { kind: 'deferred', class: deferred, delay: token } : { kind: 'erased' };
    }
    if (isOptional !== true && typeof token === 'function') return dependency(token);
    return { kind: 'token', token, optional: isOptional === true };
  }
  if (typeof asked !== 'function' || asked === Object || asked === Function) return { kind: 'erased' };
  return VALUES.includes(asked) ? { kind: 'value', type: asked.name } : { kind: 'class', class: asked as Class };
}
