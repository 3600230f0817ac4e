import { stem, wordsOf } from '../../words.js';
import { type Evidence, weigher } from './evidence.js';
import type { Term } from './question.js';
import type { Ranked } from './rank.js';
import { subjectsOf } from './topic.js';
import { STOP_WORDS } from './vocabulary.js';

/** Where to read: a document and its first line. */
export interface Place {
  readonly path: string;
  readonly line: number;
}

const MOST_PLACES = 3;

/** The question's own words; then either the others', or the question's with the words that may stand for them. */
export function queries(question: readonly Term[], others: readonly Term[]): string[] {
  const solid = question.filter(({ light }) => !light);
  const words = (solid.length > 0 ? solid : question).map(({ word }) => word);
  const widened = solid.flatMap(({ word, synonyms }) => [word, ...synonyms.slice(0, 3)]);
  const second = others.length > 0 ? others.map(({ word }) => word) : widened;
  return [...new Set([words.join(' '), second.join(' ')])].filter((query) => query !== '');
}

/** The most telling word near the question's terms that the question itself does not have, such as an option's name. */
export function followUp(evidence: Evidence, terms: readonly Term[], best: readonly Ranked[]): string | undefined {
  const weigh = weigher(evidence.passages);
  const asked = new Set(terms.flatMap((term) => [term.stem, ...term.synonymStems]));
  const counts = new Map<string, number>();
  for (const { claim } of best.slice(0, 12)) {
    for (const word of new Set(wordsOf(claim.text))) {
      // Identifiers lead on: an option or a function is where the details are told.
      const isName = /\p{Ll}\p{Lu}|\p{L}{2}[_.]\p{L}{2}/u.test(word);
      if (isName && !STOP_WORDS.has(word) && !asked.has(stem(word))) {
        counts.set(word, (counts.get(word) ?? 0) + weigh(stem(word)));
      }
    }
  }
  const [lead] = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const [subject] = [...subjectsOf(terms, evidence), ...terms.filter(({ light }) => !light)];
  return lead === undefined ? undefined : `${subject?.word ?? ''} ${lead[0]}`.trim();
}

/** Where to read on: the best claims' surroundings, no two of them overlapping. */
export function places(best: readonly Ranked[]): Place[] {
  const chosen: Place[] = [];
  for (const { claim } of best) {
    const line = Math.max(1, claim.line - 10);
    const seen = chosen.some((other) => other.path === claim.path && Math.abs(other.line - line) < 30);
    if (!seen && chosen.length < MOST_PLACES) chosen.push({ path: claim.path, line });
  }
  return chosen;
}

/** The beginning of the document that is named like the only thing that is asked for: "What is zod?" */
export function introduction(evidence: Evidence, terms: readonly Term[]): Place[] {
  const subjects = subjectsOf(terms, evidence);
  const solid = terms.filter(({ light }) => !light);
  if (solid.length === 0 || !solid.every((term) => subjects.has(term))) return [];
  const depth = (path: string): number => path.split('/').length;
  const [path] = [...evidence.documents.keys()]
    .filter((each) => solid.every(({ word }) => each.toLowerCase().includes(word.toLowerCase())))
    .sort((a, b) => depth(a) - depth(b) || a.length - b.length);
  return path === undefined ? [] : [{ path, line: 1 }];
}
