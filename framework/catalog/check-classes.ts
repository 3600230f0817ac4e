import type { Class } from '../metadata/class.js';
import { nameOf, type Mistakes } from './mistakes.js';

/** The classes of a list, each once; whatever is none, or is there twice, is taken note of. */
export function checkClasses(list: readonly unknown[], place: string, mistakes: Mistakes): readonly Class[] {
  const found = new Set<Class>();
  for (const [index, item] of list.entries()) {
    if (!isClass(item)) mistakes.add('NOT_A_CLASS', `Item #${index} of ${place}`, described(item));
    else if (found.has(item)) mistakes.add('DUPLICATE_CLASS', nameOf(item), place);
    else found.add(item);
  }
  return [...found];
}

/** Whether it can be constructed: a class, and no arrow function. */
export function isClass(value: unknown): value is Class {
  return typeof value === 'function' && typeof value.prototype === 'object' && value.prototype !== null;
}

/** What a message calls something that is no class. */
export function described(value: unknown): string {
  return value == null ? String(value) : typeof value === 'function' ? 'a function' : `a value of type ${typeof value}`;
}
