import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import type { Outcome } from './count.js';
import type { Run } from './run-selection.js';

const COLUMNS = ['suite', 'run', 'scenarios', 'passed', 'vacuous', 'warned', 'failed', 'checks', 'skipped checks'];

/** One row a run; `vacuous` are those that check nothing of their own. */
function rows(runs: readonly Run[]): string[][] {
  return runs.map(({ name, version, expected, outcomes, successes, skipped }) => {
    const all = Object.values(outcomes);
    const of = (outcome: Outcome): number => all.filter((each) => each === outcome).length;
    const [, ...selection] = name.split(' ');
    const counts = [expected, of('passed'), of('vacuous'), of('warned'), of('failed'), successes, skipped.length];
    return [version, selection.join(' '), ...counts.map(String)];
  });
}

/** The table for people at a terminal. */
export function plainTable(runs: readonly Run[]): string {
  const lines = [COLUMNS, ...rows(runs)];
  const widths = COLUMNS.map((_, index) => Math.max(...lines.map((cells) => (cells[index] as string).length)));
  const cell = (text: string, index: number): string =>
    index < 2 ? text.padEnd(widths[index] as number) : text.padStart(widths[index] as number);
  return lines.map((cells) => cells.map(cell).join('  ')).join('\n');
}

/** Every reason why the run as a whole has not passed. */
export function problemLines(runs: readonly Run[]): string[] {
  return runs.flatMap(({ name, problems }) =>
    problems.map(({ scenario, check, message }) => `${name}: ${scenario}: ${check}: ${message.split('\n')[0]}`),
  );
}

/** Puts the table where the page says `<!-- conformance: MODE -->`, up to the next comment. */
export async function writeTable(page: string, mode: string, runs: readonly Run[]): Promise<void> {
  const marker = `<!-- conformance: ${mode} -->`;
  const text = readFileSync(page, 'utf8');
  const start = text.indexOf(marker) + marker.length;
  const end = text.indexOf('<!-- end -->', start);
  if (!text.includes(marker) || end < 0) throw new Error(`${page} has no "${marker}" with an "<!-- end -->" after it.`);
  const code = (cells: string[]): string[] => cells.map((cell, index) => (index === 1 ? `\`${cell}\`` : cell));
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = COLUMNS.map((_, index) => (index < 2 ? '---' : '--:'));
  const table = [line(COLUMNS), line(rule), ...rows(runs).map((cells) => line(code(cells)))].join('\n');
  const next = `${text.slice(0, start)}\n\n${table}\n\n${text.slice(end)}`;
  writeFileSync(page, await format(next, { ...(await resolveConfig(page)), filepath: page }));
}
