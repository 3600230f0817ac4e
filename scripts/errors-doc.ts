/**
 * Holds docs/errors.md to the table in framework/errors.ts: the same codes in the same order, each with its meaning and
 * its fix. `--write` rewrites the page from the table.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import { ERRORS } from '../framework/errors.js';

const PAGE = fileURLToPath(new URL('../docs/errors.md', import.meta.url));

const INTRODUCTION = `# Errors

Every error that Perdura raises has a code and a sentence that ends with the fix. Match on \`code\`: it is part of the
public interface, the sentence is not. Words in *italics* are the facts that the error names.

<!-- Written by \`npm run docs:write\` from framework/errors.ts; \`npm run lint\` holds the two together. -->
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

async function page(): Promise<string> {
  const rows = Object.entries(ERRORS).map(([code, sentence]) => row(code, sentence as Sentence));
  const text = [INTRODUCTION, '| Code | Meaning | Fix |', '| --- | --- | --- |', ...rows].join('\n');
  return prettier.format(text, { ...(await prettier.resolveConfig(PAGE)), parser: 'markdown' });
}

/** What is wrong with the page, a line each. */
function faults(found: string, expected: string): string[] {
  if (found === expected) return [];
  const codesIn = (text: string): string[] => [...text.matchAll(/^\| `(\w+)`/gm)].map((match) => match[1] ?? '');
  const [wanted, listed] = [codesIn(expected), codesIn(found)];
  return [
    ...wanted.filter((code) => !listed.includes(code)).map((code) => `docs/errors.md does not list ${code}.`),
    ...listed
      .filter((code) => !wanted.includes(code))
      .map((code) => `docs/errors.md lists ${code}, which is no error.`),
    'docs/errors.md differs from framework/errors.ts. Run "npm run docs:write" and commit the page.',
  ];
}

try {
  const expected = await page();
  if (process.argv.includes('--write')) await writeFile(PAGE, expected);
  const wrong = faults(await readFile(PAGE, 'utf8').catch(() => ''), expected);
  for (const line of wrong) console.error(line);
  if (wrong.length > 0) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
