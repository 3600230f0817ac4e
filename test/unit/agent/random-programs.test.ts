// `PROGRAMS=500` runs more of them, `SEED=n` the same ones again.
import type { Plugin } from 'perdura';
import { testApp } from 'perdura/testing';
import { seededRandom } from '../../fixtures/seeded-random.js';
import { checkedConnect as connect } from '../../checked-connect.js';
import { CLASSES, type Random, randomProgram, type Statement, think } from './random-programs.js';

const pick = (random: Random, length: number): number => Math.floor(random() * length);

interface Run {
  readonly result: unknown;
  /** The keys of all that was recorded, in its order. */
  readonly recorded: readonly string[];
  readonly turns: number;
  /** Turns that were asked although they were recorded. */
  readonly repeated: readonly string[];
  readonly crashes: number;
}

interface Crash {
  readonly when: 'crashBefore' | 'crashAfter';
  /** The number of the entry. */
  readonly at: number;
}

/** Runs a program to its end, with a crash at each of the given entries. How fast each answer of the model comes is left to chance. */
async function run(
  random: Random,
  { seed, statements }: { readonly seed: number; readonly statements: readonly Statement[] },
  crashes: readonly Crash[] = [],
): Promise<Run> {
  const recorded: string[] = [];
  const known = new Set<string>();
  const repeated: string[] = [];
  let turns = 0;
  const watch: Plugin = {
    name: 'watch',
    setup(host) {
      host.onTransition(({ kind, taskId, step }) => {
        if (kind !== 'appended' || step === undefined) return;
        known.add(`${taskId} ${step}`);
      });
      host.onAgentEvent((event) => {
        if (event.kind !== 'turn-started') return;
        turns += 1;
        if (known.has(`${event.callId} ${event.key}`)) repeated.push(event.key);
      });
    },
  };
  const app = await testApp({
    ...{ name: 'random', version: '1.0.0', use: [...CLASSES, watch] },
    model: async (request) => {
      for (let ticks = pick(random, 6); ticks > 0; ticks--) await new Promise(setImmediate);
      return think(seed, request);
    },
    report: () => undefined,
  });
  for (const { when, at } of crashes) {
    let entries = 0;
    app[when](() => entries++ === at);
  }
  app.crashAfter((key) => {
    recorded.push(key);
    return false;
  });
  const client = await connect(app, {
    revision: '2026-07-28',
    elicit: ({ requestedSchema: { properties = {} } }) => ({
      action: 'accept',
      content: Object.fromEntries(Object.keys(properties).map((name) => [name, true])),
    }),
  });
  const { taskId } = await client.startTask('play', { statements });
  const result = await client.followTask(taskId).catch((error: Error) => error.message);
  await app.close();
  return { result, recorded, turns, repeated, crashes: app.crashes };
}

const COUNT = Number(process.env['PROGRAMS'] ?? 50);

it(`ends ${COUNT} random programs as they would have without crashes, and asks no recorded turn again`, async () => {
  const random = seededRandom();
  let [crashes, turns] = [0, 0];
  for (let index = 0; index < COUNT; index++) {
    const seed = pick(random, 1e9);
    const program = { seed, statements: randomProgram(random) };
    const whole = await run(random, program);
    expect(whole.repeated).toEqual([]);
    const planned = Array.from({ length: 1 + pick(random, 3) }, (): Crash => {
      const when = random() < 0.5 ? 'crashBefore' : 'crashAfter';
      return { when, at: pick(random, whole.recorded.length) };
    });
    const crashed = await run(random, program, planned);
    const where = { program, planned };
    expect({ ...where, repeated: crashed.repeated, result: crashed.result }).toEqual({
      ...where,
      repeated: [],
      result: whole.result,
    });
    expect(crashed.turns).toBeGreaterThanOrEqual(whole.turns);
    crashes += crashed.crashes;
    turns += whole.turns;
  }
  // It has shown something.
  expect(crashes).toBeGreaterThan(COUNT / 2);
  expect(turns).toBeGreaterThan(COUNT);
}, 300_000);
