import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../fixtures/until.js';
import { seededRandom } from '../fixtures/seeded-random.js';
import { HANG } from './harness/hang.js';
import type { Mark } from './harness/ledger.js';
import { expectThat, play, type Row } from './harness/scene.js';
import type { Size } from './worker-faults.js';

/** Tasks whose children have children are cancelled at some moment of their lives, while workers are killed. */
export function cancelCascade({ tasks, seed, kills }: Size & { kills: number }): Promise<Row> {
  return play(
    [
      'a task with children and grandchildren is cancelled',
      '`cancelled`; all below it are gone and start no step more',
    ],
    { workers: 2, times: { lease: 8_000, marked: true } },
    async ({ crew, observer, marks }) => {
      const random = seededRandom(seed);
      const family = { topic: 'oaks', steps: 20, work: 50, deep: true };
      const ids = await crew.create('family', family, tasks);
      await until(async () => (await observer.live()) > 3 * tasks, HANG);
      let kill = 0;
      for (const [at, id] of ids.entries()) {
        if (at >= ((kill + 1) * tasks) / (kills + 1)) await crew.kill(kill++ % 2);
        await sleep(50 * random());
        for (;;) {
          const { value, retryAfter } = await crew.cancel(id);
          if (value) break;
          await sleep(1000 * (retryAfter ?? 0));
        }
      }
      const records = await observer.records(ids);
      const left = await observer.taskKeys();
      const live = await observer.live();
      const before = marks.read();
      // Another task is done by the same workers from its beginning to its end, so they had the time to go on with these.
      await observer.untilEnded(await crew.create('family', { ...family, topic: 'elms', steps: 4, deep: false }, 4));
      // A step that a cancel found under way, or about to begin, is let through; what comes after it is not.
      const runs = (made: readonly Mark[] = []): number =>
        made.filter(({ key, what }) => key.startsWith('oaks') && what === 'ran').length;
      const late = [...marks.read()].filter(([id, made]) => runs(made) > runs(before.get(id)) + 1);
      const open = records.filter((record) => record?.status !== 'cancelled').length;
      const violations = [
        ...expectThat(open === 0, `${open} are not cancelled`),
        ...expectThat(left === tasks, `${left - tasks} tasks are left below them`),
        ...expectThat(live === 0, `${live} count as live`),
        ...expectThat(late.length === 0, `${late.length} went on`),
        ...expectThat((await observer.live()) === 0, 'the later ones count as live'),
      ];
      return { tasks, faults: tasks + crew.kills, counts: { cancelled: tasks - open, kills: crew.kills }, violations };
    },
  );
}
