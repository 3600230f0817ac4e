import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../fixtures/seeded-random.js';
import { until } from '../fixtures/until.js';
import { beside } from './harness/beside.js';
import { HANG } from './harness/hang.js';
import { expectThat, findings, play, type Row } from './harness/scene.js';
import type { Size } from './worker-faults.js';

/** Every question is answered twice at once, just when its task parks, while workers are killed. */
export function answerRace({ tasks, seed, every }: Size & { every: number }): Promise<Row> {
  return play(
    ['two answers race, and the task parks or dies', 'the first answer wins; no wake-up is lost'],
    { workers: 2, times: { lease: 1_500 } },
    async (scene) => {
      const { crew, observer, verdict } = scene;
      const random = seededRandom(seed);
      const questions = 3;
      const ids: string[] = [];
      await beside(
        async (goesOn) => {
          for (await sleep(every); goesOn(); await sleep(every)) await crew.kill(Math.floor(2 * random()));
        },
        async () => {
          while (ids.length < tasks) {
            const batch = await crew.create('ask', { questions }, Math.min(100, tasks - ids.length));
            await crew.web.ask('answerAll', batch, 30);
            ids.push(...batch);
          }
          await observer.untilEnded(ids);
        },
      );
      const judged = await verdict(ids, { asks: true });
      const found = findings(judged, 2 * questions * tasks, { kills: crew.kills });
      const violations = [
        ...found.violations,
        ...expectThat(judged.completed === tasks, `only ${judged.completed} completed`),
      ];
      return { ...found, violations };
    },
  );
}

/** The web process dies as soon as it has told the ids of some tasks, while it is still making others. */
export function webKilled({ tasks, rounds }: Size & { rounds: number }): Promise<Row> {
  return play(
    ['the web process dies when it has told an id', 'the task is there and completes'],
    { workers: 2 },
    async ({ crew, verdict }) => {
      const ids: string[] = [];
      const together = 10;
      for (let round = 0; round < rounds; round++) {
        const told: string[] = [];
        const arguments_ = { steps: 3, work: 20, naps: false };
        const asked = Array.from({ length: Math.ceil(tasks / rounds / together) }, async () => {
          const { value } = await crew.web.ask<string[]>('create', 'chain', arguments_, together);
          told.push(...(value ?? []));
        });
        await Promise.race(asked);
        await crew.killWeb();
        await Promise.all(asked);
        ids.push(...told);
      }
      return findings(await verdict(ids), rounds);
    },
  );
}

/** Clients start tasks that ask, and never come back. */
export function clientGone({ tasks }: Pick<Size, 'tasks'>): Promise<Row> {
  const [patience, ttl] = [4_000, 12_000];
  return play(
    ['the client is gone', '`input_required` to the deadline of the question; the result is kept for its ttl'],
    { workers: 2 },
    async ({ crew, observer }) => {
      const baseline = await observer.taskKeys();
      const from = await observer.now();
      const ids = await crew.create('patient', { patience }, tasks, 100, { ttl });
      const waiting = (await observer.records(ids)).filter((record) => record?.run === 'idle');
      const unasked = waiting.filter((record) => record?.status !== 'input_required').length;
      await observer.untilEnded(ids);
      const kept = (await observer.records(ids)).flatMap((record) => record ?? []);
      const told = kept.filter(({ outcome, createdAt, updatedAt }) => {
        const [block] = outcome?.kind === 'result' ? outcome.result.content : [];
        return block?.type === 'text' && block.text === 'nobody answered' && updatedAt - createdAt >= patience;
      });
      // On a machine that took longer than their ttl, what is gone is gone rightly.
      const isOver = (await observer.now()) >= from + ttl;
      const lost = isOver ? 0 : tasks - kept.length;
      await until(async () => (await observer.taskKeys()) <= baseline, HANG).catch(() => undefined);
      const left = (await observer.taskKeys()) - baseline;
      return {
        tasks,
        faults: tasks,
        counts: { 'told that nobody answered': told.length, 'gone after their ttl': tasks - left },
        violations: [
          ...expectThat(unasked === 0, `${unasked} tasks wait and do not say for what`),
          ...expectThat(told.length === kept.length, `${kept.length - told.length} ended otherwise, or too early`),
          ...expectThat(lost === 0, `${lost} results were not kept`),
          ...expectThat(left === 0, `${left} tasks are still there`),
        ],
      };
    },
  );
}
