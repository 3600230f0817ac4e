import { isObject, jsonIn } from './conversation.js';
import type { Claim } from './rank.js';

/** A claim, and its place in the list that it stands in. */
export interface Found {
  readonly claim: Claim;
  readonly place: number;
}

/** The claims anywhere in the JSON values of a text. */
export const claimsIn = (text: string): Found[] => jsonIn(text).flatMap((value) => within(value));

function within(value: unknown, place = 0): Found[] {
  if (Array.isArray(value)) return value.flatMap((inner, index) => within(inner, index));
  if (!isObject(value)) return [];
  const { text, path, line, quote } = value;
  if (typeof text === 'string' && typeof path === 'string' && typeof line === 'number' && typeof quote === 'string') {
    return [{ claim: { text, path, line, quote }, place }];
  }
  return Object.values(value).flatMap((inner) => within(inner));
}
