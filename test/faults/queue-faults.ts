import { setTimeout as sleep } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';
import { expectThat, findings, play, type Row } from './harness/scene.js';
import type { Size } from './worker-faults.js';

const CHAIN = { steps: 6, work: 60, naps: true };

/** What BullMQ keeps is deleted, again and again, while the tasks themselves stay. */
export function queueEmptied({ tasks, rounds }: Size & { rounds: number }): Promise<Row> {
  return play(['the queue loses its jobs', 'a short delay'], { workers: 2 }, async ({ crew, observer, verdict }) => {
    const ids = await crew.create('chain', CHAIN, tasks);
    for (let round = 0; round < rounds && (await observer.ended(ids)) < tasks; round++) {
      await observer.dropQueues();
      await sleep(300);
    }
    return findings(await verdict(ids), rounds);
  });
}

/** Somebody takes jobs that wait and fails them in BullMQ, where they stay, and obliterates the queue as BullMQ does. */
export function queueMishandled({ tasks, each }: Pick<Size, 'tasks'> & { each: number }): Promise<Row> {
  return play(
    ['jobs are failed in BullMQ by hand, and its queue is obliterated', 'a short delay'],
    // Few slots, so that most jobs wait.
    { workers: 2, times: { concurrency: 2 } },
    async ({ crew, redis, observer, verdict }) => {
      const connection = { url: redis.url };
      const queue = new Queue('chain', { prefix: '{perdura}:queue', connection });
      const hand = new Worker('chain', null, { prefix: '{perdura}:queue', connection });
      try {
        const repaired = (ids: readonly string[]): Promise<void> =>
          observer.untilEnded(ids, async () => {
            await observer.hasten(7_000);
            await sleep(500);
          });
        const first = await crew.create('chain', CHAIN, Math.ceil(tasks / 2));
        let failed = 0;
        // A worker has now and then more in its hands than it has slots for.
        while (failed < each && (await observer.ended(first)) < first.length) {
          const job = await hand.getNextJob('hand', { block: false });
          await job?.moveToFailed(new Error('by hand'), 'hand');
          if (job) failed += 1;
        }
        const left = await queue.getFailedCount();
        await repaired(first);
        const second = await crew.create('chain', CHAIN, Math.floor(tasks / 2));
        await queue.obliterate({ force: true });
        await repaired(second);
        const found = findings(await verdict([...first, ...second]), failed + 1, { 'failed by hand': failed });
        return {
          ...found,
          violations: [...found.violations, ...expectThat(left === failed && left > 0, `${left} jobs stood as failed`)],
        };
      } finally {
        await Promise.all([queue.close(), hand.close(true)]);
      }
    },
  );
}
