import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../fixtures/seeded-random.js';
import { beside } from './harness/beside.js';
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
