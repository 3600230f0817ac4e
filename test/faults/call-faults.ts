import type { Member } from './harness/member-process.js';
import { expectThat, play, type Row } from './harness/scene.js';
import { study, wrongWith } from './harness/study.js';

export interface CallsSize {
  readonly tool: 'study' | 'family';
  /** The first call that fails, and every how many-th after it; the last is the first that the task does not come to. */
  readonly from: number;
  readonly every: number;
  /** The most calls that are tried. */
  readonly most: number;
}

/** How long an enqueued activation is left alone, in milliseconds. */
const LOST = 500;

/**
 * A worker's n-th call to Redis fails while it runs a task: for n = 1, 2, ... and so on until the task ends before its n-th
 * call, once with the call not sent and once with the call done and its answer lost.
 */
export function everyCallFails({ tool, from, every, most }: CallsSize): Promise<Row> {
  const what = tool === 'study' ? 'an agent' : 'a task with children';
  return play(
    [`each call to Redis of the worker of ${what} fails, not sent or its answer lost`, 'a pause, the same result'],
    { workers: 1, times: { lease: 1_500, watchdogInterval: 200, marked: true } },
    async (scene) => {
      const worker = scene.crew.workers[0] as Member;
      const clean = await study(scene, tool, () => Promise.resolve());
      const violations = wrongWith(clean, clean);
      const counts = { completed: 1, 'last call': 0, 'in-flight repeats': 0 };
      let faults = 0;
      for (const when of ['before', 'after'] as const) {
        for (let call = from, isReached = true; isReached && call < from + most * every; call += every) {
          await worker.ask('failCall', { call, when });
          // Where the call was an enqueue, the grace of it need not be waited for.
          const run = await study(
            scene,
            tool,
            () => Promise.resolve(),
            () => scene.observer.hasten(LOST),
          );
          const { value: calls = 0 } = await worker.ask<number>('failCall');
          // A lease that nobody renews runs out by the clock, so that on a busy machine a live worker may lose one.
          const wrong = wrongWith({ ...run, repeated: [] }, clean);
          violations.push(...wrong.map((what) => `${when} call ${call}: ${what}`));
          isReached = calls >= call;
          if (isReached) faults += 1;
          counts.completed += run.record?.status === 'completed' ? 1 : 0;
          counts['last call'] = Math.max(counts['last call'], call);
          counts['in-flight repeats'] += run.ran - clean.ran;
        }
      }
      return {
        tasks: counts.completed,
        faults,
        counts,
        violations: [...violations, ...expectThat(faults > 0, 'no call failed')],
      };
    },
  );
}
