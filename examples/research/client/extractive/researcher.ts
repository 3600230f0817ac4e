import { stemsOf, termsOf } from '../../words.js';
import type { Claim } from './claims.js';
import { type Conversation, toolTaking } from './conversation.js';
import { type Evidence, gather } from './evidence.js';
import { coverageBy, termsOfQuestion, type Term } from './question.js';
import { isOnTopic } from './on-topic.js';
import { followUp, introduction, places, queries } from './queries.js';
import { rank, type Ranked } from './rank.js';
import { subjectsOf } from './topic.js';

/** A tool call that the model decided on. */
export interface Wish {
  readonly name: string;
  readonly input: Record<string, unknown>;
}

/** At least this much of the question must be spoken of in one place, or the library has no answer. */
const ENOUGH = 0.58;
const MOST_CLAIMS = 5;

/** First searches, then reads around the best passages and follows a term found there, then has seen enough. */
export function nextCalls(conversation: Conversation): Wish[] {
  const { question, part, turns, results, tools } = conversation;
  const search = toolTaking('query', tools);
  const read = toolTaking('path', tools);
  if (turns === 0 && search !== undefined) {
    const matter = matterOf(question, part);
    const others = part === question ? [] : termsOfQuestion(matter === part ? question : part);
    return queries(termsOfQuestion(matter), others).map((query) => ({ name: search, input: { query, limit: 8 } }));
  }
  if (turns === 1 && results.length > 0) {
    const { evidence, terms, ranked } = answersIn(conversation);
    const follow = search === undefined ? undefined : followUp(evidence, terms, ranked);
    const found = [...introduction(evidence, terms), ...places(ranked)];
    return [
      ...(follow === undefined ? [] : [{ name: search ?? '', input: { query: follow, limit: 6 } }]),
      ...(read === undefined ? [] : found.map((place) => ({ name: read, input: { ...place, lines: 40 } }))),
    ];
  }
  return [];
}

/** The claims that answer the part, best first; none when nothing that was seen speaks of enough of the question. */
export function findings(conversation: Conversation): Claim[] {
  const { evidence, terms, ranked } = answersIn(conversation);
  const top = ranked.find(({ isSentence }) => isSentence);
  if (top === undefined || !namesAreThere(terms, evidence, top)) return [];
  const claims = new Map<string, Claim>();
  for (const { claim, score } of ranked) {
    const isClose = score >= top.score * 0.7 && claims.size < MOST_CLAIMS;
    if (isClose && !claims.has(claim.text)) claims.set(claim.text, claim);
  }
  return [...claims.values()];
}

/** The statements that were seen and answer the part, best first. */
function answersIn({ question, part, results }: Conversation): { evidence: Evidence; terms: Term[]; ranked: Ranked[] } {
  const evidence = gather(results);
  const matter = matterOf(question, part);
  const own = termsOfQuestion(matter);
  // A later clause leaves out what the first one named: "How does keyv set a ttl and how do I delete a key?"
  const whole = matter === question || subjectsOf(own, evidence).size > 0 ? [] : termsOfQuestion(question);
  const known = new Set(own.map((term) => term.stem));
  const terms = [...[...subjectsOf(whole, evidence)].filter((term) => !known.has(term.stem)), ...own];
  // Words that fit any question ask for nothing.
  if (terms.every(({ light }) => light)) return { evidence, terms, ranked: [] };
  const ranked = rank(evidence, terms, facetsOf(matter, part));
  return { evidence, terms, ranked: ranked.filter((each) => each.coverage >= ENOUGH && isOnTopic(each)) };
}

/** What an answer is measured against: the part when it is a clause of the question, else the whole question. */
function matterOf(question: string, part: string): string {
  const isClause = question.toLowerCase().includes(part.toLowerCase().replace(/\W+$/u, ''));
  return isClause ? part : question;
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
  const place = new Set(stemsOf(claim.path));
  const written = new Set(termsOf(lines));
  // "Go" is not found in "go": what is written as a name must be written as one, but for names of documents.
  const isWritten = ({ word, stem }: Term): boolean =>
    !/^\p{Lu}\p{Ll}+$/u.test(word) || place.has(stem) || written.has(word) || written.has(word.toUpperCase());
  return terms.every((term) => !term.named || (coverageBy(stems, term) > 0 && isWritten(term)));
}
