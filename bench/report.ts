import { GOALS } from './goals.js';
import type { Row } from './row.js';
import { figure, markdown, table } from './table.js';

const BEGIN = '<!-- bench: written by `npm run bench -- --peers --write` -->';
const END = '<!-- bench: end -->';

/** Where and when a run was made. */
export interface Circumstances {
  readonly machine: string;
  readonly date: string;
  readonly isQuick: boolean;
}

/** The page with what stands between its two marks replaced. */
export function inserted(page: string, part: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`docs/performance.md must have the lines "${BEGIN}" and "${END}".`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${part}\n\n${page.slice(end)}`;
}

/** What a run shows: its goals first, then the chart, then every figure. */
export function report(rows: readonly Row[], { machine, date, isQuick }: Circumstances): string {
  const parts = [...new Set(rows.map((row) => row.bench))];
  const caution = isQuick ? ' **One round of 0.2 seconds: these figures show that the benchmark runs, no more.**' : '';
  return [
    `Measured on ${date}, ${machine}.${caution}`,
    '### Goals',
    goalTable(rows),
    '### Operations a second',
    '![Operations a second of each subject, as bars](performance.svg)',
    ...parts.flatMap((part) => [`### ${part}`, markdown(table(rows.filter((row) => row.bench === part)))]),
  ].join('\n\n');
}

/** The goals that a run can speak of, and whether the worst that it saw meets them. */
function goalTable(rows: readonly Row[]): string {
  const lines = GOALS.map(({ goal, asked, worst, unit, isMet }) => {
    const found = worst(rows);
    if (found === undefined) return [goal, `${asked} ${unit}`, 'not measured', ''];
    const shown = found <= 0 ? found.toFixed(1) : figure(found);
    return [goal, `${asked} ${unit}`, `${shown} ${unit}`, isMet(found) ? 'met' : '**missed**'];
  });
  return markdown([['goal', 'asked', 'worst seen', 'verdict'], ...lines]);
}
