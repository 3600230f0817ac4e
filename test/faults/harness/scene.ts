import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedisServer } from '../../fixtures/redis-server.js';
import { Crew, type CrewOptions } from './crew.js';
import { type Expectation, judge, type Verdict } from './invariants.js';
import { Ledger, type Mark, marksBeside } from './ledger.js';
import { Observer } from './observer.js';

/** What a scenario has come to: a row of the table of faults. */
export interface Row {
  readonly fault: string;
  /** What a user of the task sees of it. */
  readonly observed: string;
  readonly tasks: number;
  /** How often the fault was done. */
  readonly faults: number;
  readonly violations: readonly string[];
  /** What else was counted, by its name. */
  readonly counts: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** A Redis, a crew and a ledger of their own, for one scenario. */
export interface Scene {
  readonly redis: RedisServer;
  readonly crew: Crew;
  readonly observer: Observer;
  readonly ledger: Ledger;
  readonly marks: Ledger<Mark>;
  /** Waits for the end of the tasks and holds them to the invariants. */
  verdict(ids: readonly string[], expected?: Expectation): Promise<Verdict>;
}

/** What a scenario found out. */
export type Findings = Omit<Row, 'fault' | 'observed' | 'seconds'>;

/** Plays one scenario: the fault's name and what a user observes of it, the crew, and what is done to it. */
export async function play(
  [fault, observed]: readonly [fault: string, observed: string],
  options: Omit<CrewOptions, 'url' | 'ledger' | 'urls'> & {
    readonly urls?: (redis: RedisServer) => Promise<CrewOptions['urls']>;
    /** More settings of this scenario's Redis. */
    readonly settings?: readonly string[];
  },
  act: (scene: Scene) => Promise<Findings>,
): Promise<Row> {
  const from = performance.now();
  const directory = await mkdtemp(join(tmpdir(), 'perdura-faults-'));
  const ledger = Ledger.create(join(directory, 'ledger.jsonl'));
  const marks = Ledger.create<Mark>(marksBeside(ledger.file));
  const { urls, settings = [], ...rest } = options;
  let redis: RedisServer | undefined;
  let observer: Observer | undefined;
  let crew: Crew | undefined;
  try {
    redis = await RedisServer.start(...settings);
    const watching = (observer = await Observer.connect(redis.url, () => {
      if (crew && crew.failures.length > 0) throw new Error('Not all processes of the crew live.');
    }));
    crew = await Crew.start({
      ...rest,
      url: redis.url,
      ledger: ledger.file,
      ...(urls && { urls: (await urls(redis)) ?? {} }),
    });
    const verdict: Scene['verdict'] = async (ids, expected) => {
      await watching.untilEnded(ids);
      return judge(ids, await watching.records(ids), ledger.read(), expected);
    };
    const found = await act({ redis, crew, observer: watching, ledger, marks, verdict });
    const violations = [...found.violations, ...crew.failures];
    return { fault, observed, ...found, violations, seconds: (performance.now() - from) / 1000 };
  } catch (error) {
    // Why it could not come to its end comes first.
    throw crew && crew.failures.length > 0 ? new Error(crew.failures.join('\n'), { cause: error }) : error;
  } finally {
    await crew?.close();
    await observer?.close();
    await redis?.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** What a verdict says of a scenario. */
export const findings = (verdict: Verdict, faults: number, counts: Row['counts'] = {}): Findings => ({
  tasks: verdict.tasks,
  faults,
  violations: verdict.violations,
  counts: {
    completed: verdict.completed,
    ...(verdict.cancelled > 0 && { cancelled: verdict.cancelled }),
    ...(verdict.failed > 0 && { failed: verdict.failed }),
    'in-flight repeats': verdict.inFlightRepeats,
    ...counts,
  },
});

/** A violation, unless it holds. */
export const expectThat = (holds: boolean, otherwise: string): string[] => (holds ? [] : [otherwise]);
