import type { Class } from '../metadata/class.js';
import type { Place } from '../metadata/declaration.js';
import { Injectable } from './injectable.js';
import { requireLegacy } from './legacy.js';

/** The implementation of every handler decorator: finds where it stands and has that recorded. */
export function record(handler: string, declareAt: (place: Place) => void) {
  return (target: object, member?: string): void => {
    requireLegacy(member);
    if (typeof member === 'string') {
      // A static method's decorator is given the class itself, any other method's the prototype.
      const on = typeof target === 'function' ? 'static' : 'method';
      declareAt({ target: (on === 'static' ? target : target.constructor) as Class, member, on });
    } else {
      Injectable()(target as Class);
      declareAt({ target: target as Class, member: handler, on: 'class' });
    }
  };
}
