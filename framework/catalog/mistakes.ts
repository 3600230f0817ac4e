import type { Place } from '../metadata/declaration.js';
import type { Class } from '../metadata/class.js';
import { BootError, PerduraError, type ErrorCode, type ErrorFacts } from '../errors.js';

/** The mistakes found so far: a start reports all of them together. */
export class Mistakes {
  readonly found: PerduraError[] = [];

  add<C extends ErrorCode>(code: C, ...facts: ErrorFacts<C>): void {
    this.found.push(PerduraError.of(code, ...facts));
  }

  /**
   * Runs what throws a mistake, or a list of them, and takes note of it. Anything else that is thrown passes.
   * Gives undefined where there was a mistake.
   */
  attempt<T>(place: string, make: () => T): T | undefined {
    try {
      return make();
    } catch (error) {
      if (error instanceof BootError) this.found.push(...error.mistakes.map((mistake) => mistake.at(place)));
      else if (error instanceof PerduraError) this.found.push(error.at(place));
      else throw error;
      return undefined;
    }
  }
}

/** A class's name, for a message. */
export function nameOf(target: Class): string {
  return target.name || '(anonymous class)';
}

/** Where a declaration stands, for a message: `Search.call`. */
export function placeOf({ target, member }: Pick<Place, 'target' | 'member'>): string {
  return member === '' ? nameOf(target) : `${nameOf(target)}.${member}`;
}
