import type { InputRequest, Json, TaskStatus } from '../spec.js';
import { endOf } from './task-end.js';
import type { OpenQuestion, TaskOutcome, TaskRecord } from './task-record.js';
import type { Asked, Fence, NewTask, Parked, Refusal, Transition, Waits } from './task-store.js';

/** How long an enqueued activation may stay unstarted before it counts as lost and is enqueued again. */
const ENQUEUE_GRACE = 5_000;

/** A record after a transition, and what the caller is told. */
export type Step<T = void> = Transition<{ readonly record: TaskRecord; readonly told: T }>;

/** What a watchdog's look at a due task comes to. */
export type Look =
  | { readonly kind: 'enqueue' | 'ended'; readonly record: TaskRecord }
  | { readonly kind: 'remove' }
  | { readonly kind: 'none' };

const to = <T>(record: TaskRecord, told: T): Step<T> => ({ ok: true, value: { record, told } });
const refused = (reason: Refusal): { ok: false; reason: Refusal } => ({ ok: false, reason });

/** A change that clients can see. */
const visibly = (record: TaskRecord, now: number, change: Partial<TaskRecord>): TaskRecord => ({
  ...record,
  ...change,
  version: record.version + 1,
  updatedAt: now,
});

const expiry = (record: TaskRecord): number => record.createdAt + record.ttl;
const alive = (record: TaskRecord, fence: Fence, now: number): number => Math.min(now + fence.lease, expiry(record));
const hasPassed = (question: OpenQuestion, now: number): boolean =>
  question.deadline !== undefined && question.deadline <= now;

// `input_required` exactly while a question is open (2025-11-25 tasks, "Input Required Status").
const statusFor = (open: TaskRecord['open']): TaskStatus =>
  Object.keys(open).length > 0 ? 'input_required' : 'working';

const queued = (record: TaskRecord, due: number): TaskRecord => ({
  ...record,
  run: 'queued',
  activation: record.activation + 1,
  due,
});

// A rescue takes the run away before the next activation begins, so the epoch alone would let its last owner write.
function guard(record: TaskRecord, fence: Fence): Refusal | undefined {
  if (record.run === 'done') return 'terminal';
  return record.run === 'running' && record.epoch === fence.epoch ? undefined : 'fenced';
}

export function created({ idempotencyKey: _, ...task }: NewTask, now: number): TaskRecord {
  return {
    ...task,
    status: 'working',
    run: 'queued',
    epoch: 0,
    activation: 1,
    attempt: 1,
    crashes: 0,
    version: 1,
    createdAt: now,
    updatedAt: now,
    due: now + ENQUEUE_GRACE,
    open: {},
    answers: {},
  };
}

export function begin(record: TaskRecord, activation: number, lease: number, now: number): Step {
  if (record.run === 'done') return refused('terminal');
  if (record.run !== 'queued' || record.activation !== activation) return refused('stale');
  const due = Math.min(now + lease, expiry(record));
  return to({ ...record, run: 'running', epoch: record.epoch + 1, due }, undefined);
}

/** `length` is what the writer believes, `actual` what the journal holds. */
export function append(
  record: TaskRecord,
  fence: Fence,
  length: number,
  actual: number,
  key: string,
  now: number,
): Step {
  const reason = guard(record, fence) ?? (length === actual ? undefined : 'gap');
  if (reason) return refused(reason);
  return to({ ...record, crashes: 0, lastStep: key, due: alive(record, fence, now) }, undefined);
}

export function heartbeat(record: TaskRecord, fence: Fence, statusMessage: string | undefined, now: number): Step {
  const reason = guard(record, fence);
  if (reason) return refused(reason);
  const renewed = { ...record, due: alive(record, fence, now) };
  if (statusMessage === undefined || statusMessage === record.statusMessage) return to(renewed, undefined);
  return to(visibly(renewed, now, { statusMessage }), undefined);
}

export function ask(
  record: TaskRecord,
  fence: Fence,
  key: string,
  question: { readonly request: InputRequest; readonly deadline?: number },
  now: number,
): Step<Asked> {
  const reason = guard(record, fence);
  if (reason) return refused(reason);
  const renewed = { ...record, due: alive(record, fence, now) };
  if (Object.hasOwn(record.answers, key)) return to(renewed, { kind: 'answered', answer: record.answers[key] as Json });
  if (record.expired?.includes(key)) return to(renewed, { kind: 'expired' });
  const asked = Object.hasOwn(record.open, key) ? record.open[key] : undefined;
  if (hasPassed(asked ?? question, now)) return to(expire(renewed, [key], now), { kind: 'expired' });
  if (asked) return to(renewed, { kind: 'open' });
  const open = { ...record.open, [key]: question };
  return to(visibly(renewed, now, { open, status: 'input_required', crashes: 0, lastStep: key }), { kind: 'open' });
}

/** Takes what fits an open question and, where the task is idle, makes its next activation due. */
export function answer(
  record: TaskRecord,
  answers: Readonly<Record<string, Json>>,
  now: number,
): Step<{ readonly taken: readonly string[]; readonly enqueue?: number }> {
  if (record.run === 'done') return refused('terminal');
  const taken = Object.keys(answers).filter((key) => {
    const question = Object.hasOwn(record.open, key) ? record.open[key] : undefined;
    return question !== undefined && !hasPassed(question, now);
  });
  if (taken.length === 0) return to(record, { taken });
  const open = without(record.open, taken);
  const kept = { ...record.answers, ...Object.fromEntries(taken.map((key) => [key, answers[key] as Json])) };
  const next = visibly(record, now, { open, status: statusFor(open), answers: kept });
  if (record.run !== 'idle') return to(next, { taken });
  return to(queued(next, now + ENQUEUE_GRACE), { taken, enqueue: next.activation + 1 });
}

export function park(
  record: TaskRecord,
  fence: Fence,
  { questions, wake = Infinity }: Waits,
  now: number,
): Step<Parked> {
  const reason = guard(record, fence);
  if (reason) return refused(reason);
  const latest = { ...expire(record, passed(record, now), now), due: alive(record, fence, now) };
  // Both in one step: an answer that comes before it is seen here, one that comes after it finds the task idle.
  const hasCome = wake <= now || questions.some((key) => !Object.hasOwn(latest.open, key));
  if (hasCome) return to(latest, { kind: 'replay', record: latest, now });
  const deadlines = Object.values(latest.open).map(({ deadline = Infinity }) => deadline);
  return to({ ...latest, run: 'idle', due: Math.min(wake, expiry(record), ...deadlines) }, { kind: 'parked' });
}

export function handOver(
  record: TaskRecord,
  fence: Fence,
  retry: { readonly delay: number; readonly statusMessage?: string } | undefined,
  now: number,
): Step<number> {
  const reason = guard(record, fence);
  if (reason) return refused(reason);
  const next = queued(record, now + (retry?.delay ?? 0) + ENQUEUE_GRACE);
  if (!retry) return to(next, next.activation);
  const statusMessage = retry.statusMessage ?? record.statusMessage;
  return to(visibly(next, now, { attempt: record.attempt + 1, statusMessage }), next.activation);
}

export function finish(record: TaskRecord, fence: Fence, outcome: TaskOutcome, now: number): Step<TaskRecord> {
  const reason = guard(record, fence);
  if (reason) return refused(reason);
  const ended = visibly(record, now, endOf(record, outcome, now));
  return to(ended, ended);
}

export function cancel(record: TaskRecord, now: number): Step<TaskRecord> {
  if (record.run === 'done') return refused('terminal');
  const ended = visibly(record, now, endOf(record, { kind: 'cancelled' }, now));
  return to(ended, ended);
}

export function look(record: TaskRecord, maxCrashes: number, now: number): Look {
  if (record.due > now) return { kind: 'none' };
  if (record.run === 'done') return { kind: 'remove' };
  const fail = (message: string): Look => {
    const outcome = { kind: 'error', error: { code: -32603, message } } as const;
    return { kind: 'ended', record: visibly(record, now, endOf(record, outcome, now)) };
  };
  if (expiry(record) <= now) return fail(`The task has expired: it did not end within its ttl of ${record.ttl} ms.`);
  if (record.run === 'queued') return { kind: 'enqueue', record: { ...record, due: now + ENQUEUE_GRACE } };
  if (record.run === 'idle') {
    return { kind: 'enqueue', record: queued(expire(record, passed(record, now), now), now + ENQUEUE_GRACE) };
  }
  const crashes = record.crashes + 1;
  if (crashes > maxCrashes) return fail(`The worker crashed ${crashes} times ${place(record)}.`);
  return { kind: 'enqueue', record: queued({ ...record, crashes }, now + ENQUEUE_GRACE) };
}

const place = ({ lastStep }: TaskRecord): string =>
  lastStep === undefined ? 'before the first step' : `after step "${lastStep}"`;

/** The keys of the questions whose deadline is over. */
const passed = ({ open }: TaskRecord, now: number): readonly string[] =>
  Object.keys(open).filter((key) => hasPassed(open[key] as OpenQuestion, now));

function expire(record: TaskRecord, keys: readonly string[], now: number): TaskRecord {
  if (keys.length === 0) return record;
  const open = without(record.open, keys);
  return visibly(record, now, { open, status: statusFor(open), expired: [...(record.expired ?? []), ...keys] });
}

function without<T>(values: Readonly<Record<string, T>>, keys: readonly string[]): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !keys.includes(key)));
}
