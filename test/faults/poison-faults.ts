import { writeFileSync } from 'node:fs';
import { beside } from './harness/beside.js';
import { releaseBeside } from './harness/reference-poisons.js';
import { expectThat, findings, play, type Row, type Scene } from './harness/scene.js';
import type { Size } from './worker-faults.js';

/** Two long steps: longer than a poisoned worker lives. */
const LONG = { steps: 2, work: 3_000, naps: false };
const SHORT = { steps: 8, work: 100, naps: false };

/** A task that ends its process each time it runs. */
export function poison({ tasks }: Pick<Size, 'tasks'>): Promise<Row> {
  const maxCrashes = 2;
  return play(
    ['a task kills its worker each time', '`failed`, "crashed N times after step X"'],
    { workers: 1, times: { lease: 800, maxCrashes } },
    async (scene) => {
      const ids = await scene.crew.create('poison', {}, tasks);
      const violations = await beside(
        (goesOn) => scene.crew.revive(goesOn),
        () => unclear(scene, ids, maxCrashes),
      );
      return { tasks, faults: scene.crew.kills, counts: { failed: tasks }, violations };
    },
  );
}

/** A task that takes memory without end, among others whose steps are shorter or longer than its worker lives. */
export function outOfMemory({ tasks }: Pick<Size, 'tasks'>): Promise<Row> {
  const maxCrashes = 5;
  return play(
    ['a task takes all memory of its worker', '`failed`, "crashed N times after step X"; the others complete'],
    { workers: 2, heap: 96, times: { lease: 2_000, maxCrashes, concurrency: 25 } },
    async (scene) => {
      const { crew, verdict } = scene;
      const hoards = await crew.create('hoard', {}, 1);
      const others = [
        ...(await crew.create('chain', LONG, Math.ceil(tasks / 2))),
        ...(await crew.create('chain', SHORT, Math.floor(tasks / 2))),
      ];
      const [violations, judged] = await beside(
        (goesOn) => crew.revive(goesOn),
        async () => [await unclear(scene, hoards, maxCrashes), await verdict(others)] as const,
      );
      const found = findings(judged, crew.kills, { 'worker ends': crew.kills });
      return {
        ...found,
        tasks: others.length + hoards.length,
        violations: [
          ...found.violations,
          ...violations,
          ...expectThat(judged.completed === others.length, `${judged.failed} tasks beside it failed`),
        ],
      };
    },
  );
}

/** A task that never comes back to the event loop: its workers are neither dead nor alive. */
export function endlessLoop({ tasks }: Pick<Size, 'tasks'>): Promise<Row> {
  const maxCrashes = 2;
  return play(
    ['a task blocks its worker in an endless loop', '`failed`, "crashed N times after step X"; the others complete'],
    { workers: maxCrashes + 2, times: { lease: 2_000, maxCrashes, concurrency: 25 } },
    async (scene) => {
      const { crew, ledger, verdict } = scene;
      const spins = await crew.create('spin', {}, 1);
      const others = [
        ...(await crew.create('chain', LONG, Math.ceil(tasks / 2))),
        ...(await crew.create('chain', SHORT, Math.floor(tasks / 2))),
      ];
      const violations = await unclear(scene, spins, maxCrashes);
      const judged = await verdict(others, { zombies: true });
      writeFileSync(releaseBeside(ledger.file), '');
      const refused = await crew.refusedWrites();
      const codes = await Promise.all(crew.workers.map((worker) => worker.end('SIGTERM')));
      const found = findings(judged, maxCrashes + 1, { 'writes refused': refused });
      return {
        ...found,
        tasks: others.length + spins.length,
        violations: [
          ...found.violations,
          ...violations,
          ...(await unclear(scene, spins, maxCrashes)),
          ...expectThat(judged.completed === others.length, `${judged.failed} tasks beside it failed`),
          ...expectThat(refused > maxCrashes, `${refused} late writes were refused`),
          ...expectThat(
            codes.every((code) => code === 0),
            `workers ended with ${codes.join(', ')}`,
          ),
        ],
      };
    },
  );
}

/** What the ends of such tasks do not say as they should. */
async function unclear({ observer }: Scene, ids: readonly string[], maxCrashes: number): Promise<string[]> {
  await observer.untilEnded(ids);
  const messages = (await observer.records(ids)).map((record) =>
    record?.outcome?.kind === 'error' ? record.outcome.error.message : 'no error',
  );
  return messages.filter(
    (message) => !message.includes(`crashed ${maxCrashes + 1} times`) || !message.includes('prepare'),
  );
}
