import type { Row } from './scene.js';

const HEAD = ['fault', 'what the user observes', 'tasks', 'faults', 'violations', 'counted', 'seconds'] as const;
const MOST_SHOWN = 5;

/** The rows as a table in Markdown, with what went wrong below it. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(({ fault, observed, tasks, faults, violations, counts, seconds }) => [
    fault,
    observed,
    number(tasks),
    number(faults),
    number(violations.length),
    counted(counts),
    seconds.toFixed(0),
  ]);
  const widths = HEAD.map((head, column) => Math.max(...[HEAD, ...lines].map((line) => (line[column] ?? head).length)));
  const text = (line: readonly string[]): string =>
    `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [text(HEAD), text(widths.map((width) => '-'.repeat(width))), ...lines.map(text), ...below(wrong(rows))].join(
    '\n',
  );
}

/** One line for each row, as they come. */
export function rowsAsText(rows: readonly Row[]): string {
  const lines = rows.map(({ fault, tasks, faults, violations, counts, seconds }) =>
    [
      `${fault}: ${number(tasks)} tasks, ${number(faults)} faults, ${violations.length} violations`,
      counted(counts),
      `${seconds.toFixed(0)} s`,
    ].join('; '),
  );
  return [...lines, ...wrong(rows)].join('\n');
}

export const number = (count: number): string => count.toLocaleString('en-US');

const counted = (counts: Row['counts']): string =>
  Object.entries(counts)
    .map(([name, count]) => `${number(count)} ${name}`)
    .join(', ');

/** Apart from a table, which goes on to the next empty line. */
const below = (lines: readonly string[]): string[] => (lines.length > 0 ? ['', ...lines] : []);

const wrong = (rows: readonly Row[]): string[] =>
  rows.flatMap(({ fault, violations }) => violations.slice(0, MOST_SHOWN).map((what) => `${fault}: ${what}`));
