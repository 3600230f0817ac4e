import type { Json } from '../../framework/spec.js';
import type { Fence, TaskStore, Transition } from '../../framework/tasks/task-store.js';
import type { RedisStoreUnderTest } from './redis-under-test.js';
import { LIMITS, newTask, ASKED, value } from './store-under-test.js';

const LEASE = 30_000;
const STEPS = ['plan', 'fetch', 'write'] as const;

interface Activation {
  readonly taskId: string;
  readonly activation: number;
}

/** What happened outside of the store: each effect with the value that it came back with. */
type Ledger = { readonly step: string; readonly value: number }[];

/**
 * Brings one task with three steps and a question to its end as the engine does: a call that fails is made again by the
 * client, while a worker gives up its run, which the watchdog then takes over. Checks what must hold at the end.
 */
export async function endures(under: RedisStoreUnderTest, place: string): Promise<void> {
  const { store } = under;
  const ledger: Ledger = [];
  const request = newTask({ idempotencyKey: 'once' });
  const record = value(await persist(() => store.create(request, LIMITS)));
  const { taskId } = record;
  const jobs: Activation[] = [{ taskId, activation: record.activation }];

  for (let round = 0; ; round++) {
    if (round > 30) throw new Error(`${place}: the task does not end`);
    const job = jobs.shift();
    if (job) await orGiveUp(() => work(store, job, ledger, jobs));
    const seen = await persist(() => store.get('alice', taskId));
    if (!seen) throw new Error(`${place}: the task is gone`);
    if (seen.run === 'done') break;
    if (seen.status === 'input_required') {
      const answered = value(await persist(() => store.answer('alice', taskId, { q: { yes: true } })));
      if (answered.enqueue !== undefined) jobs.push({ taskId, activation: answered.enqueue });
    }
    if (jobs.length === 0) await watchdog(under, jobs);
  }

  const { tasks } = await persist(() => store.list('alice', 10));
  const [ended] = tasks;
  const outcome = ended?.outcome;
  const result = outcome?.kind === 'result' ? (outcome.result.structuredContent as Record<string, Json>) : undefined;
  expect({ place, count: tasks.length, status: ended?.status }).toEqual({ place, count: 1, status: 'completed' });
  // One call failed: at most one effect happened twice, and what the result holds is one of those that happened.
  expect(ledger.length).toBeLessThanOrEqual(STEPS.length + 1);
  for (const step of STEPS) expect(ledger).toContainEqual({ step, value: result?.[step] });

  // It counts as ended, and when its time is over it leaves nothing.
  const next = newTask();
  value(await persist(() => store.create(next, { ...LIMITS, perOwner: 1 })));
  for (let hour = 0; hour < 3; hour++) {
    await under.advance(3_600_001);
    await watchdog(under, []);
  }
  expect(await under.keys()).toEqual([expect.stringMatching(/:live$/)]);
}

/** One activation: replays what is recorded, then goes on to the next place where it hands over, parks or ends. */
async function work(store: TaskStore, job: Activation, ledger: Ledger, jobs: Activation[]): Promise<void> {
  const { record, journal } = accepted(await store.begin(job.taskId, job.activation, LEASE));
  const fence: Fence = { taskId: job.taskId, epoch: record.epoch, lease: LEASE };
  const result: Record<string, Json> = {};
  let length = journal.size;
  for (const step of STEPS) {
    const known = journal.get(step)?.outcome as { readonly value: Json } | undefined;
    const happened = known?.value ?? ledger.length;
    result[step] = happened;
    if (known) continue;
    ledger.push({ step, value: ledger.length });
    accepted(await store.append(fence, length++, step, { fingerprint: step, outcome: { value: happened } }));
    if (step === 'plan') {
      jobs.push({ taskId: job.taskId, activation: accepted(await store.yield(fence)) });
      return;
    }
    if (step === 'fetch' && accepted(await store.ask(fence, 'q', ASKED)).kind === 'open') {
      accepted(await store.park(fence, { questions: ['q'] }));
      return;
    }
  }
  accepted(await store.heartbeat(fence, 'almost'));
  accepted(await store.finish(fence, { kind: 'result', result: { content: [], structuredContent: result } }));
}

async function watchdog({ store, advance }: RedisStoreUnderTest, jobs: Activation[]): Promise<void> {
  // Past any lease and any enqueue that was lost.
  await advance(LEASE + 1);
  for (const taskId of await persist(() => store.due(10))) {
    const found = await persist(() => store.rescue(taskId, 5));
    if (found.kind === 'enqueue') jobs.push({ taskId, activation: found.activation });
  }
}

/** A run that cannot go on. */
class GivenUp extends Error {}

function accepted<T>(transition: Transition<T>): T {
  if (!transition.ok) throw new GivenUp(transition.reason);
  return transition.value;
}

const isUnavailable = (error: unknown): boolean => (error as { code?: unknown }).code === 'STORE_UNAVAILABLE';

async function orGiveUp(run: () => Promise<void>): Promise<void> {
  await run().catch((error: unknown) => {
    if (!(error instanceof GivenUp) && !isUnavailable(error)) throw error;
  });
}

/** Makes a call once more where it failed: only one fails. */
const persist = <T>(call: () => Promise<T>): Promise<T> =>
  call().catch((error: unknown) => {
    if (!isUnavailable(error)) throw error;
    return call();
  });
