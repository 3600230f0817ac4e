import { stemsOf } from '../../words.js';
import { type Claim, claimOf } from './claims.js';
import { coverageOf, measureBy, proximity, share, type Weighed } from './coverage.js';
import type { Evidence } from './evidence.js';
import { quality } from './quality.js';
import { coverageBy, type Term } from './question.js';
import { type Statement, statementsOf } from './statements.js';
import { namesOf, ownPath, subjectsOf } from './topic.js';

/** A claim and how well it answers. */
export interface Ranked {
  readonly claim: Claim;
  readonly score: number;
  /** The share of the question, by weight, that the statement, its heading and its path speak of: 0 to 1. */
  readonly coverage: number;
  readonly heading: string;
  /** Whether anything that was seen of its document has a heading. */
  readonly isHeaded: boolean;
  readonly weighed: readonly Weighed[];
  readonly subjects: ReadonlySet<Term>;
  /** Whether it has something of the question in itself, or opens a section that is about it. */
  readonly saysSomething: boolean;
  /** Neither code nor a list of names: code illustrates an answer, it does not give one. */
  readonly isSentence: boolean;
}

/** So many statements at the beginning of a section say what its heading promises. */
const OPENING = 2;
/** Badges and tables of contents stand above the first sentences of a document. */
const BEGINNING = 60;
/** What reads worse than this is quoted nowhere. */
const READABLE = 0.35;

/** Ranks all statements seen by how much of the question they speak of, best first. `facets` only break ties. */
export function rank(evidence: Evidence, terms: readonly Term[], facets: ReadonlySet<string>): Ranked[] {
  const subjects = subjectsOf(terms, evidence);
  const measure = measureBy(evidence, terms);
  const ranked: Ranked[] = [];
  for (const document of evidence.documents.values()) {
    const { path } = document;
    const measured = measure(path);
    const place = new Set(stemsOf(ownPath(path)));
    const isSaidByPath = terms.every(({ stem, light }) => light || place.has(stem));
    const isOwn = [...subjects].some(({ word }) => namesOf(path).has(word.toLowerCase()));
    // npm keeps another version of a package below whoever wants it.
    const isOther = ownPath(path) !== path && evidence.documents.has(ownPath(path));
    const statements = statementsOf(document);
    const isHeaded = statements.some(({ heading }) => heading !== '');
    for (const statement of statements) {
      const reads = quality(statement);
      if (reads < READABLE) continue;
      const weighed = measured(statement);
      const stems = new Set(stemsOf(statement.text));
      const says = ({ light, stem }: Term): boolean => (isSaidByPath ? !light : !place.has(stem));
      const opens = (isOwn || subjects.size === 0) && opensAnswer(statement, weighed, place);
      const coverage = coverageOf(weighed);
      const inText = Math.max(
        share(weighed, ({ here }) => here),
        opens ? 0.85 : 0,
      );
      const facet = [...stems].some((stem) => facets.has(stem)) ? 0.08 : 0;
      const bonus = 0.1 * proximity(statement.text, terms) + facet + (isOwn ? 0.1 : 0) + (opens ? 0.15 : 0);
      ranked.push({
        claim: claimOf(statement, terms),
        score: (0.6 * inText + 0.4 * coverage + bonus) * reads * (isOther ? 0.9 : 1),
        coverage,
        heading: statement.heading,
        isHeaded,
        weighed,
        subjects,
        saysSomething: opens || terms.some((term) => says(term) && coverageBy(stems, term) > 0),
        isSentence: !statement.code && reads > 0.5,
      });
    }
  }
  return ranked.sort(
    (a, b) => b.score - a.score || (a.claim.path < b.claim.path ? -1 : 1) || a.claim.line - b.claim.line,
  );
}

/** "What is X?" is told by the first sentences of X's own document, "X's limit" by those below a heading that says so. */
function opensAnswer(statement: Statement, weighed: readonly Weighed[], place: ReadonlySet<string>): boolean {
  const { heading, below, code, fragments } = statement;
  if (code || below >= OPENING) return false;
  const trail = heading.split(' > ');
  const last = new Set(stemsOf(trail.at(-1) ?? ''));
  const solid = weighed.filter(({ term }) => !term.light);
  const asked = solid.filter(({ term }) => !place.has(term.stem));
  if (asked.length === 0) {
    const isFirst = trail.length === 1 || solid.some(({ term }) => last.has(term.stem));
    return isFirst && (fragments[0]?.line ?? Infinity) < BEGINNING;
  }
  const named = asked.filter(({ term }) => coverageBy(last, term) > 0).length;
  return named >= asked.length / 2 && last.size <= asked.length + 1;
}
