/**
 * Holds docs/errors.md to the table in framework/error-table.ts: the same codes in the same order, each with its meaning and
 * its fix. `--write` rewrites the page from the table.
 */
import { ERRORS } from '../framework/error-table.js';
import { holdPage } from './hold-page.js';

const INTRODUCTION = `# Errors

Every error that Perdura raises has a code and a sentence that ends with the fix. Match on \`code\`: it is part of the
public interface, the sentence is not. Words in *italics* are the facts that the error names.

<!-- Written by \`npm run docs:write\` from framework/error-table.ts; \`npm run lint\` holds the two together. -->
`;

type Sentence = (...facts: readonly unknown[]) => string;

const parameterNames = (sentence: Sentence): string[] => {
  const list = /^\s*(?:function\s*\w*)?\(([^)]*)\)/.exec(sentence.toString())?.[1] ?? '';
  return list.split(',').flatMap((name) => /[A-Za-z_$][\w$]*/.exec(name)?.[0] ?? []);
};

/** The sentence with the name of each fact in its place. */
function spell(sentence: Sentence): string {
  const names = parameterNames(sentence).map((name) => `‹${name}›`);
  try {
    return sentence(...names);
  } catch {
    // A fact that is a list: one of one element is joined and mapped to that element.
    return sentence(...names.map((name) => [name]));
  }
}

const cell = (text: string): string =>
  text
    .replace(/[\\*_<>|]/g, '\\$&')
    .replace(/‹(.+?)›/g, (_, name: string) => `*${name}*`)
    .replace(/\s+/g, ' ');

function row(code: string, sentence: Sentence): string {
  const sentences = spell(sentence).split(/(?<=[.!?])\s+(?=["'`@‹]?[A-Z‹])/);
  const fix = sentences.pop();
  if (fix === undefined || sentences.length === 0) {
    throw new Error(
      `${code} names no fix. Let its message say what is wrong, then end with a sentence that says what to do.`,
    );
  }
  return `| \`${code}\` | ${cell(sentences.join(' '))} | ${cell(fix)} |`;
}

function page(): string {
  const rows = Object.entries(ERRORS).map(([code, sentence]) => row(code, sentence as Sentence));
  return [INTRODUCTION, '| Code | Meaning | Fix |', '| --- | --- | --- |', ...rows].join('\n');
}

/** The codes that the page lacks or should not have, a line each. */
function faults(found: string, expected: string): string[] {
  const codesIn = (text: string): string[] => [...text.matchAll(/^\| `(\w+)`/gm)].map((match) => match[1] ?? '');
  const [wanted, listed] = [codesIn(expected), codesIn(found)];
  return [
    ...wanted.filter((code) => !listed.includes(code)).map((code) => `docs/errors.md does not list ${code}.`),
    ...listed
      .filter((code) => !wanted.includes(code))
      .map((code) => `docs/errors.md lists ${code}, which is no error.`),
  ];
}

await holdPage('docs/errors.md', page, faults);
