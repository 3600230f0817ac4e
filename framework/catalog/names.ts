import { placeOf, type Mistakes } from './mistakes.js';
import type { Place } from '../metadata/declaration.js';

// The specification's SHOULD for tool names (SEP-986), held for every name: hosts build identifiers from them.
const LEGAL = /^[A-Za-z0-9_.-]{1,128}$/;
// Hosts and gateways keep names as keys of plain objects, where these would reach the prototype.
const UNSAFE: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/** Takes note of a name that may not be used. */
export function checkName(kind: string, name: unknown, place: Place, mistakes: Mistakes): void {
  if (!isLegalName(name)) mistakes.add('ILLEGAL_NAME', placeOf(place), kind, String(name));
}

export function isLegalName(name: unknown): boolean {
  return typeof name === 'string' && LEGAL.test(name) && !UNSAFE.includes(name);
}

/** The entries by their key, in order; one whose key is taken already is a mistake. */
export function uniqueBy<E extends Pick<Place, 'target' | 'member'>>(
  entries: readonly E[],
  keyOf: (entry: E) => string,
  onTwice: (key: string, first: string, second: string) => void,
): ReadonlyMap<string, E> {
  const found = new Map<string, E>();
  for (const entry of entries) {
    const key = keyOf(entry);
    const first = found.get(key);
    if (first) onTwice(key, placeOf(first), placeOf(entry));
    else found.set(key, entry);
  }
  return found;
}
