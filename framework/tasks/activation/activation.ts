import type { TaskSettings } from '../../catalog/catalog.js';
import { LONGEST_TIMER } from '../../runtime/at-time.js';
import { oneSentence } from '../../runtime/results/one-sentence.js';
import { Lease } from './lease.js';
import { type Pass, runPass } from './pass.js';
import { tellRemoved } from '../task-events.js';
import { TaskJournal } from './task-journal.js';
import { type Job, jobOf } from '../task-queue.js';
import type { TaskOutcome, TaskRecord } from '../task-record.js';
import { type Begun, type Fence, isTooLarge, type Waits } from '../task-store.js';
import type { Ear } from '../task-watch.js';
import type { Workplace } from './workplace.js';

/** Runs one job: begins the activation, runs the handler over its journal, and writes how it ended. Never rejects. */
export async function activate(job: Job, place: Workplace): Promise<void> {
  // Before it begins, so that no change from then on is missed, and the record need not be read once more.
  const ear = place.watch.listen(job.taskId);
  try {
    const begun = await place.store.begin(job.taskId, job.activation, place.lease);
    if (begun.ok) await run(job, begun.value, ear, place);
  } catch (error) {
    // The store is out of reach: the lease runs out, and the watchdog of whoever reaches it next takes over.
    place.report(error);
  } finally {
    ear.close();
  }
}

async function run(job: Job, begun: Begun, ear: Ear, place: Workplace): Promise<void> {
  const { record } = begun;
  place.tell('begun', record);
  const fence = { taskId: record.taskId, epoch: record.epoch, lease: place.lease };
  const entry = place.catalog.tools.get(record.tool);
  if (!entry?.task) {
    await finish(fence, failure(`This server has no task named "${record.tool}" any more.`), place);
    return;
  }
  const leave = place.suspects.enter(record);
  if (!leave) return wait(job, begun, place);
  const lease = new Lease(record, fence, ear, place);
  const timeout = startTimeout(lease, entry.task);
  try {
    const journal = new TaskJournal(begun.journal, lease, place.store, place.journal, (kind, ...about) => {
      // It has got further than where its workers died.
      if (kind === 'appended') leave();
      place.tell(kind, ...about);
    });
    let from: { readonly record: TaskRecord; readonly now: number } = begun;
    for (;;) {
      const pass = await runPass(entry, from, lease, journal, place);
      if (pass.kind !== 'parked') return await end(job, pass, lease, entry.task, timeout, place);
      const parked = await place.store.park(fence, pass.waits);
      if (parked.ok && parked.value.kind === 'parked') place.tell('parked', record, { count: countOf(pass.waits) });
      if (!parked.ok || parked.value.kind === 'parked') return;
      from = parked.value;
    }
  } finally {
    leave();
    timeout.clear();
    lease.end();
  }
}

/** Leaves a suspect in the queue while another one runs here. */
async function wait(job: Job, { record }: Begun, place: Workplace): Promise<void> {
  const { taskId, epoch } = record;
  const waiting = await place.store.yield({ taskId, epoch, lease: place.lease });
  if (waiting.ok) place.tell('yielded', record);
  if (waiting.ok) await place.enqueue({ ...job, activation: waiting.value }, place.suspects.again);
}

interface Timeout {
  hasPassed: boolean;
  clear(): void;
}

function startTimeout(lease: Lease, { timeout }: TaskSettings): Timeout {
  if (timeout > LONGEST_TIMER) return { hasPassed: false, clear: () => undefined };
  const timer = setTimeout(() => {
    if (lease.signal.aborted) return;
    state.hasPassed = true;
    lease.stop(`it ran longer than its timeout of ${timeout} ms`);
  }, timeout).unref();
  const state: Timeout = { hasPassed: false, clear: () => clearTimeout(timer) };
  return state;
}

// Refusals need no answer here: the task has then been ended or taken over, and what this activation found is dropped.
async function end(
  job: Job,
  pass: Exclude<Pass, { kind: 'parked' }>,
  lease: Lease,
  settings: TaskSettings,
  timeout: Timeout,
  place: Workplace,
): Promise<void> {
  const { fence, record } = lease;
  const { attempts, timeout: ms, backoff = place.backoff } = settings;
  lease.end();
  if (pass.kind === 'drained') return handOver(job, lease, place);
  if (pass.kind === 'stopped' && !timeout.hasPassed) return;

  const mayRetry = pass.kind === 'stopped' || (pass.kind === 'result' && pass.retryable === true);
  if (mayRetry && record.attempt < attempts) {
    const delay = Math.round(backoff(record.attempt));
    const statusMessage = `Attempt ${record.attempt} of ${attempts} failed; the next one starts in ${delay} ms.`;
    return handOver(job, lease, place, { delay, statusMessage });
  }
  await finish(
    fence,
    pass.kind === 'stopped' ? failure(`The task ran longer than its timeout of ${ms} ms.`) : outcomeOf(pass),
    place,
  );
}

async function finish(fence: Fence, outcome: TaskOutcome, place: Workplace): Promise<void> {
  const finished = await place.store.finish(fence, outcome).catch((error: unknown) => {
    // The result's own limit was set higher than that of the store. Another run would come to the same.
    if (!isTooLarge(error)) throw error;
    return place.store.finish(fence, failure(oneSentence(error.message)));
  });
  if (!finished.ok) return;
  const { owner, parent, status, createdAt, updatedAt } = finished.value;
  tellRemoved(place.tell, finished.value);
  place.tell('finished', finished.value, { status, duration: updatedAt - createdAt });
  if (!parent) return;
  // The store has queued a parent that waited; this only saves it from waiting for the watchdog.
  const waiting = await place.store.get(owner, parent.taskId);
  if (waiting?.run === 'queued') await place.enqueue(jobOf(waiting));
}

async function handOver(
  job: Job,
  lease: Lease,
  place: Workplace,
  retry?: { delay: number; statusMessage: string },
): Promise<void> {
  const handed = await place.store.yield(lease.fence, retry);
  if (handed.ok) place.tell('yielded', lease.record, retry && { duration: retry.delay });
  if (handed.ok) await place.enqueue({ ...job, activation: handed.value }, retry?.delay);
}

const countOf = ({ questions, children = [], wake }: Waits): number =>
  questions.length + children.length + (wake === undefined ? 0 : 1);

const failure = (message: string): TaskOutcome => ({ kind: 'error', error: { code: -32603, message } });

function outcomeOf(pass: Extract<Pass, { kind: 'result' | 'error' }>): TaskOutcome {
  const used = pass.usage && { usage: pass.usage };
  if (pass.kind === 'error') return { kind: 'error', error: pass.error, ...used };
  return { kind: 'result', result: pass.result, ...used };
}
