import type { Provider } from './provider.js';

const isText = (given: unknown): boolean => typeof given === 'string' || typeof given === 'symbol';
// What an import cycle leaves undefined is no token and no class.
const isClass = (given: unknown): boolean => typeof given === 'function' && typeof given.prototype === 'object';

/** Whether it is a provider, and neither a part nor a mixture: for code that no compiler checked. */
export function isProvider(given: unknown): given is Provider {
  if (typeof given !== 'object' || given === null) return false;
  const { provide, useClass, useFactory } = given as Readonly<Record<string, unknown>>;
  const ways = ['useValue', 'useClass', 'useFactory'].filter((way) => way in given);
  return (
    (isText(provide) || isClass(provide)) &&
    ways.length === 1 &&
    (ways[0] !== 'useClass' || isClass(useClass)) &&
    (ways[0] !== 'useFactory' || typeof useFactory === 'function')
  );
}
