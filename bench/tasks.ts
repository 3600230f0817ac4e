import { medianRow, type Row } from './row.js';
import { type BenchRedis, startRedis } from './redis.js';
import { type Burst, startTaskProcess, type TaskProcess } from './task-subject.js';

const SUBJECTS = ['perdura', 'bullmq'] as const;
const ROUNDS = 3;
/** How many tasks each measurement takes. */
const ALONE = 2_000;
const ABREAST = 6_000;
const WIDTH = 50;
const TRIPS = { 1: 500, [WIDTH]: 2_000 } as const;
const STEPS = [10, 100, 1_000] as const;

type Found = Omit<Row, 'bench' | 'subject' | 'revision'>;

/** Tasks beside jobs of plain BullMQ on the same Redis; handing in and running are processes of their own. */
export async function tasks(log: (line: string) => void): Promise<Row[]> {
  const redis = await startRedis();
  const rounds = new Map<string, Row[]>();
  try {
    // Round 0 warms every path up and is not counted.
    for (let round = 0; round <= ROUNDS; round++) {
      for (const subject of SUBJECTS) {
        await redis.clear();
        for (const found of await measure(subject, redis, round === 0 ? 0.1 : 1)) {
          if (round === 0) continue;
          const row: Row = { bench: 'tasks', subject, revision: '2026-07-28', ...found };
          log(`round ${round}/${ROUNDS}  ${row.case}, ${row.concurrency}  ${subject}: ${inWords(row)}`);
          const key = `${row.case} ${row.concurrency} ${row.steps ?? ''} ${subject}`;
          rounds.set(key, [...(rounds.get(key) ?? []), row]);
        }
      }
    }
  } finally {
    await redis.stop();
  }
  return [...rounds.values()].map(medianRow);
}

async function measure(subject: string, redis: BenchRedis, share: number): Promise<Found[]> {
  const found: Found[] = [];
  const processes: TaskProcess[] = [];
  const start = async (role: 'submit' | 'work'): Promise<TaskProcess> => {
    const started = await startTaskProcess(subject, role, redis.url);
    processes.push(started);
    return started;
  };
  const take = (name: string, concurrency: number, burst: Burst, more: Partial<Found> = {}): void =>
    void found.push({ case: name, concurrency, ...figures(burst), ...more });
  try {
    const submitter = await start('submit');
    const before = await redis.usedMemory();
    const [alone, abreast] = [ALONE * share, ABREAST * share];
    take('submit', 1, await submitter.burst('submit', alone));
    take('submit', WIDTH, await submitter.burst('submit', abreast, WIDTH));

    // What was handed in is the backlog that the first worker finds.
    const drainer = await start('work');
    const drained = drainer.burst('drained', 1, 1, alone + abreast);
    await drainer.burst('work', 1, 1, WIDTH);
    const { ms, cpuUs, rssMb } = await drained;
    const count = alone + abreast;
    const bytesPerTask = ((await redis.usedMemory()) - before) / count;
    found.push({
      ...{ case: 'drain', concurrency: WIDTH, opsPerSecond: (count / ms) * 1000, bytesPerTask },
      // Of a backlog there is no latency to tell.
      ...{ p50Ms: 0, p99Ms: 0, cpuUs: cpuUs / count, rssMb },
    });
    take('submit to result', WIDTH, await submitter.burst('run', TRIPS[WIDTH] * share, WIDTH));
    await drainer.stop();

    const worker = await start('work');
    await worker.burst('work', 1, 1, 1);
    take('submit to result', 1, await submitter.burst('run', TRIPS[1] * share));
    for (const steps of subject === 'perdura' ? STEPS : []) {
      await submitter.burst('runSteps', 1, 1, steps);
      const commands = await redis.commands();
      const burst = await submitter.burst('runSteps', 3, 1, steps);
      const commandsPerStep = ((await redis.commands()) - commands) / 3 / steps;
      take('journal', 1, burst, { steps, msPerStep: burst.ms / 3 / steps, commandsPerStep });
    }
    return found;
  } finally {
    await Promise.all(processes.map((each) => each.stop()));
  }
}

function figures({ each, ms, cpuUs, rssMb }: Burst): Pick<Row, 'opsPerSecond' | 'p50Ms' | 'p99Ms' | 'cpuUs' | 'rssMb'> {
  const sorted = [...each].sort((a, b) => a - b);
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  const count = Math.max(1, each.length);
  return { opsPerSecond: (count / ms) * 1000, p50Ms: at(0.5), p99Ms: at(0.99), cpuUs: cpuUs / count, rssMb };
}

function inWords({ opsPerSecond, p50Ms, steps, msPerStep, bytesPerTask }: Row): string {
  if (steps !== undefined) return `${msPerStep?.toFixed(2)} ms a step of ${steps}`;
  const bytes = bytesPerTask === undefined ? '' : `, ${Math.round(bytesPerTask)} bytes each`;
  return `${Math.round(opsPerSecond)} tasks/s, p50 ${p50Ms.toFixed(2)} ms${bytes}`;
}
