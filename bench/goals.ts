import { beside, type Row } from './row.js';
import { ALONE, AMONG_DEAF, QUIET } from './streams.js';

/** What a run must show, and how to read it from the rows. */
export interface Goal {
  readonly goal: string;
  /** What is asked for, in words. */
  readonly asked: string;
  /** The worst of what was measured; undefined where nothing was. */
  readonly worst: (rows: readonly Row[]) => number | undefined;
  readonly unit: string;
  readonly isMet: (worst: number) => boolean;
}

const isCall = (row: Row): boolean => row.bench === 'http' && row.case === 'tools/call' && row.concurrency >= 16;
const isPoll = (row: Row): boolean => row.bench === 'http' && row.case === 'tasks/get';
const isStdio = (row: Row): boolean => row.bench === 'stdio' && row.concurrency >= 16;
// Here most of the time is the two pipes, the same for all: the plain SDK itself comes to half of what bare Node does.
const isLoneStdio = (row: Row): boolean => row.bench === 'stdio' && row.concurrency === 1;
const isLongList = (row: Row): boolean => row.case === 'tools/list, 1000 tools';
const isSubmit = (row: Row): boolean => row.bench === 'tasks' && row.case === 'submit';
const isDrain = (row: Row): boolean => row.bench === 'tasks' && row.case === 'drain';
const isTrip = (row: Row): boolean => row.bench === 'tasks' && row.case === 'submit to result' && row.concurrency === 1;

const atLeast = (target: number) => (worst: number) => worst >= target;
const atMost = (target: number) => (worst: number) => worst <= target;
const below = (target: number) => (worst: number) => worst < target;

/** Each of Perdura's rows that `of` names, in relation to the same situation of another subject. */
function ratios(
  of: (row: Row) => boolean,
  subject: string,
  field: 'opsPerSecond' | 'p99Ms',
): (rows: readonly Row[]) => readonly number[] {
  return (rows) =>
    rows
      .filter((row) => row.subject === 'perdura' && of(row))
      .flatMap((row) => {
        const other = beside(rows, row, subject);
        return other ? [row[field] / other[field]] : [];
      });
}

const faster = (goal: string, of: (row: Row) => boolean, subject: string, target: number): Goal => ({
  ...{ goal, asked: `at least ${target}`, unit: `× ${subject}`, isMet: atLeast(target) },
  worst: (rows) => least(ratios(of, subject, 'opsPerSecond')(rows)),
});
const steadier = (goal: string, of: (row: Row) => boolean): Goal => ({
  ...{ goal, asked: 'at most 0.33', unit: '× sdk-v2', isMet: (worst) => worst <= 1 / 3 },
  worst: (rows) => most(ratios(of, 'sdk-v2', 'p99Ms')(rows)),
});

const turnOver = (place: string, target: number): Goal => ({
  goal: `a turn of an agent over its model's own time, ${place}: p50`,
  ...{ asked: `at most ${target}`, unit: 'ms', isMet: atMost(target) },
  worst: (rows) => most(rows.filter((row) => row.case === `turn over the model, ${place}`).map(({ p50Ms }) => p50Ms)),
});

const CALLS = '`tools/call`, 16 and 64 at a time';
const POLLS = '`tasks/get`, 16 at a time';

export const GOALS: readonly Goal[] = [
  faster(`${CALLS}: rate`, isCall, 'sdk-v2', 8),
  faster(`${CALLS}: rate`, isCall, 'bare', 0.6),
  steadier(`${CALLS}: p99`, isCall),
  faster(`${POLLS}: rate`, isPoll, 'sdk-v2', 8),
  faster(`${POLLS}: rate`, isPoll, 'bare', 0.6),
  steadier(`${POLLS}: p99`, isPoll),
  faster('`tools/list` of 1,000 tools: rate', isLongList, 'sdk-v2', 20),
  {
    goal: '`tools/call` with 1,000 tools beside 10: the rate falls by',
    ...{ asked: 'less than 10', unit: '%', isMet: below(10) },
    worst: (rows) => most(falls(rows)),
  },
  faster('stdio, 16 and 64 at a time: rate', isStdio, 'sdk-v2', 3),
  faster('stdio, one at a time: rate', isLoneStdio, 'bare', 0.6),
  {
    goal: '1,000 idle streams: memory of each',
    ...{ asked: 'less than 30', unit: 'KiB', isMet: below(30) },
    worst: (rows) => rows.find((row) => row.case === QUIET)?.kibPerStream,
  },
  {
    goal: '200 clients that do not read: memory grows by',
    ...{ asked: 'less than 100', unit: 'MiB', isMet: below(100) },
    worst: (rows) => deaf(rows, (among, alone) => among.rssMb - alone.rssMb),
  },
  {
    goal: "200 clients that do not read: other clients' p99",
    ...{ asked: 'less than 2', unit: '× without them', isMet: below(2) },
    worst: (rows) => deaf(rows, (among, alone) => among.p99Ms / alone.p99Ms),
  },
  faster('tasks handed in, one and 50 at a time: rate', isSubmit, 'bullmq', 0.5),
  faster('tasks drained, 50 at a time: rate', isDrain, 'bullmq', 0.4),
  {
    goal: 'a task from its submit to its result, one at a time: p50',
    ...{ asked: 'at most 3', unit: 'ms over bullmq', isMet: atMost(3) },
    worst: (rows) => most(tripsOver(rows)),
  },
  {
    goal: 'a recorded step of a task with 1,000: time',
    ...{ asked: 'at most 1', unit: '× that of one with 10', isMet: atMost(1) },
    worst: (rows) => growth(rows),
  },
  turnOver('memory', 3),
  turnOver('Redis', 8),
  {
    goal: '1,000 agents that wait for their model: memory of the worker',
    ...{ asked: 'less than 1024', unit: 'MiB', isMet: below(1024) },
    worst: (rows) => most(rows.filter((row) => row.case.startsWith('agents that wait')).map(({ rssMb }) => rssMb)),
  },
];

const falls = (rows: readonly Row[]): readonly number[] =>
  rows.flatMap(({ fewTools }) => (fewTools === undefined ? [] : [(1 - fewTools) * 100]));

function tripsOver(rows: readonly Row[]): readonly number[] {
  const own = rows.filter((row) => row.subject === 'perdura' && isTrip(row));
  return own.flatMap((row) => {
    const other = beside(rows, row, 'bullmq');
    return other ? [row.p50Ms - other.p50Ms] : [];
  });
}

/** Whether the journal's cost is linear: what a step takes must not grow with those before it. */
function growth(rows: readonly Row[]): number | undefined {
  const [few, many] = [10, 1_000].map((steps) => rows.find((row) => row.steps === steps)?.msPerStep);
  return few === undefined || many === undefined ? undefined : many / few;
}

function deaf(rows: readonly Row[], compare: (among: Row, alone: Row) => number): number | undefined {
  const among = rows.find((row) => row.case === AMONG_DEAF);
  const alone = rows.find((row) => row.case === ALONE);
  return among && alone && compare(among, alone);
}

const least = (values: readonly number[]): number | undefined => (values.length > 0 ? Math.min(...values) : undefined);
const most = (values: readonly number[]): number | undefined => (values.length > 0 ? Math.max(...values) : undefined);
