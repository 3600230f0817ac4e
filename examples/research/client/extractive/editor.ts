import { stemsOf } from '../../words.js';
import { type Claim, claimsIn } from './claims.js';
import { coverageBy, termsOfQuestion } from './question.js';

const MOST_CLAIMS = 8;
/** Two claims that share this much of their words say the same. */
const SAME = 0.6;
/** Within so many lines, two claims of a document belong together. */
const NEAR = 20;

/** Merges the researchers' claims that stand as JSON in the prompt: duplicates and weak ones dropped, the rest in reading order. */
export function edit(question: string, prompt: string): Claim[] {
  const terms = termsOfQuestion(question);
  const votes = new Map<string, { claim: Claim; score: number }>();
  for (const { claim, place } of claimsIn(prompt)) {
    const key = `${claim.path}:${claim.line}:${claim.text}`;
    const stems = new Set(stemsOf(`${claim.path} ${claim.text}`));
    const covered = terms.reduce((sum, term) => sum + coverageBy(stems, term) * (term.light ? 0.3 : 1), 0);
    // What several researchers came back with counts for more, and so does what one of them put first.
    votes.set(key, { claim, score: (votes.get(key)?.score ?? covered) + 0.6 / (1 + place) });
  }
  const ranked = [...votes.values()].sort((a, b) => b.score - a.score);
  const best = ranked[0]?.score ?? 0;
  const kept: Claim[] = [];
  for (const { claim, score } of ranked) {
    const weak = score < best * 0.5;
    if (!weak && kept.length < MOST_CLAIMS && !kept.some((other) => sameWords(other, claim) >= SAME)) kept.push(claim);
  }
  return inReadingOrder(kept);
}

/** Neighbouring lines stand together and in their order; of these groups, the one with the best claim comes first. */
function inReadingOrder(claims: readonly Claim[]): Claim[] {
  const groups: Claim[][] = [];
  for (const claim of claims) {
    const near = ({ path, line }: Claim): boolean => path === claim.path && Math.abs(line - claim.line) <= NEAR;
    const group = groups.find((others) => others.some(near));
    if (group === undefined) groups.push([claim]);
    else group.push(claim);
  }
  return groups.flatMap((group) => group.sort((a, b) => a.line - b.line));
}

function sameWords(one: Claim, other: Claim): number {
  const [first, second] = [new Set(stemsOf(one.text)), new Set(stemsOf(other.text))];
  const shared = [...first].filter((stem) => second.has(stem)).length;
  return shared / Math.max(1, first.size, second.size);
}
