import type { Json, TaskStatus } from '../spec.js';
import type { Question } from '../runtime/journal/inbox.js';
import { addedUp, isSameShare, shareOf } from './family-progress.js';
import { endOf } from './task-end.js';
import type { OpenQuestion, TaskOutcome, TaskProgress, TaskRecord } from './task-record.js';
import type { Asked, Fence, NewTask, Parked, Refusal, Transition, Waits } from './task-store.js';

/** How long an enqueued activation may stay unstarted before it counts as lost and is enqueued again. */
export const ENQUEUE_GRACE = 5_000;
/** The same for one that has waited for longer than this; between the two, as long as it has waited: a backlog is not looked at over and over. */
export const LONGEST_GRACE = 60_000;
/** How often it is looked whether an ended child's parent is still there. */
export const HOUR = 3_600_000;

/** How many tasks may stand above one another: one that starts itself comes to an end. */
export const DEEPEST = 16;

/** A record after a transition, and what the caller is told. */
export type Step<T = void> = Transition<{ readonly record: TaskRecord; readonly told: T }>;

/** What a watchdog's look at a due task comes to. */
export type Look =
  | { readonly kind: 'enqueue' | 'ended' | 'later'; readonly record: TaskRecord }
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
  queuedAt: due - ENQUEUE_GRACE,
  due,
});

// A rescue takes the run away before the next activation begins, so the epoch alone would let its last owner write.
export function guard(record: TaskRecord, fence: Fence): Refusal | undefined {
  if (record.run === 'done') return 'terminal';
  return record.run === 'running' && record.epoch === fence.epoch ? undefined : 'fenced';
}

export function created(task: NewTask, now: number): TaskRecord {
  const { idempotencyKey: _key, journal: _journal, ...given } = task;
  return {
    // Before what is spread: so many members behind it take Node 20 eleven microseconds.
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
    ...given,
  };
}

/** Told the child that is made; the parent notes that it was. */
export function spawn(
  parent: TaskRecord,
  fence: Fence,
  key: string,
  task: NewTask,
  most: number,
  now: number,
): Step<TaskRecord> {
  const { children = 0, depth = 0, taskId, root = taskId } = parent;
  const reason = guard(parent, fence) ?? (children >= most || depth >= DEEPEST ? 'quota' : undefined);
  if (reason) return refused(reason);
  const ttl = Math.max(1, Math.min(task.ttl, expiry(parent) - now));
  const child = { ...created(task, now), ttl, parent: { taskId, key }, root, depth: depth + 1 };
  return to({ ...parent, children: children + 1, crashes: 0, lastStep: key, due: alive(parent, fence, now) }, child);
}

/** A parent after the end of one of its children. Due at once, for whoever should have enqueued it may have died. */
export function woken(parent: TaskRecord, now: number): TaskRecord {
  return parent.run === 'idle' ? queued(parent, now) : parent;
}

/**
 * A root after a change below it that its client is to see: of questions, of a message, or of progress. `after` is the task
 * below, or what it came to when it was removed.
 */
export function followed(root: TaskRecord, before: TaskRecord, after: TaskRecord, now: number): TaskRecord {
  if (root.run === 'done') return root;
  const shares = [shareOf(before), shareOf(after)] as const;
  const hasSaid = after.run !== 'done' && after.statusMessage !== before.statusMessage;
  const hasAsked = Object.keys(after.open).join() !== Object.keys(before.open).join();
  const hasMoved = !isSameShare(...shares);
  if (!hasSaid && !hasAsked && !hasMoved) return root;
  return visibly(root, now, {
    ...(hasSaid && { statusMessage: after.statusMessage }),
    ...(hasMoved && { below: addedUp(root, ...shares) }),
  });
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

export function heartbeat(
  record: TaskRecord,
  fence: Fence,
  { statusMessage = record.statusMessage, progress = record.progress }: Pick<TaskRecord, 'statusMessage' | 'progress'>,
  now: number,
): Step {
  const reason = guard(record, fence);
  if (reason) return refused(reason);
  const renewed = { ...record, due: alive(record, fence, now) };
  if (statusMessage === record.statusMessage && isSame(progress, record.progress)) return to(renewed, undefined);
  return to(visibly(renewed, now, { statusMessage, ...(progress && { progress }) }), undefined);
}

const isSame = (a: TaskProgress | undefined, b: TaskProgress | undefined): boolean =>
  a?.progress === b?.progress && a?.total === b?.total;

export function ask(
  record: TaskRecord,
  fence: Fence,
  key: string,
  { fingerprint, ...question }: Question,
  now: number,
): Step<Asked> {
  const reason = guard(record, fence);
  if (reason) return refused(reason);
  const renewed = { ...record, due: alive(record, fence, now) };
  if (Object.hasOwn(record.answers, key)) return to(renewed, { kind: 'answered', answer: record.answers[key] as Json });
  if (record.expired?.includes(key)) return to(renewed, { kind: 'expired' });
  const asked = Object.hasOwn(record.open, key) ? record.open[key] : undefined;
  if (asked && !hasPassed(asked, now)) return to(renewed, { kind: 'open' });
  const put = asked ? renewed : { ...renewed, asked: { ...record.asked, [key]: fingerprint } };
  if (hasPassed(asked ?? question, now)) return to(expire(put, [key], now), { kind: 'expired' });
  const open = { ...record.open, [key]: question };
  return to(visibly(put, now, { open, status: 'input_required', crashes: 0, lastStep: key }), { kind: 'open' });
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
  { questions, wake = Infinity, children = [] }: Waits,
  hasEnded: (child: string) => boolean,
  now: number,
): Step<Parked> {
  const reason = guard(record, fence);
  if (reason) return refused(reason);
  const parked = { parkedIn: record.epoch, due: alive(record, fence, now) };
  const latest = { ...withdraw(expire(record, passed(record, now), now), questions, now), ...parked };
  // Both in one step: an answer that comes before it is seen here, one that comes after it finds the task idle.
  const hasCome = wake <= now || questions.some((key) => !Object.hasOwn(latest.open, key)) || children.some(hasEnded);
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

/** `parent` is the task's own, where it has one and that is still there. */
export function look(record: TaskRecord, parent: TaskRecord | undefined, maxCrashes: number, now: number): Look {
  if (record.due > now) return { kind: 'none' };
  if (record.parent && !parent) return { kind: 'remove' };
  if (record.run === 'done')
    return parent ? { kind: 'later', record: { ...record, due: now + HOUR } } : { kind: 'remove' };
  const fail = (message: string): Look => {
    const outcome = { kind: 'error', error: { code: -32603, message } } as const;
    return { kind: 'ended', record: visibly(record, now, endOf(record, outcome, now)) };
  };
  if (expiry(record) <= now) return fail(`The task has expired: it did not end within its ttl of ${record.ttl} ms.`);
  if (record.run === 'queued') return { kind: 'enqueue', record: { ...record, due: now + graceOf(record, now) } };
  if (record.run === 'idle') {
    return { kind: 'enqueue', record: queued(expire(record, passed(record, now), now), now + ENQUEUE_GRACE) };
  }
  const crashes = record.crashes + 1;
  if (crashes > maxCrashes) return fail(`The worker crashed ${crashes} times ${place(record)}.`);
  return { kind: 'enqueue', record: queued({ ...record, crashes }, now + ENQUEUE_GRACE) };
}

const graceOf = ({ createdAt, queuedAt = createdAt }: TaskRecord, now: number): number =>
  Math.max(ENQUEUE_GRACE, Math.min(now - queuedAt, LONGEST_GRACE));

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

/** Keeps of the open questions those that are waited for. */
function withdraw(record: TaskRecord, awaited: readonly string[], now: number): TaskRecord {
  const keys = Object.keys(record.open).filter((key) => !awaited.includes(key));
  const open = without(record.open, keys);
  return keys.length === 0 ? record : visibly(record, now, { open, status: statusFor(open) });
}

const without = <T>(values: Readonly<Record<string, T>>, keys: readonly string[]): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(values).filter(([key]) => !keys.includes(key)));
