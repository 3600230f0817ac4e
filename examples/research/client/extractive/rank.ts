import { stemsOf } from '../../words.js';
import { type Evidence, weigher } from './evidence.js';
import { coverageBy, type Term } from './question.js';
import { type Statement, statementsOf } from './statements.js';

/** A statement of fact, with the one line that shows it. */
export interface Claim {
  readonly text: string;
  readonly path: string;
  readonly line: number;
  readonly quote: string;
}

/** A claim and how well it answers. */
export interface Ranked {
  readonly claim: Claim;
  readonly score: number;
  /** The share of the question, by weight, that the statement, its heading and its path speak of: 0 to 1. */
  readonly coverage: number;
  /** Stems of the statement and of the headings above it. */
  readonly stems: ReadonlySet<string>;
  readonly code: boolean;
}

/** Ranks all statements seen by how much of the question they speak of, best first. `facets` only break ties. */
export function rank(evidence: Evidence, terms: readonly Term[], facets: ReadonlySet<string>): Ranked[] {
  const weigh = weigher(evidence.passages);
  const weighed = terms.map((term) => {
    const flat = term.light ? 0.3 : 1;
    return {
      term,
      flat,
      weight: term.named ? 1.5 : term.light ? flat : Math.min(Math.max(weigh(term.stem), 0.6), 1.3),
    };
  });
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0);
  const flatTotal = weighed.reduce((sum, { flat }) => sum + flat, 0);
  const ranked: Ranked[] = [];
  for (const document of evidence.documents.values()) {
    const path = new Set(stemsOf(document.path));
    const isSubject = terms.every((term) => term.light || path.has(term.stem));
    for (const statement of statementsOf(document)) {
      const own = stemsOf(statement.text);
      const stems = new Set(own);
      const above = new Set(stemsOf(statement.heading));
      let inText = 0;
      let anywhere = 0;
      let flatly = 0;
      for (const { term, weight, flat } of weighed) {
        const here = coverageBy(stems, term);
        const around = Math.max(here, 0.9 * coverageBy(above, term), path.has(term.stem) ? 1 : 0);
        inText += weight * here;
        anywhere += weight * around;
        flatly += flat * around;
      }
      // Both ways: a rare word alone does not answer a question of two, and neither do its common words alone.
      const coverage = Math.min(anywhere / total, flatly / flatTotal);
      const facet = own.some((stem) => facets.has(stem)) ? 0.08 : 0;
      const score =
        (0.6 * (inText / total) + 0.4 * coverage + 0.1 * proximity(own, terms) + facet) * quality(statement);
      // "What is X?": the first sentences of X's own document tell, and rarely repeat its name.
      if (isSubject && inText === 0 && (statement.fragments[0]?.line ?? Infinity) < 30) inText = total / 2;
      // A statement that has nothing of the question in itself is no evidence, whatever stands above it.
      if (inText > 0)
        ranked.push({
          claim: claimOf(statement, terms),
          score,
          coverage,
          stems: new Set([...stems, ...above]),
          code: statement.code,
        });
    }
  }
  return ranked.sort(
    (a, b) => b.score - a.score || (a.claim.path < b.claim.path ? -1 : 1) || a.claim.line - b.claim.line,
  );
}

/** Terms that stand close together belong together: 1 when adjacent, towards 0 when far apart. */
function proximity(stems: readonly string[], terms: readonly Term[]): number {
  const places = terms
    .map((term) => stems.findIndex((stem) => coverageBy(new Set([stem]), term) > 0))
    .filter((at) => at >= 0);
  return places.length < 2 ? 0 : places.length / (1 + Math.max(...places) - Math.min(...places));
}

function quality({ text, code }: Statement): number {
  const words = text.split(' ').length;
  if (code) return /^`(?:import|export|const \S+ = require)\b/u.test(text) ? 0.3 : 0.6;
  if (words < 5 || text.endsWith('?')) return 0.6;
  // Begins in the middle: what was seen of the document starts inside a sentence.
  if (/^[\p{Ll})\],.]/u.test(text)) return 0.75;
  if (text.endsWith(':')) return words < 15 ? 0.5 : 0.8;
  return words > 60 ? 0.8 : 1;
}

/** Cites the line of a statement that says most of it; of equals, the longest. */
function claimOf({ text, path, fragments }: Statement, terms: readonly Term[]): Claim {
  const [best] = fragments
    .map(({ line, quote }) => {
      const stems = new Set(stemsOf(quote));
      return { line, quote, says: terms.reduce((sum, term) => sum + coverageBy(stems, term), 0) };
    })
    .sort((a, b) => b.says - a.says || b.quote.length - a.quote.length);
  return { text, path, line: best?.line ?? 0, quote: best?.quote ?? '' };
}
