import { answerRace, clientGone, webKilled } from './client-faults.js';
import { crashAtEveryBoundary } from './boundary-faults.js';
import type { Row } from './harness/scene.js';
import { everyCallFails } from './call-faults.js';
import { cancelCascade } from './family-faults.js';
import { redisFrozen } from './frozen-faults.js';
import { changedCode, cutOff, oversized } from './limit-faults.js';
import { endlessLoop, outOfMemory, poison } from './poison-faults.js';
import { queueEmptied, queueMishandled } from './queue-faults.js';
import {
  partition,
  redisAway,
  redisEmptied,
  redisFull,
  redisKilled,
  redisReadOnly,
  redisRolledBack,
} from './redis-faults.js';
import { halfRequests, serversReplaced } from './server-faults.js';
import { clockJump, ttlExpiry, ttlMidRun } from './time-faults.js';
import {
  cancelRace,
  deploy,
  deployDuringLongStep,
  killStorm,
  lostEnqueues,
  parked,
  type Size,
  zombies,
} from './worker-faults.js';

export type Sizes = 'small' | 'large';

const pick = <T>(sizes: Sizes, small: T, large: T): T => (sizes === 'small' ? small : large);

/** Those that mostly wait for times to pass: they are played beside the others. */
export const QUIET: ReadonlySet<string> = new Set([
  'ttl-mid-run',
  'deploy-long-step',
  'poison',
  'out-of-memory',
  'endless-loop',
  'queue-mishandled',
  'zombie',
  'web-killed',
  'redis-rolled-back',
  'redis-emptied',
  'cut',
  'blackhole',
  'every-call-fails',
  'every-family-call-fails',
  'cut-off',
  'changed-code',
  'client-gone',
  'redis-full',
  'redis-read-only',
  'servers-replaced',
  'servers-killed',
  'half-requests',
]);

/** Every scenario, by a name for the command line, in a size that a test run or a proof can afford. */
export const SCENARIOS: Readonly<Record<string, (sizes: Sizes, seed: number) => Promise<Row>>> = {
  'kill-storm': (sizes, seed) =>
    killStorm(
      pick<Size & { workers: number; every: number; least: number; most: number }>(
        sizes,
        { tasks: 150, seed, workers: 2, every: 1_000, least: 3, most: 5 },
        { tasks: 10_000, seed, workers: 4, every: 1_000, least: 20, most: Infinity },
      ),
    ),
  'crash-at-every-boundary': (sizes) =>
    crashAtEveryBoundary({ tool: 'study', ...pick(sizes, { every: 23, lanes: 1 }, { every: 1, lanes: 3 }) }),
  'crash-at-every-family-boundary': (sizes) =>
    crashAtEveryBoundary({ tool: 'family', ...pick(sizes, { every: 37, lanes: 1 }, { every: 1, lanes: 2 }) }),
  'every-call-fails': (sizes) =>
    everyCallFails({
      tool: 'study',
      ...pick(sizes, { from: 3, every: 13, most: 2 }, { from: 1, every: 1, most: 1_000 }),
    }),
  'every-family-call-fails': (sizes) =>
    everyCallFails({
      tool: 'family',
      ...pick(sizes, { from: 5, every: 11, most: 2 }, { from: 1, every: 3, most: 1_000 }),
    }),
  'cancel-cascade': (sizes, seed) =>
    cancelCascade({ seed, ...pick(sizes, { tasks: 10, kills: 1 }, { tasks: 300, kills: 10 }) }),
  'cut-off': (sizes) => cutOff({ tasks: pick(sizes, 1, 20) }),
  'changed-code': (sizes) => changedCode({ tasks: pick(sizes, 5, 100) }),
  oversized: (sizes) => oversized({ tasks: pick(sizes, 1, 10) }),
  zombie: (sizes, seed) => zombies({ seed, ...pick(sizes, { tasks: 40, rounds: 1 }, { tasks: 1_000, rounds: 10 }) }),
  deploy: (sizes, seed) =>
    deploy({ seed, timed: sizes === 'large', ...pick(sizes, { tasks: 60, rounds: 2 }, { tasks: 2_000, rounds: 20 }) }),
  'deploy-long-step': (sizes, seed) =>
    deployDuringLongStep({
      seed,
      timed: sizes === 'large',
      ...pick(sizes, { tasks: 5, drain: 1_000 }, { tasks: 50, drain: 5_000 }),
    }),
  'lost-enqueues': (sizes, seed) =>
    lostEnqueues({ seed, ...pick(sizes, { tasks: 12, naps: false }, { tasks: 2_000, naps: true }) }),
  poison: (sizes) => poison({ tasks: pick(sizes, 1, 5) }),
  'out-of-memory': (sizes) => outOfMemory({ tasks: pick(sizes, 20, 200) }),
  'endless-loop': (sizes) => endlessLoop({ tasks: pick(sizes, 20, 200) }),
  'cancel-race': (sizes, seed) => cancelRace({ seed, tasks: pick(sizes, 300, 10_000) }),
  parked: (sizes, seed) => parked({ seed, tasks: pick(sizes, 300, 10_000) }),
  'answer-race': (sizes, seed) =>
    answerRace({ seed, ...pick(sizes, { tasks: 60, every: 900 }, { tasks: 1_000, every: 1_000 }) }),
  'web-killed': (sizes, seed) =>
    webKilled({ seed, ...pick(sizes, { tasks: 60, rounds: 1 }, { tasks: 1_000, rounds: 10 }) }),
  'client-gone': (sizes) => clientGone({ tasks: pick(sizes, 20, 500) }),
  'servers-replaced': (sizes, seed) =>
    serversReplaced({
      seed,
      signal: 'SIGTERM',
      ...pick(sizes, { clients: 6, replaced: 2 }, { clients: 24, replaced: 15 }),
    }),
  'servers-killed': (sizes, seed) =>
    serversReplaced({
      seed,
      signal: 'SIGKILL',
      ...pick(sizes, { clients: 6, replaced: 2 }, { clients: 24, replaced: 15 }),
    }),
  'half-requests': (sizes) => halfRequests({ timed: sizes === 'large', sockets: pick(sizes, 20, 1_000) }),
  'ttl-mid-run': (sizes, seed) =>
    ttlMidRun({ seed, ...pick(sizes, { tasks: 20, untilGone: false }, { tasks: 500, untilGone: true }) }),
  'ttl-expiry': (sizes, seed) =>
    ttlExpiry({ seed, ...pick(sizes, { tasks: 100, ttl: 4_000 }, { tasks: 10_000, ttl: 30_000 }) }),
  'clock-jump': (sizes, seed) => clockJump({ seed, tasks: pick(sizes, 40, 1_000) }),
  'redis-killed': (sizes, seed) =>
    redisKilled({ seed, ...pick(sizes, { tasks: 100, rounds: 1 }, { tasks: 3_000, rounds: 10 }) }),
  'redis-away': (sizes, seed) =>
    redisAway({
      seed,
      timed: sizes === 'large',
      ...pick(sizes, { tasks: 40, away: 2_500 }, { tasks: 500, away: 30_000 }),
    }),
  'redis-full': (sizes) => redisFull(pick(sizes, { tasks: 40, full: 1_000 }, { tasks: 300, full: 10_000 })),
  'redis-read-only': (sizes) => redisReadOnly(pick(sizes, { tasks: 40, away: 1_000 }, { tasks: 300, away: 10_000 })),
  'redis-frozen': (sizes, seed) =>
    redisFrozen({
      seed,
      timed: sizes === 'large',
      ...pick(sizes, { tasks: 20, frozen: 1_000, every: 40 }, { tasks: 300, frozen: 30_000, every: 4 }),
    }),
  'redis-rolled-back': (sizes, seed) => redisRolledBack({ seed, tasks: pick(sizes, 40, 200) }),
  'redis-emptied': (sizes, seed) => redisEmptied({ seed, tasks: pick(sizes, 20, 500) }),
  'queue-emptied': (sizes, seed) =>
    queueEmptied({ seed, ...pick(sizes, { tasks: 20, rounds: 2 }, { tasks: 500, rounds: 30 }) }),
  'queue-mishandled': (sizes) => queueMishandled(pick(sizes, { tasks: 60, each: 3 }, { tasks: 500, each: 50 })),
  cut: (sizes, seed) => partition({ seed, tasks: pick(sizes, 40, 500), way: 'cut' }),
  blackhole: (sizes, seed) => partition({ seed, tasks: pick(sizes, 40, 500), way: 'blackhole' }),
};
