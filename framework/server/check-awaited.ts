import { PerduraError } from '../errors.js';

/**
 * Says what the compiler would, to whom none has: JavaScript, and TypeScript that is only stripped of its types.
 *
 * @throws PerduraError `APP_NOT_AWAITED`
 */
export function checkAwaited(app: unknown): void {
  if (app instanceof Promise) throw PerduraError.of('APP_NOT_AWAITED');
}
