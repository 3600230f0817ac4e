/** One line of a benchmark's result; `--json` prints one object a row. */
export interface Row {
  readonly bench: string;
  readonly case: string;
  readonly subject: string;
  readonly revision: string;
  readonly concurrency: number;
  readonly opsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU time of the server per operation, in microseconds. */
  readonly cpuUs: number;
  readonly rssMb: number;
  /** Of `streams`: what an idle stream adds to the server's memory. */
  readonly kibPerStream?: number;
  /** Of `lists`, calls beside 1,000 tools: their rate in relation to that beside 10, the median of pairs. */
  readonly fewTools?: number;
  /** Of `tasks`, drain: what a finished task takes in Redis, in bytes. */
  readonly bytesPerTask?: number;
  /** Of `tasks`, journal: how many steps one task records; the next two are of each of them. */
  readonly steps?: number;
  readonly msPerStep?: number;
  /** Commands that Redis ran, those in scripts included. */
  readonly commandsPerStep?: number;
}

const OPTIONAL = ['bytesPerTask', 'msPerStep', 'commandsPerStep'] as const;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** The median of a row's rounds, field by field: one slow round on a shared machine decides nothing. */
export function medianRow(rounds: readonly Row[]): Row {
  const [first] = rounds;
  if (!first) throw new Error('A benchmark needs at least one round.');
  const middle = (pick: (row: Row) => number): number => median(rounds.map(pick));
  const optional = OPTIONAL.filter((field) => first[field] !== undefined);
  return {
    ...first,
    ...Object.fromEntries(optional.map((field) => [field, rounded(middle((row) => row[field] ?? NaN))])),
    opsPerSecond: rounded(middle((row) => row.opsPerSecond)),
    p50Ms: rounded(middle((row) => row.p50Ms)),
    p99Ms: rounded(middle((row) => row.p99Ms)),
    cpuUs: rounded(middle((row) => row.cpuUs)),
    rssMb: rounded(middle((row) => row.rssMb)),
  };
}

/** The row of another subject in the same situation. */
export function beside(rows: readonly Row[], row: Row, subject: string): Row | undefined {
  return rows.find(
    (other) =>
      other.subject === subject &&
      other.bench === row.bench &&
      other.case === row.case &&
      other.revision === row.revision &&
      other.concurrency === row.concurrency,
  );
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
