import { termsOf } from '../../words.js';
import type { Evidence } from './evidence.js';
import type { Term } from './question.js';

/** The names of a document: its folders and its file, in lower case, without the sign of a scope and the ending. */
export function namesOf(path: string): Set<string> {
  const names = ownPath(path)
    .toLowerCase()
    .replace(/\.[^./]+$/u, '')
    .split('/');
  return new Set(names.map((name) => name.replace(/^@/u, '')));
}

/** What a path says of a document: a package that lies below another's is a matter of its own. */
export function ownPath(path: string): string {
  return path.slice(Math.max(0, path.lastIndexOf('node_modules/')));
}

/** The words of a text and the parts of compound ones, as they are written but for case. */
export function spelledIn(text: string): Set<string> {
  return new Set(termsOf(text).map((word) => word.toLowerCase()));
}

/**
 * What a question is about: its terms that documents which were seen have for a name, such as `zod` with `zod/README.md`.
 * They are names, whatever their case: `express` is not found in "expressed", and who only mentions it does not tell of it.
 */
export function subjectsOf(terms: readonly Term[], { documents }: Evidence): Set<Term> {
  const names = new Set([...documents.keys()].flatMap((path) => [...namesOf(path)]));
  return new Set(terms.filter(({ word, light }) => !light && names.has(word.toLowerCase())));
}
