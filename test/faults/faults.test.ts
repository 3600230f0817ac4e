import { removeProgram } from './harness/compile.js';
import { HANG } from './harness/hang.js';
import type { Row } from './harness/scene.js';
import { SCENARIOS } from './scenarios.js';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);

/** What takes a few seconds each; `npm run test:faults` plays all of them, in large. */
const SHORT = [
  'kill-storm',
  'crash-at-every-boundary',
  'redis-rolled-back',
  'redis-killed',
  'web-killed',
  'cancel-race',
  'clock-jump',
  'redis-emptied',
  'cut-off',
  'crash-at-every-family-boundary',
  'cancel-cascade',
  'every-call-fails',
  'changed-code',
  'oversized',
  'redis-frozen',
];
/** Each has processes of its own, most of which wait. */
const AT_A_TIME = 3;
/** Longer than whatever hangs is given within: this only ends what even that did not. */
const LIMIT = 2 * HANG;

describe('Tasks survive, in processes of their own and in a small size', () => {
  const rows = new Map<string, Promise<Row>>();

  beforeAll(() => {
    const lanes = Array.from({ length: AT_A_TIME }, () => Promise.resolve() as Promise<unknown>);
    SHORT.forEach((name, at) => {
      const before = lanes[at % AT_A_TIME] as Promise<unknown>;
      const row = before.then(() => (SCENARIOS[name] as NonNullable<(typeof SCENARIOS)[string]>)('small', seed));
      rows.set(name, row);
      // A failure is told by its own test, and the next scenario is played all the same.
      lanes[at % AT_A_TIME] = row.catch(() => undefined);
    });
  });

  // Whatever a test found, every scenario comes to its end, where it puts away its processes and folders.
  afterAll(async () => {
    await Promise.allSettled(rows.values());
    removeProgram();
  }, LIMIT);

  it.each(SHORT)(
    '%s',
    async (name) => {
      const row = await rows.get(name);
      expect(row?.violations).toEqual([]);
      expect(row?.tasks).toBeGreaterThan(0);
    },
    LIMIT,
  );
});
