import { stemsOf } from '../../words.js';
import { share } from './coverage.js';
import { coverageBy, type Term } from './question.js';
import type { Ranked } from './rank.js';
import { namesOf, ownPath, spelledIn } from './topic.js';

/** How much of what is asked a statement must speak of, by weight. */
const HALF = 0.5;

/**
 * Whether a statement is about the question's subject, in a place that is about some of it, and says about half of what is
 * asked of it. What its path says already (`ioredis` in `ioredis/README.md`) is not asked.
 */
export function isOnTopic({ claim, heading, isHeaded, weighed, subjects, saysSomething }: Ranked): boolean {
  if (!saysSomething) return false;
  const names = namesOf(claim.path);
  const above = spelledIn(heading);
  const isSubject = ({ word }: Term): boolean => names.has(word.toLowerCase()) || above.has(word.toLowerCase());
  if (subjects.size > 0 && ![...subjects].some(isSubject)) return false;
  const path = new Set(stemsOf(ownPath(claim.path)));
  const place = new Set([...path, ...stemsOf(heading)]);
  const solid = weighed.filter(({ term }) => !term.light);
  // A document without headings has nothing to say what it is about.
  if (isHeaded && !solid.some(({ term }) => coverageBy(place, term) > 0)) return false;
  const asked = solid.filter(({ term }) => !path.has(term.stem));
  return asked.length === 0 || share(asked, ({ around }) => around) >= HALF;
}
