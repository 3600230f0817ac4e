import { termsOfQuestion } from './question.js';

const MOST_PARTS = 4;

/** Splits a question into two to four parts made of its own terms: its clauses first, then the facets that answers usually have. */
export function plan(question: string): string[] {
  const clauses = question
    .split(/[?;]\s+|,?\s+and\s+(?=(?:how|what|when|where|which|why|who|does|do|is|are|can)\b)/iu)
    .map((clause) => clause.trim().replace(/\?*$/u, '?'))
    .filter((clause) => clause.length > 1);
  const terms = termsOfQuestion(question).filter(({ light }) => !light);
  if (terms.length === 0) return [question];
  const matter = terms
    .slice(0, 5)
    .map(({ word }) => word)
    .join(' ');
  const facets = [
    `${matter}: which options and defaults are there?`,
    /^\s*how (?:do|can|should|to)\b/iu.test(question)
      ? `${matter}: what does an example look like?`
      : `${matter}: which events and errors are there?`,
    `${matter}: which limits and exceptions are there?`,
  ];
  return [...new Set([...clauses, ...facets])].slice(0, MOST_PARTS);
}
