import { type Conversation, toolTaking } from './conversation.js';
import { type Claim, claimsIn } from './claims.js';
import type { Wish } from './researcher.js';

/** How many turns it reads for at most: more claims are more of them in each. */
const MOST_TURNS = 3;

/** Whether there are claims to check, and a way to look them up or something that was looked up. */
export function isChecker({ prompt, results, tools }: Conversation): boolean {
  const canRead = toolTaking('path', tools) !== undefined && toolTaking('query', tools) === undefined;
  return (canRead || results.length > 0) && claimsOf(prompt).length > 0;
}

/** The lines of the next claims. */
export function nextReads({ prompt, turns, tools }: Conversation): Wish[] {
  const read = toolTaking('path', tools);
  const claims = claimsOf(prompt);
  const each = Math.ceil(claims.length / MOST_TURNS);
  if (read === undefined) return [];
  return claims
    .slice(turns * each, (turns + 1) * each)
    .map(({ path, line }) => ({ name: read, input: { path, line, lines: 1 } }));
}

/** The claims whose quote is on the line that was read. */
export function confirmed({ prompt, results }: Conversation): Claim[] {
  const read = results.flatMap(({ path, lines }) =>
    Array.isArray(lines) ? lines.map((line) => `${String(path)}:${String(line)}`) : [],
  );
  return claimsOf(prompt).filter(({ path, line, quote }) =>
    read.some((each) => each.startsWith(`${path}:${line}|`) && each.includes(quote)),
  );
}

const claimsOf = (prompt: string): Claim[] => claimsIn(prompt).map(({ claim }) => claim);
