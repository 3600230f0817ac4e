import { setTimeout as sleep } from 'node:timers/promises';
import { LOSES_NOTHING } from '../fixtures/redis-server.js';
import { TcpProxy } from '../fixtures/tcp-proxy.js';
import { until } from '../fixtures/until.js';
import { beside } from './harness/beside.js';
import { HANG } from './harness/hang.js';
import type { Member } from './harness/member-process.js';
import { expectThat, findings, play, type Row, type Scene } from './harness/scene.js';
import type { Size } from './worker-faults.js';

const CHAIN = { steps: 6, work: 60, naps: false };
const pids = (workers: readonly Member[]): string => workers.map(({ pid, isRunning }) => `${pid} ${isRunning}`).join();

/** Redis is killed under load and comes back with its append-only file. */
export function redisKilled({ tasks, rounds }: Size & { rounds: number }): Promise<Row> {
  return play(
    ['Redis is killed under load', 'short errors that say when to try again; nothing acknowledged is lost'],
    { workers: 2, settings: LOSES_NOTHING },
    async ({ crew, redis, verdict }) => {
      const ids: string[] = [];
      let refused = 0;
      const before = pids(crew.workers);
      await beside(
        async () => {
          while (ids.length < tasks && crew.web.isRunning) {
            const { value } = await crew.web.ask<string[]>('create', 'chain', CHAIN, 10);
            if (value) ids.push(...value);
            else refused += 1;
            await sleep(20);
          }
        },
        async () => {
          for (let round = 0; round < rounds; round++) {
            await until(() => ids.length >= ((round + 1) * tasks) / (rounds + 1), HANG);
            await redis.kill('SIGKILL');
            await redis.restart();
          }
        },
      );
      const found = findings(await verdict(ids), rounds, { 'refused submits': refused });
      return {
        ...found,
        violations: [...found.violations, ...expectThat(pids(crew.workers) === before, 'a worker ended')],
      };
    },
  );
}

/** Redis is down for a while: submits fail soon and say when to try again, and what runs goes on afterwards. */
export function redisAway({ tasks, away, timed }: Size & { away: number; timed: boolean }): Promise<Row> {
  return play(
    ['Redis is away for half a minute', 'submits fail within 2 s and say when to try again; tasks go on'],
    { workers: 2, settings: LOSES_NOTHING },
    async ({ crew, redis, observer, ledger, verdict }) => {
      const before = pids(crew.workers);
      const ids = await crew.create('chain', { ...CHAIN, steps: 10, work: 200 }, tasks);
      await until(() => ledger.read().size > 0, HANG);
      await redis.kill('SIGKILL');
      const answers = [];
      for (const end = performance.now() + away; performance.now() < end; await sleep(250)) {
        answers.push(await crew.web.ask('create', 'chain', CHAIN, 1));
      }
      await redis.restart();
      const from = performance.now();
      const effects = (): number => [...ledger.read().values()].reduce((sum, { length }) => sum + length, 0);
      const known = effects();
      await until(async () => effects() > known || (await observer.ended(ids)) === tasks, HANG);
      const resumed = performance.now() - from;
      const judged = await verdict(ids);
      const slowest = Math.max(...answers.map(({ took }) => took));
      const found = findings(judged, 1, {
        'refused submits': answers.length,
        'slowest ms': Math.round(slowest),
        'resumed ms': Math.round(resumed),
      });
      return {
        ...found,
        violations: [
          ...found.violations,
          ...expectThat(
            answers.every(({ retryAfter }) => retryAfter !== undefined),
            'a submit failed without saying when to try again',
          ),
          ...expectThat(!timed || slowest < 2_000, `a submit took ${slowest} ms to fail`),
          ...expectThat(!timed || resumed < 10_000, `work went on after ${resumed} ms`),
          ...expectThat(pids(crew.workers) === before, 'a worker ended'),
        ],
      };
    },
  );
}

/** Redis has no memory left for a while. */
export function redisFull({ tasks, full }: Pick<Size, 'tasks'> & { full: number }): Promise<Row> {
  const observed = 'submits fail and say when to try again; what runs ends; then everything goes on';
  return refusing(['Redis has no memory left', observed], tasks, async (scene, ids) => {
    const { observer } = scene;
    const known = await observer.ended(ids);
    await observer.boundMemory(1);
    const refusals = await refused(scene, full);
    await until(async () => (await observer.ended(ids)) > known, HANG);
    await observer.boundMemory(0);
    return refusals;
  });
}

/** Redis takes no writes for a while, as an old primary after a failover does. */
export function redisReadOnly({ tasks, away }: Pick<Size, 'tasks'> & { away: number }): Promise<Row> {
  const observed = 'submits fail and say when to try again; then everything goes on';
  return refusing(['Redis takes no writes', observed], tasks, async (scene) => {
    await scene.observer.demote();
    const refusals = await refused(scene, away);
    await scene.observer.promote();
    return refusals;
  });
}

interface Refusals {
  readonly count: number;
  readonly violations: readonly string[];
}

/** Redis is there and refuses writes, for as long as `meanwhile` sees to it, while tasks are under way. */
function refusing(
  titles: Parameters<typeof play>[0],
  tasks: number,
  meanwhile: (scene: Scene, ids: readonly string[]) => Promise<Refusals>,
): Promise<Row> {
  return play(titles, { workers: 2 }, async (scene) => {
    const { crew, ledger, verdict } = scene;
    const before = pids(crew.workers);
    const ids = await crew.create('chain', { ...CHAIN, steps: 10, work: 100 }, tasks);
    await until(() => ledger.read().size > 0, HANG);
    const { count, violations } = await meanwhile(scene, ids);
    const found = findings(await verdict(ids), 1, { 'refused submits': count });
    const ended = expectThat(pids(crew.workers) === before, 'a worker ended');
    return { ...found, violations: [...found.violations, ...violations, ...ended] };
  });
}

/** Submits for so many milliseconds, each of which should fail and say when to try again. */
async function refused({ crew }: Scene, during: number): Promise<Refusals> {
  const answers = [];
  for (const end = performance.now() + during; performance.now() < end; await sleep(250)) {
    answers.push(await crew.web.ask('create', 'chain', CHAIN, 1));
  }
  const unclear = answers.filter(({ retryAfter }) => retryAfter === undefined);
  const violations = expectThat(unclear.length === 0, `${unclear.length} submits did not say when to try again`);
  return { count: answers.length, violations };
}

/** A copy of the append-only file that is a moment old is put back while workers hold newer journals. */
export function redisRolledBack({ tasks }: Size): Promise<Row> {
  return play(
    ['Redis goes back to an older file', 'at most the lost second of steps is done again; no hole'],
    { workers: 2, times: { lease: 2_000 }, settings: LOSES_NOTHING },
    async ({ crew, redis, observer, ledger, verdict }) => {
      const ids = await crew.create('chain', { ...CHAIN, steps: 12 }, tasks);
      await until(() => ledger.read().size > 0, HANG);
      const older = await redis.snapshot();
      const known = await observer.recorded(ids);
      const newer = async (): Promise<boolean> =>
        (await observer.recorded(ids)).some((length, at) => length >= (known[at] ?? 0) + 2);
      await until(newer, HANG);
      await redis.kill('SIGKILL');
      await older.restore();
      await redis.restart();
      const judged = await verdict(ids, { rollback: true, zombies: true });
      const refused = await crew.refusedWrites();
      const found = findings(judged, 1, { 'writes refused': refused });
      return {
        ...found,
        violations: [...found.violations, ...expectThat(refused > 0, 'no stale writer was refused')],
      };
    },
  );
}

/** Everything in Redis is deleted under live workers. */
export function redisEmptied({ tasks }: Size): Promise<Row> {
  return play(
    ['Redis is emptied', 'not found; workers abandon the tasks, new ones run'],
    { workers: 2 },
    async ({ crew, observer, ledger, verdict }) => {
      const before = pids(crew.workers);
      const gone = await crew.create('chain', { ...CHAIN, steps: 50 }, tasks);
      await until(() => ledger.read().size > 0, HANG);
      await observer.flush();
      const answers = await Promise.all(gone.map((id) => crew.web.ask<object>('get', id)));
      const seen = answers.filter(({ value, error }) => value !== undefined || error !== undefined).length;
      const ids = await crew.create('chain', CHAIN, tasks);
      const found = findings(await verdict(ids), 1, { 'not found': answers.length - seen });
      return {
        ...found,
        violations: [
          ...found.violations,
          ...expectThat(seen === 0, `${seen} tasks were found`),
          ...expectThat(pids(crew.workers) === before, 'a worker ended'),
        ],
      };
    },
  );
}

/** One worker loses Redis, by a connection that breaks or one that goes silent, while the other goes on. */
export function partition({ tasks, way }: Size & { way: 'cut' | 'blackhole' }): Promise<Row> {
  const fault = way === 'cut' ? 'one worker is cut off from Redis' : 'one worker talks to nobody behind its connection';
  let proxy: Promise<TcpProxy> | undefined;
  const lease = 1_500;
  return play(
    [fault, 'nothing, or a pause; one result'],
    { workers: 2, times: { lease }, urls: async (redis) => ({ 0: (await (proxy = TcpProxy.to(redis.port))).url }) },
    async ({ crew, verdict, ledger }) => {
      const wire = await (proxy as Promise<TcpProxy>);
      const before = pids(crew.workers);
      const ids = await crew.create('chain', { ...CHAIN, steps: 10 }, tasks);
      await until(() => ledger.read().size > tasks / 2, HANG);
      wire[way]();
      await sleep(lease + 2_000);
      wire.mend();
      const judged = await verdict(ids, { zombies: true });
      const again = await crew.create('chain', CHAIN, tasks);
      const later = await verdict(again);
      await wire.close();
      const found = findings(judged, 1, { 'writes refused': await crew.refusedWrites() });
      return {
        ...found,
        violations: [
          ...found.violations,
          ...later.violations,
          ...expectThat(pids(crew.workers) === before, 'a worker ended'),
        ],
      };
    },
  );
}
