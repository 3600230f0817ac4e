import { until } from '../fixtures/until.js';
import { HANG } from './harness/hang.js';
import type { Member } from './harness/member-process.js';
import { expectThat, play, type Findings, type Row, type Scene } from './harness/scene.js';
import type { CrashPoint } from './harness/store-watch.js';
import { study, wrongWith } from './harness/study.js';

export interface BoundarySize {
  /** What is run: an agent with its tools, or a parent with its children. */
  readonly tool: 'study' | 'family';
  /** Every how-many-th boundary is tried; 1 for all. */
  readonly every: number;
  /** How many of them are tried side by side, each on a Redis of its own. */
  readonly lanes: number;
}

const ROWS = {
  study: [
    "an agent's worker dies at each boundary of its journal",
    'a pause, the same result; no model turn is asked again once recorded',
  ],
  family: [
    'the worker of a task with children dies at each boundary of theirs',
    'a pause, the same result; no child is made twice',
  ],
} as const;

/**
 * A worker kills itself at a boundary of a journal, just before a write or just after it, once at each of them; another
 * worker goes on with what is recorded.
 */
export async function crashAtEveryBoundary({ tool, every, lanes }: BoundarySize): Promise<Row> {
  const rows = await Promise.all(
    Array.from({ length: lanes }, (_, lane) => crashes(tool, every * lanes, every * lane)),
  );
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

function crashes(tool: BoundarySize['tool'], every: number, from: number): Promise<Row> {
  return play(ROWS[tool], { workers: 0, times: { watchdogInterval: 50, marked: true } }, async (scene) => {
    // Started ahead, so that nobody waits for a process to start.
    const spares = [scene.crew.spare(), scene.crew.spare()];
    const fresh = async (): Promise<Member> => {
      spares.push(scene.crew.spare());
      const member = spares.shift() as Member;
      await member.ready();
      return member;
    };
    const worker = await fresh();
    const clean = await study(scene, tool, () => worker.ask('work'));
    const { value: boundaries = 0 } = await worker.ask<number>('writes');
    await worker.end('SIGKILL');

    const points = Array.from({ length: 2 * boundaries }, (_, at) => at)
      .filter((at) => at % every === from % every)
      .map((at): CrashPoint => ({ write: 1 + Math.floor(at / 2), when: at % 2 === 0 ? 'before' : 'after' }));
    const violations = wrongWith(clean, clean);
    const counts = {
      completed: 1,
      boundaries,
      'not reached': 0,
      'in-flight repeats': 0,
      'recorded effects repeated': 0,
    };
    let kills = 0;
    let least = boundaries;
    for (const point of points) {
      const [victim, successor] = [await fresh(), await fresh()];
      await victim.ask('crashAt', point);
      const run = await study(scene, tool, () => victim.ask('work'), takeOver(scene, victim, successor));
      const wrong = wrongWith(run, clean);
      violations.push(...wrong.map((what) => `${point.when} write ${point.write}: ${what}`));
      const writes = await survived(victim, point);
      if (writes === undefined) kills += 1;
      else {
        // A timer that was over a moment sooner saves a run a park and a begin: what it wrote in all tells whether it came to it.
        const what = `${point.when} write ${point.write}: nobody died, in a run of ${writes}`;
        violations.push(...expectThat(writes < point.write, what));
        counts['not reached'] += 1;
        least = Math.min(least, writes);
      }
      await victim.end('SIGKILL');
      await successor.end('SIGKILL');
      counts.completed += run.record?.status === 'completed' ? 1 : 0;
      counts['in-flight repeats'] += run.ran - clean.ran;
      counts['recorded effects repeated'] += run.repeated.length;
    }
    violations.push(...expectThat(least > 10, `a run had only ${least} boundaries`));
    return { tasks: points.length + 1, faults: kills, counts, violations } satisfies Findings;
  });
}

/** How much a victim has written that did not come to its point; nothing of one that died there. */
async function survived(victim: Member, { write }: CrashPoint): Promise<number | undefined> {
  const { value: writes } = await victim.ask<number>('writes');
  if (writes === undefined) return undefined;
  // The end of the task can be seen a moment before the victim hears of its own last write.
  const isDead = await until(() => writes < write || !victim.isRunning, HANG).then(
    () => !victim.isRunning,
    () => false,
  );
  return isDead ? undefined : writes;
}

/** Lets the successor begin as soon as the victim is dead, and its lease be over then: a longer one is only waited for. */
function takeOver({ observer }: Scene, victim: Member, successor: Member): () => Promise<void> {
  let hasTakenOver = false;
  return async () => {
    if (hasTakenOver || victim.isRunning) return;
    hasTakenOver = true;
    await observer.lapse();
    await successor.ask('work');
  };
}
