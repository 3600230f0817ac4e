import 'reflect-metadata';
import type { Class } from './class.js';
import type { Declaration } from './declaration.js';

// Symbol.for: a second copy of the package (ESM beside CJS) must read the same records.
const KEY = Symbol.for('perdura:declarations');

/** Leaves a frozen record on a class. Decorators call this and do nothing else. */
export function declare(declaration: Declaration): void {
  const earlier = declarationsOf(declaration.target);
  Reflect.defineMetadata(KEY, Object.freeze([...earlier, Object.freeze(declaration)]), declaration.target);
}

/** The records on the class itself, never those of its ancestors: a subclass declares for itself. */
export function declarationsOf(target: Class): readonly Declaration[] {
  return (Reflect.getOwnMetadata(KEY, target) as readonly Declaration[] | undefined) ?? [];
}
