import { stem, stemsOf, wordsOf } from '../../words.js';
import { type Conversation, toolTaking } from './conversation.js';
import { type Evidence, gather, weigher } from './evidence.js';
import { coverageBy, termsOfQuestion, type Term } from './question.js';
import { type Claim, rank, type Ranked } from './rank.js';
import { STOP_WORDS } from './vocabulary.js';

/** A tool call that the model decided on. */
export interface Wish {
  readonly name: string;
  readonly input: Record<string, unknown>;
}

/** At least this much of the question must be spoken of in one place, or the library has no answer. */
const ENOUGH = 0.58;
const MOST_CLAIMS = 5;

/** First searches, then reads around the best passages and follows a term found there, then has seen enough. */
export function nextCalls({ question: whole, part, turns, results, tools }: Conversation): Wish[] {
  const question = matterOf(whole, part);
  const search = toolTaking('query', tools);
  const read = toolTaking('path', tools);
  const terms = termsOfQuestion(question);
  if (turns === 0 && search !== undefined) {
    return queries(terms, part === question ? [] : termsOfQuestion(part)).map((query) => ({
      name: search,
      input: { query, limit: 8 },
    }));
  }
  if (turns === 1 && results.length > 0) {
    const evidence = gather(results);
    const best = rank(evidence, terms, facetsOf(question, part)).filter(({ coverage }) => coverage >= ENOUGH);
    const follow = search === undefined ? undefined : followUp(evidence, terms, best);
    return [
      ...(follow === undefined ? [] : [{ name: search ?? '', input: { query: follow, limit: 6 } }]),
      ...(read === undefined
        ? []
        : places(best).map(({ path, line }) => ({ name: read, input: { path, line, lines: 40 } }))),
    ];
  }
  return [];
}

/** The claims that answer the part, best first; none when nothing that was seen speaks of enough of the question. */
export function findings({ question: whole, part, results }: Conversation): Claim[] {
  const question = matterOf(whole, part);
  const evidence = gather(results);
  const terms = termsOfQuestion(question);
  const ranked = rank(evidence, terms, facetsOf(question, part));
  // Code illustrates an answer, it does not give one: a sentence must carry it.
  const top = ranked.find(({ coverage, code }) => coverage >= ENOUGH && !code);
  if (top === undefined || !namesAreThere(terms, evidence, top)) return [];
  const isOnTopic = topicOf(terms, top);
  const claims = new Map<string, Claim>();
  for (const candidate of ranked) {
    const isClose = candidate.score >= top.score * 0.6 && candidate.coverage >= ENOUGH * 0.8;
    if (isClose && isOnTopic(candidate) && claims.size < MOST_CLAIMS) claims.set(candidate.claim.text, candidate.claim);
  }
  return [...claims.values()];
}

/**
 * A term in the best answer's path is what the question is about (`ioredis` in `ioredis/README.md`), the others are what
 * it asks of it. A claim must be about all of the former and speak of about half of the latter.
 */
function topicOf(terms: readonly Term[], top: Ranked): (candidate: Ranked) => boolean {
  const path = new Set(stemsOf(top.claim.path));
  const solid = terms.filter(({ light }) => !light);
  const subjects = solid.filter((term) => path.has(term.stem));
  const asked = solid.filter((term) => !path.has(term.stem));
  return ({ claim, stems }) => {
    const about = new Set([...stems, ...stemsOf(claim.path)]);
    const said = asked.reduce((sum, term) => sum + coverageBy(stems, term), 0);
    return subjects.every((term) => coverageBy(about, term) > 0) && said >= asked.length * 0.45;
  };
}

/** What an answer is measured against: the part when it is a clause of the question, else the whole question. */
function matterOf(question: string, part: string): string {
  const isClause = question.toLowerCase().includes(part.toLowerCase().replace(/\W+$/u, ''));
  return isClause ? part : question;
}

/** The question's own words; then either the part's, or the question's with the words that may stand for them. */
function queries(question: readonly Term[], part: readonly Term[]): string[] {
  const solid = question.filter(({ light }) => !light);
  const words = (solid.length > 0 ? solid : question).map(({ word }) => word);
  const widened = solid.flatMap(({ word, synonyms }) => [word, ...synonyms.slice(0, 3)]);
  const second = part.length > 0 ? part.map(({ word }) => word) : widened;
  return [...new Set([words.join(' '), second.join(' ')])].filter((query) => query !== '');
}

/** The most telling word near the question's terms that the question itself does not have, such as an option's name. */
function followUp({ passages }: Evidence, terms: readonly Term[], best: readonly Ranked[]): string | undefined {
  const weigh = weigher(passages);
  const asked = new Set(terms.flatMap((term) => [term.stem, ...term.synonymStems]));
  const counts = new Map<string, number>();
  for (const { claim } of best.slice(0, 12)) {
    for (const word of new Set(wordsOf(claim.text))) {
      // Identifiers lead on: an option or a function is where the details are told.
      const isName = /[\p{Ll}][\p{Lu}]|[_.]\p{L}/u.test(word);
      if (isName && !STOP_WORDS.has(word) && !asked.has(stem(word))) {
        counts.set(word, (counts.get(word) ?? 0) + weigh(stem(word)));
      }
    }
  }
  const [lead] = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const subject = terms.find(({ light }) => !light)?.word ?? '';
  return lead === undefined ? undefined : `${subject} ${lead[0]}`.trim();
}

/** Where to read on: the best claims' surroundings, no two of them overlapping. */
function places(best: readonly Ranked[]): { path: string; line: number }[] {
  const chosen: { path: string; line: number }[] = [];
  for (const { claim } of best) {
    const line = Math.max(1, claim.line - 10);
    const seen = chosen.some((other) => other.path === claim.path && Math.abs(other.line - line) < 30);
    if (!seen && chosen.length < 3) chosen.push({ path: claim.path, line });
  }
  return chosen;
}

/** What the part asks for beyond the question: `default`, `event`, `example`. */
function facetsOf(question: string, part: string): Set<string> {
  const asked = new Set(stemsOf(question));
  return new Set(
    termsOfQuestion(part)
      .flatMap((term) => [term.stem, ...term.synonymStems])
      .filter((own) => !asked.has(own)),
  );
}

/** A name in the question (`Atlantis`) must be spoken of where the best answer stands. */
function namesAreThere(terms: readonly Term[], { documents }: Evidence, { claim }: Ranked): boolean {
  const lines = [...(documents.get(claim.path)?.lines.values() ?? [])].join('\n');
  const stems = new Set(stemsOf(`${claim.path} ${lines}`));
  return terms.every((term) => !term.named || coverageBy(stems, term) > 0);
}
