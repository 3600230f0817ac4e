import type { Place } from '../metadata/declaration.js';
import { placeOf, type Mistakes } from './mistakes.js';

/** RFC 6749, 3.3: what a scope is made of, so that a challenge can name it between quotes. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

export const isScope = (text: string): boolean => SCOPE.test(text);

/** The scopes that a declaration asks for; none at all where its list is empty. */
export function scopesOf(
  place: Pick<Place, 'target' | 'member'>,
  scopes: readonly string[] | undefined,
  mistakes: Mistakes,
): { readonly scopes?: readonly string[] } {
  if (!scopes || scopes.length === 0) return {};
  for (const scope of scopes) if (!isScope(scope)) mistakes.add('ILLEGAL_SCOPE', placeOf(place), scope);
  return { scopes: Object.freeze([...new Set(scopes)]) };
}
