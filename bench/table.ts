import { beside, type Row } from './row.js';

/** Of a row, its share of the operations of these is told, if they were measured in the same run. */
const YARDSTICKS = ['sdk-v2', 'bare', 'bullmq'] as const;
const EXTRAS = {
  kibPerStream: 'KiB a stream',
  fewTools: '× 10 tools',
  bytesPerTask: 'bytes a task',
  steps: 'steps',
  msPerStep: 'ms a step',
  commandsPerStep: 'commands a step',
} as const;

/** A header and a line for each row; what was not measured stays empty. */
export function table(rows: readonly Row[]): readonly (readonly string[])[] {
  const extras = Object.entries(EXTRAS).filter(([field]) => rows.some((row) => row[field as keyof Row] !== undefined));
  const yardsticks = YARDSTICKS.filter((subject) => rows.some((row) => row.subject === subject));
  const header = ['case', 'revision', 'at a time', 'subject', 'ops/s', 'p50 ms', 'p99 ms', 'CPU µs', 'RSS MiB'];
  return [
    [...header, ...extras.map(([, title]) => title), ...yardsticks.map((subject) => `× ${subject}`)],
    ...inSituations(rows).map((row) => [
      ...[row.case, row.revision, row.concurrency === 0 ? '' : String(row.concurrency), row.subject],
      ...[row.opsPerSecond, row.p50Ms, row.p99Ms, row.cpuUs, row.rssMb].map(figure),
      ...extras.map(([field]) => figure(Number(row[field as keyof Row] ?? 0))),
      ...yardsticks.map((subject) => share(row, beside(rows, row, subject))),
    ]),
  ];
}

/** For a terminal. */
export function plain(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length))) ?? [];
  const [header = '', ...rest] = lines.map((line) =>
    line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '),
  );
  return [header, '-'.repeat(header.length), ...rest].map((line) => line.trimEnd()).join('\n');
}

/** For a page. */
export function markdown(lines: readonly (readonly string[])[]): string {
  const [header = [], ...rest] = lines;
  const rule = header.map((title) => (/^(case|revision|subject|goal|parts?)$/u.test(title) ? '---' : '---:'));
  return [header, rule, ...rest].map((line) => `| ${line.join(' | ')} |`).join('\n');
}

/** Three digits are as much as such a measurement knows. */
export function figure(value: number): string {
  if (value === 0 || Number.isNaN(value)) return '';
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function share(row: Row, yardstick: Row | undefined): string {
  return yardstick && yardstick.opsPerSecond > 0 ? figure(row.opsPerSecond / yardstick.opsPerSecond) : '';
}

/** Subjects that were measured side by side stand below one another. */
function inSituations(rows: readonly Row[]): readonly Row[] {
  const situations = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${row.bench} ${row.case} ${row.revision} ${row.concurrency} ${row.steps ?? ''}`;
    situations.set(key, [...(situations.get(key) ?? []), row]);
  }
  return [...situations.values()].flat();
}
