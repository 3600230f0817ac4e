import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../fixtures/until.js';
import type { TaskRecord } from '../../framework/tasks/task-record.js';
import { HANG } from './harness/hang.js';
import { judge, sumOf, type Verdict } from './harness/invariants.js';
import { expectThat, findings, play, type Row } from './harness/scene.js';
import type { Size } from './worker-faults.js';

/** How long a task that expired can still be seen, so that its client hears why. */
const RETENTION = 60_000;
const HOUR = 3_600_000;
/** How many tasks are made and looked at together. */
const BATCH = 500;

/** The time to live of tasks is over while they run. */
export function ttlMidRun({ tasks, untilGone }: Size & { untilGone: boolean }): Promise<Row> {
  return play(
    ['the ttl of a task is over while it runs', '`failed`, expired; a minute later not found'],
    { workers: 2 },
    async ({ crew, observer, ledger }) => {
      const ttl = 2_000;
      const ids = await crew.create('chain', { steps: 200, work: 100, naps: false }, tasks, 100, { ttl });
      await observer.untilEnded(ids);
      const records = await observer.records(ids);
      const unclear = records.filter((record) => record?.status !== 'failed' || !messageOf(record).includes('expired'));
      // Each run may still finish the step that it is in.
      await sleep(1_000);
      const effects = count(ledger.read());
      await sleep(1_000);
      const late = count(ledger.read()) - effects;
      let found = tasks;
      if (untilGone) {
        await sleep(RETENTION);
        const counted = async (): Promise<number> => (found = (await observer.records(ids)).filter(Boolean).length);
        await until(async () => (await counted()) === 0, HANG).catch(() => 0);
      }
      const violations = [
        ...expectThat(unclear.length === 0, `${unclear.length} tasks do not say that they have expired`),
        ...expectThat(late === 0, `${late} steps were taken after the end`),
        ...expectThat(!untilGone || found === 0, `${found} tasks are still there`),
      ];
      const gone: Row['counts'] = untilGone ? { 'not found later': tasks - found } : {};
      return { tasks, faults: tasks, counts: { 'failed as expired': tasks - unclear.length, ...gone }, violations };
    },
  );
}

/** Many tasks end, and their time to live is over. */
export function ttlExpiry({ tasks, ttl }: Size & { ttl: number }): Promise<Row> {
  return play(
    ['many tasks are past their ttl', 'not found; nothing is left in Redis'],
    { workers: 2 },
    async ({ crew, observer, ledger }) => {
      const chain = { steps: 1, work: 0, naps: false };
      // What the queue keeps for a kind of task, however many there are.
      await observer.untilEnded(await crew.create('chain', chain, 10, 10, { ttl: 4_000 }));
      await until(async () => (await observer.taskKeys()) === 0, HANG);
      const baseline = await observer.size();
      const verdicts: Verdict[] = [];
      let [gone, most, created] = [0, 0, 0];
      // One batch after the other, so that each is looked at within its ttl, on any machine that ends a batch in that time.
      for (let made = 0; made < tasks; made += BATCH) {
        const from = await observer.now();
        const ids = await crew.create('chain', chain, Math.min(BATCH, tasks - made), 100, { ttl });
        created = performance.now();
        await observer.untilEnded(ids);
        const records = await observer.records(ids);
        // On one that does not, what is gone after its time is gone rightly; before that it is lost.
        const isOver = from + ttl <= (await observer.now());
        const there = isOver ? ids.filter((_, at) => records[at]) : ids;
        gone += ids.length - there.length;
        verdicts.push(judge(there, isOver ? records.filter(Boolean) : records, ledger.read()));
        most = Math.max(most, await observer.size());
      }
      const found = findings(sumOf(verdicts), tasks);
      let left = most;
      await until(async () => {
        await sleep(200);
        return (left = await observer.size()) <= baseline;
      }, HANG).catch(() => 0);
      const late = performance.now() - created - ttl;
      return {
        ...found,
        tasks,
        counts: {
          ...found.counts,
          ...(gone > 0 && { 'gone in time': gone }),
          'keys at most': most,
          'keys before': baseline,
          'keys left': left,
          'ms late': Math.round(late),
        },
        violations: [...found.violations, ...expectThat(left <= baseline, `${left - baseline} keys were left`)],
      };
    },
  );
}

/** One worker's clock jumps forward by an hour and the other's back, while tasks run, nap and wait for answers. */
export function clockJump({ tasks }: Size): Promise<Row> {
  return play(
    ['the clocks of the workers jump by an hour', 'nothing; nothing expires early'],
    { workers: 2 },
    async ({ crew, ledger, verdict }) => {
      const half = Math.ceil(tasks / 2);
      const ttl = HOUR / 2;
      const ids = await crew.create('chain', { steps: 10, work: 40, naps: true }, half, 100, { ttl });
      const asking = await crew.create('ask', { questions: 2 }, tasks - half, 100, { ttl });
      await until(() => ledger.read().size > half / 2, HANG);
      await Promise.all(crew.workers.map((worker, at) => worker.ask('shiftClock', at % 2 === 0 ? HOUR : -HOUR)));
      await crew.web.ask('answerAll', asking, 30);
      const judged = await verdict(ids);
      const answered = await verdict(asking, { asks: true });
      const completed = judged.completed + answered.completed;
      const found = findings(judged, crew.workers.length);
      return {
        ...found,
        tasks,
        counts: { ...found.counts, completed },
        violations: [
          ...found.violations,
          ...answered.violations,
          ...expectThat(completed === tasks, `${tasks - completed} tasks expired or failed`),
        ],
      };
    },
  );
}

const messageOf = ({ outcome }: TaskRecord): string => (outcome?.kind === 'error' ? outcome.error.message : '');

const count = (effects: ReadonlyMap<string, readonly unknown[]>): number =>
  [...effects.values()].reduce((sum, { length }) => sum + length, 0);
