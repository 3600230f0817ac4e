import { stem, stemsOf, wordsOf } from '../../words.js';
import { LIGHT_WORDS, STOP_WORDS, synonymsOf } from './vocabulary.js';

/** One thing that a question asks about. */
export interface Term {
  readonly word: string;
  readonly stem: string;
  /** Words that may stand for it. */
  readonly synonyms: readonly string[];
  readonly synonymStems: ReadonlySet<string>;
  /** Fits any question (`make`, `use`): searched for, but no evidence. */
  readonly light: boolean;
  /** Written as a name (`Atlantis`, `retryStrategy`, `fast-check`): an answer that lacks it is about something else. */
  readonly named: boolean;
}

const LIGHT_STEMS = new Set([...LIGHT_WORDS].map(stem));

/** The terms of a question in its own order, stop words dropped, each stem once. */
export function termsOfQuestion(question: string): Term[] {
  const terms = new Map<string, Term>();
  const words = wordsOf(question);
  // Where Every Word Has a Capital, capitals say nothing.
  const isTitle = words.length > 2 && words.filter((word) => /^\p{Lu}/u.test(word)).length > words.length * 0.6;
  words.forEach((word, index) => {
    const bare = word.replace(/['’]s$/u, '');
    const root = stem(bare);
    if (bare.length < 2 || STOP_WORDS.has(bare.toLowerCase()) || terms.has(root)) return;
    const named = (index > 0 && !isTitle && /^\p{Lu}/u.test(bare)) || /.[\p{Lu}\p{N}\-_.]/u.test(bare);
    const light = !named && LIGHT_STEMS.has(root);
    const synonyms = synonymsOf(bare.toLowerCase()).filter((other) => stem(other) !== root);
    const synonymStems = new Set(synonyms.flatMap(stemsOf));
    terms.set(root, { word: bare, stem: root, synonyms, synonymStems, light, named });
  });
  return [...terms.values()];
}

/** Which terms a text speaks of: 1 for the word itself, less for a synonym, 0 for neither. */
export function coverageBy(stems: ReadonlySet<string>, { stem: own, synonymStems }: Term): number {
  if (stems.has(own)) return 1;
  for (const synonym of synonymStems) if (stems.has(synonym)) return 0.6;
  return 0;
}
