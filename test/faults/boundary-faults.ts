import { until } from '../fixtures/until.js';
import type { TaskRecord } from '../../framework/tasks/task-record.js';
import type { Member } from './harness/crew.js';
import type { Mark } from './harness/ledger.js';
import { expectThat, play, type Findings, type Row, type Scene } from './harness/scene.js';
import type { CrashPoint } from './harness/store-watch.js';

const TASK = ['study', { topic: 'sailing' }] as const;
const TIMES = { lease: 1_200, watchdogInterval: 50, marked: true };
const LIMIT = 60_000;

export interface BoundarySize {
  /** Every how-many-th boundary is tried; 1 for all. */
  readonly every: number;
  /** How many of them are tried side by side, each on a Redis of its own. */
  readonly lanes: number;
}

/**
 * An agent's worker kills itself at a boundary of its journal, just before a write or just after it, once at each of
 * them; another worker goes on with what is recorded.
 */
export async function crashAtEveryBoundary({ every, lanes }: BoundarySize): Promise<Row> {
  const rows = await Promise.all(Array.from({ length: lanes }, (_, lane) => crashes(every * lanes, every * lane)));
  const [first] = rows as [Row];
  const sum = (of: (row: Row) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const names = Object.keys(first.counts);
  return {
    ...first,
    tasks: sum(({ tasks }) => tasks),
    faults: sum(({ faults }) => faults),
    counts: Object.fromEntries(
      names.map((name) => [
        name,
        name === 'boundaries' ? (first.counts[name] ?? 0) : sum((row) => row.counts[name] ?? 0),
      ]),
    ),
    violations: rows.flatMap(({ violations }) => violations),
    seconds: Math.max(...rows.map(({ seconds }) => seconds)),
  };
}

function crashes(every: number, from: number): Promise<Row> {
  return play(
    [
      "an agent's worker dies at each boundary of its journal",
      'a pause, the same result; no model turn is asked again once recorded',
    ],
    { workers: 0, times: TIMES },
    async (scene) => {
      // Started ahead, so that nobody waits for a process to start.
      const spares = [scene.crew.spare(), scene.crew.spare()];
      const fresh = async (): Promise<Member> => {
        spares.push(scene.crew.spare());
        const member = spares.shift() as Member;
        await member.ready();
        return member;
      };
      const worker = await fresh();
      const clean = await study(scene, worker);
      const { value: boundaries = 0 } = await worker.ask<number>('writes');
      await worker.end('SIGKILL');

      const points = Array.from({ length: 2 * boundaries }, (_, at) => at)
        .filter((at) => at % every === from % every)
        .map((at): CrashPoint => ({ write: 1 + Math.floor(at / 2), when: at % 2 === 0 ? 'before' : 'after' }));
      const violations = [...wrongWith(clean, clean), ...expectThat(boundaries > 10, `only ${boundaries} boundaries`)];
      const counts = { completed: 1, boundaries, 'in-flight repeats': 0, 'recorded turns repeated': 0 };
      let kills = 0;
      for (const point of points) {
        const [victim, successor] = [await fresh(), await fresh()];
        await victim.ask('crashAt', point);
        const over = victim.ended().then(() => successor.ask('work'));
        const run = await study(scene, victim);
        const wrong = wrongWith(run, clean);
        violations.push(...wrong.map((what) => `${point.when} write ${point.write}: ${what}`));
        // A timer that was over a moment sooner saves the last runs a park and a begin, so that they have fewer boundaries.
        const hasDied = !victim.isRunning;
        const isDue = point.write <= boundaries - 4;
        violations.push(...expectThat(hasDied || !isDue, `${point.when} write ${point.write}: nobody died`));
        if (hasDied) kills += 1;
        await victim.end('SIGKILL');
        await over;
        await successor.end('SIGKILL');
        counts.completed += run.record?.status === 'completed' ? 1 : 0;
        counts['in-flight repeats'] += run.ran - clean.ran;
        counts['recorded turns repeated'] += run.repeated.filter((key) => key.startsWith('turn#')).length;
      }
      return { tasks: points.length + 1, faults: kills, counts, violations } satisfies Findings;
    },
  );
}

interface Run {
  readonly record: TaskRecord | undefined;
  readonly marks: readonly Mark[];
  /** How many times effects ran. */
  readonly ran: number;
  /** Effects that ran again although their records were there. */
  readonly repeated: readonly string[];
}

/** Runs one task from its creation to its end, beginning with this worker, and answers what it asks. */
async function study({ crew, observer, marks }: Scene, worker: Member): Promise<Run> {
  const [id = ''] = await crew.create(...TASK, 1);
  await worker.ask('work');
  let record: TaskRecord | undefined;
  await until(async () => {
    [record] = await observer.records([id]);
    const questions = Object.keys(record?.open ?? {});
    const yes = { action: 'accept', content: { goOn: true } };
    if (questions.length > 0) await crew.web.ask('answer', id, Object.fromEntries(questions.map((key) => [key, yes])));
    await new Promise((resolve) => setTimeout(resolve, 10));
    return record?.run === 'done';
  }, LIMIT);
  const made = (marks.read().get(id) ?? []).map((mark) => ({ ...mark, key: mark.key.replace(/^.*\/(?=turn#)/, '') }));
  const recorded = new Set<string>();
  const repeated: string[] = [];
  for (const { key, what } of made) {
    if (what === 'recorded') recorded.add(key);
    else if (recorded.has(key)) repeated.push(key);
  }
  return { record, marks: made, ran: made.filter(({ what }) => what === 'ran').length, repeated };
}

function wrongWith(run: Run, clean: Run): string[] {
  const keys = (of: Run, what: Mark['what']): string =>
    [...new Set(of.marks.filter((mark) => mark.what === what).map(({ key }) => key))].sort().join(', ');
  return [
    ...expectThat(run.record?.status === 'completed', `the task is ${run.record?.status}`),
    ...expectThat(
      resultOf(run) === resultOf(clean),
      `the result is ${resultOf(run)}, without a crash ${resultOf(clean)}`,
    ),
    ...expectThat(keys(run, 'ran') === keys(clean, 'ran'), `it did ${keys(run, 'ran')}`),
    ...run.repeated.map((key) => `${key} ran again after it was recorded`),
  ];
}

const resultOf = ({ record }: Run): string => JSON.stringify(record?.outcome);
