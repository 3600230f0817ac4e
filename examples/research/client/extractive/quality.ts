import type { Statement } from './statements.js';

// What changed once, and under which terms, is seldom what is asked for.
const ASIDE = /(?:changelog|changes|history|release-?notes|licen[cs]e|notice)[^/]*$/iu;

/** How well a statement reads on its own, whatever it says: 1 for a sentence, less for what needs its surroundings. */
export function quality(statement: Statement): number {
  return sentenceQuality(statement) * (ASIDE.test(statement.path) ? 0.8 : 1);
}

function sentenceQuality({ text, code }: Statement): number {
  const words = text.split(' ').length;
  if (code) return /^`(?:import|export|const \S+ = require)\b/u.test(text) ? 0.3 : 0.6;
  // The inside of a component or a configuration that no fence marks.
  if (/[{}\]],|=>|',/u.test(text.replace(/`[^`]*`/gu, ''))) return 0.3;
  // A list of names, not a sentence.
  if (text.split(' ').filter((word) => /[@/]|;$/u.test(word)).length > words / 3) return 0.3;
  if (words < 5 || text.endsWith('?')) return 0.6;
  // Begins in the middle: what was seen of the document starts inside a sentence.
  if (/^[\p{Ll})\],.]/u.test(text)) return 0.75;
  // A detail of something that stands above it: "Default: 10."
  if (/^(?!Note)\p{Lu}\p{Ll}+: /u.test(text)) return 0.7;
  // Speaks of something that was named before it.
  if (/^(?:It|They|This|These|That|Those|However|Otherwise|Therefore|Second|Also|But|And|Then)\b/u.test(text))
    return 0.8;
  if (text.endsWith(':')) return words < 15 ? 0.5 : 0.8;
  // Breaks off, or is the name of something.
  if (!/[.!?][)`"”’]*$/u.test(text)) return 0.9;
  return words > 60 ? 0.8 : 1;
}
