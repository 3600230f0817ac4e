import { stemsOf } from '../../words.js';
import { isObject, jsonIn } from './conversation.js';
import { coverageBy, type Term } from './question.js';
import type { Statement } from './statements.js';

/** A statement of fact, with the one line that shows it. */
export interface Claim {
  readonly text: string;
  readonly path: string;
  readonly line: number;
  readonly quote: string;
}

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

/** Cites the line of a statement that says most of it; of equals, the longest. */
export function claimOf({ text, path, fragments }: Statement, terms: readonly Term[]): Claim {
  const [best] = fragments
    .map(({ line, quote }) => {
      const stems = new Set(stemsOf(quote));
      return { line, quote, says: terms.reduce((sum, term) => sum + coverageBy(stems, term), 0) };
    })
    .sort((a, b) => b.says - a.says || b.quote.length - a.quote.length);
  return { text, path, line: best?.line ?? 0, quote: best?.quote ?? '' };
}
