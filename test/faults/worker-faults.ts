import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../fixtures/until.js';
import { seededRandom } from '../fixtures/seeded-random.js';
import { expectThat, findings, play, type Row } from './harness/scene.js';
import { beside } from './harness/beside.js';
import { HANG } from './harness/hang.js';
import type { Member } from './harness/member-process.js';

export interface Size {
  readonly tasks: number;
  readonly seed: number;
}

/** Workers are killed at random, one every `every` ms, until every task has ended, or `most` of them are. */
export function killStorm({
  tasks,
  seed,
  workers,
  every,
  least,
  most,
}: Size & { workers: number; every: number; least: number; most: number }): Promise<Row> {
  return play(
    ['a worker is killed every second', '`working`, a pause, then it goes on'],
    { workers, spares: workers, times: { lease: 8_000 } },
    async ({ crew, observer, verdict }) => {
      const random = seededRandom(seed);
      const ids = await crew.create('chain', { steps: 5, work: 150, naps: false }, tasks);
      let undue = 0;
      let seconds = 0;
      await beside(
        async (goesOn) => {
          const from = performance.now();
          // By the clock: a kill that came late does not put off the next, and none is made up for at once.
          for (let at = from + every; goesOn() && crew.kills < most; at = Math.max(at + every, performance.now())) {
            await sleep(Math.max(0, at - performance.now()));
            const alive = crew.workers.flatMap(({ isAtWork }, place) => (isAtWork ? [place] : []));
            const place = alive[Math.floor(random() * alive.length)];
            if (place !== undefined) await crew.kill(place);
          }
          seconds = (performance.now() - from) / 1000;
        },
        // Beside the kills, so that looking does not slow them down.
        async () => {
          await observer.untilEnded(ids, async () => {
            undue += await observer.undue(ids);
            await sleep(1_000);
          });
          await until(() => crew.kills >= least, HANG);
        },
      );
      const found = findings(await verdict(ids), crew.kills, {
        undue,
        'ms between kills': Math.round((1000 * seconds) / crew.kills),
      });
      return {
        ...found,
        violations: [...found.violations, ...expectThat(undue === 0, `${undue} tasks without a due time`)],
      };
    },
  );
}

/** A worker is stopped for longer than its lease, and goes on when another has taken over. */
export function zombies({ tasks, seed, rounds }: Size & { rounds: number }): Promise<Row> {
  const lease = 1_500;
  return play(
    ['a stopped worker goes on after its lease', 'nothing; one result'],
    { workers: 2, times: { lease } },
    async (scene) => {
      const { crew, observer, verdict } = scene;
      const random = seededRandom(seed);
      const ids: string[] = [];
      for (let round = 0; round < rounds; round++) {
        ids.push(...(await crew.create('chain', { steps: 8, work: 60, naps: false }, Math.ceil(tasks / rounds))));
        await sleep(150 * random());
        const stopped = crew.workers[round % 2] as Member;
        stopped.signal('SIGSTOP');
        await sleep(lease + 1_000);
        stopped.signal('SIGCONT');
        await observer.untilEnded(ids);
      }
      const refused = await crew.refusedWrites();
      // What the zombies still write arrives before their processes have ended in order.
      const codes = await Promise.all(crew.workers.map((worker) => worker.end('SIGTERM')));
      const found = findings(await verdict(ids, { zombies: true }), rounds, { 'writes refused': refused });
      return {
        ...found,
        violations: [
          ...found.violations,
          ...expectThat(
            codes.every((code) => code === 0),
            `workers ended with ${codes.join(', ')}`,
          ),
          ...expectThat(refused > 0, 'no late write was refused'),
        ],
      };
    },
  );
}

/** Every worker is told to end (a deploy) while it works, and another takes its place. */
export function deploy({ tasks, rounds, timed }: Size & { rounds: number; timed: boolean }): Promise<Row> {
  return play(
    ['a worker is told to end, as by a deploy', 'nothing; no effect repeats'],
    { workers: 2 },
    async ({ crew, observer, verdict }) => {
      const ids = await crew.create('chain', { steps: 20, work: 40, naps: false }, tasks);
      const codes: (number | null)[] = [];
      let slowest = 0;
      for (let round = 0; round < rounds && (await observer.ended(ids)) < ids.length; round++) {
        await sleep(200);
        const from = performance.now();
        codes.push(await (crew.workers[round % 2] as Member).end('SIGTERM'));
        slowest = Math.max(slowest, performance.now() - from);
        await crew.deploy(round % 2);
      }
      const judged = await verdict(ids);
      const found = findings(judged, codes.length, { 'slowest ms': Math.round(slowest) });
      return {
        ...found,
        violations: [
          ...found.violations,
          ...expectThat(judged.inFlightRepeats === 0, `${judged.inFlightRepeats} effects repeated`),
          ...expectThat(
            codes.every((code) => code === 0),
            `workers ended with ${codes.join(', ')}`,
          ),
          ...expectThat(!timed || slowest < 10_000, `a worker took ${slowest} ms to end`),
        ],
      };
    },
  );
}

/** A worker is told to end in the midst of a step that takes longer than it has. */
export function deployDuringLongStep({ tasks, drain, timed }: Size & { drain: number; timed: boolean }): Promise<Row> {
  return play(
    ['a worker is told to end during a long step', 'the step runs again elsewhere'],
    { workers: 1, times: { drain } },
    async ({ crew, ledger, verdict }) => {
      const ids = await crew.create('chain', { steps: 1, work: 3 * drain, naps: false }, tasks);
      await until(() => ledger.read().size === tasks, HANG);
      const from = performance.now();
      const code = await (crew.workers[0] as Member).end('SIGTERM');
      const took = performance.now() - from;
      await crew.kill(0);
      const found = findings(await verdict(ids), 1, { 'ms to end': Math.round(took) });
      const violations = [
        ...found.violations,
        ...expectThat(code === 0, `the worker ended with ${code}`),
        ...expectThat(!timed || took < 10_000, `the worker took ${took} ms to end`),
      ];
      return { ...found, violations };
    },
  );
}

/** Every third enqueue is lost, of new tasks and, where they nap, of those that wake up. */
export function lostEnqueues({ tasks, naps }: Size & { naps: boolean }): Promise<Row> {
  const loseEvery = 3;
  return play(
    ['an enqueue is lost', 'a short delay'],
    { workers: 2, times: { loseEvery } },
    async ({ crew, observer, verdict }) => {
      const ids = await crew.create('chain', { steps: 2, work: 10, naps }, tasks);
      // The first repair comes by itself, after the engine's grace of 5 s. One that is lost too is waited for ever longer.
      await observer.untilEnded(ids, async () => {
        await observer.hasten(7_000);
        await sleep(2_000);
      });
      return findings(await verdict(ids), Math.floor(tasks / loseEvery));
    },
  );
}

/** Tasks are cancelled at about the time at which they end. */
export function cancelRace({ tasks, seed }: Size): Promise<Row> {
  return play(
    ['a cancel races the end of its task', '`cancelled` or its result, never both'],
    { workers: 2 },
    async ({ crew, verdict, observer }) => {
      const random = seededRandom(seed);
      const ids: string[] = [];
      const taken = new Map<string, boolean>();
      while (ids.length < tasks) {
        const batch = await crew.create(
          'chain',
          { steps: 1, work: 10, naps: false },
          Math.min(100, tasks - ids.length),
        );
        ids.push(...batch);
        await Promise.all(
          batch.map(async (id) => {
            await sleep(120 * random());
            const { value } = await crew.cancel(id);
            // One that had no answer in time may have been done or not.
            if (value) taken.set(id, value.ok);
          }),
        );
      }
      const judged = await verdict(ids);
      const records = await observer.records(ids);
      const inconsistent = ids.filter(
        (id, index) => taken.has(id) && (records[index]?.status === 'cancelled') !== taken.get(id),
      );
      const found = findings(judged, ids.length);
      return {
        ...found,
        violations: [...found.violations, ...inconsistent.map((id) => `${id} does not say what its cancel said`)],
      };
    },
  );
}

/** Tasks that only wait. */
export function parked({ tasks }: Size): Promise<Row> {
  return play(
    ['many tasks wait at the same time', 'nothing; waiting tasks occupy no worker and no queue'],
    { workers: 2 },
    async ({ crew, observer }) => {
      const ids = await crew.create('rest', {}, tasks);
      await until(async () => (await observer.parked(ids)) === tasks, HANG);
      const jobs = await observer.jobs('rest');
      const undue = await observer.undue(ids);
      const violations = [
        ...expectThat(jobs === 0, `${jobs} jobs left in BullMQ`),
        ...expectThat(undue === 0, `${undue} tasks without a due time`),
      ];
      return { tasks, faults: 0, counts: { parked: tasks, 'BullMQ jobs': jobs }, violations };
    },
  );
}
