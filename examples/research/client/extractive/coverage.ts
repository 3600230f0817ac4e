import { stemsOf } from '../../words.js';
import { type Evidence, weigher } from './evidence.js';
import { coverageBy, type Term } from './question.js';
import type { Statement } from './statements.js';
import { namesOf, ownPath, spelledIn, subjectsOf } from './topic.js';

/** A term of the question, what it weighs, and how far a statement speaks of it: in itself, and with what stands around it. */
export interface Weighed {
  readonly term: Term;
  readonly weight: number;
  readonly here: number;
  readonly around: number;
}

const LIGHT = 0.3;
const NAME = 1.5;

/** Measures the statements of a document against the terms of a question: `(path) => (statement) => the terms, weighed`. */
export function measureBy(evidence: Evidence, terms: readonly Term[]) {
  const weigh = weigher(evidence.passages);
  const subjects = subjectsOf(terms, evidence);
  const weightOf = (term: Term): number => {
    if (term.light) return LIGHT;
    return term.named || subjects.has(term) ? NAME : Math.min(Math.max(weigh(term.stem), 0.6), 1.3);
  };
  const weights = terms.map((term) => ({ term, weight: weightOf(term) }));
  return (path: string) => {
    const names = namesOf(path);
    const place = new Set(stemsOf(ownPath(path)));
    return ({ text, heading }: Statement): Weighed[] => {
      const [stems, above] = [text, heading].map((part) => new Set(stemsOf(part))) as [Set<string>, Set<string>];
      const [spelled, spelledAbove] = [text, heading].map(spelledIn) as [Set<string>, Set<string>];
      return weights.map(({ term, weight }) => {
        const name = term.word.toLowerCase();
        if (subjects.has(term)) {
          const here = names.has(name) || spelled.has(name) ? 1 : 0;
          return { term, weight, here, around: here === 1 || spelledAbove.has(name) ? 1 : 0 };
        }
        const here = coverageBy(stems, term);
        const around = Math.max(here, 0.9 * coverageBy(above, term), place.has(term.stem) ? 1 : 0);
        return { term, weight, here, around };
      });
    };
  };
}

/** The share of the terms, by weight, that something is true of: 0 to 1. */
export function share(weighed: readonly Weighed[], of: (each: Weighed) => number): number {
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0);
  return total === 0 ? 0 : weighed.reduce((sum, each) => sum + each.weight * of(each), 0) / total;
}

/** Both ways: a rare word alone does not answer a question of two, and neither do its common words alone. */
export function coverageOf(weighed: readonly Weighed[]): number {
  const flat = weighed.map((each) => ({ ...each, weight: each.term.light ? LIGHT : 1 }));
  return Math.min(...[weighed, flat].map((list) => share(list, ({ around }) => around)));
}

/** Terms that stand close together belong together: 1 when adjacent, towards 0 when far apart. */
export function proximity(text: string, terms: readonly Term[]): number {
  const stems = stemsOf(text);
  const places = terms
    .map((term) => stems.findIndex((stem) => coverageBy(new Set([stem]), term) > 0))
    .filter((at) => at >= 0);
  return places.length < 2 ? 0 : places.length / (1 + Math.max(...places) - Math.min(...places));
}
