import { PerduraError } from '../errors.js';
import type { Json } from '../spec.js';
import { answerLimit, wrongWith } from './activation/answer-check.js';
import { countOf, wholeProgress } from './family-progress.js';
import type { TellEvent } from './task-events.js';
import { type Job, jobOf } from './task-queue.js';
import type { OpenQuestion, TaskRecord } from './task-record.js';
import type { TaskStore, Transition } from './task-store.js';

type Answers = Readonly<Record<string, Json>>;

/**
 * A task together with its children, as its client sees it: one task, whose open questions are those of all of them. A child's
 * question has the key `@<child>/<its key>`; no key of a task's own begins with `@`.
 */
export class TaskFamily {
  constructor(
    private readonly store: TaskStore,
    private readonly enqueue: (job: Job) => Promise<void>,
    private readonly tell: TellEvent,
    /** The most bytes of a journal entry, which an answer becomes. */
    private readonly entryBytes: number,
  ) {}

  /** A task that a client made; the children of one are not there to be found. */
  async get(owner: string, taskId: string): Promise<TaskRecord | undefined> {
    const record = await this.store.get(owner, taskId);
    if (!record || record.parent) return undefined;
    return record.children ? this.whole(record) : record;
  }

  /** The record with the questions and the progress of all below it. */
  async whole(own: TaskRecord): Promise<TaskRecord> {
    if (!own.children || own.parent) return own;
    const record = withProgress(own);
    if (record.run === 'done') return record;
    const asking = await this.store.asking(record.owner, record.taskId);
    if (asking.length === 0) return record;
    const theirs = asking.flatMap(({ taskId, open }) =>
      Object.entries(open).map(([key, question]): [string, OpenQuestion] => [`@${taskId}/${key}`, question]),
    );
    return { ...record, status: 'input_required', open: { ...record.open, ...Object.fromEntries(theirs) } };
  }

  /** @throws PerduraError `TASK_ANSWER_INVALID` */
  async answer(owner: string, taskId: string, answers: Answers): Promise<Transition<TaskRecord>> {
    const record = await this.get(owner, taskId);
    if (!record) return { ok: false, reason: 'not_found' };
    await refuseWrong(record, answers, this.entryBytes);
    // What is not open yet has not been checked either.
    const open = Object.entries(answers).filter(([key]) => Object.hasOwn(record.open, key));
    const theirs = new Map<string, Record<string, Json>>();
    const own: [string, Json][] = [];
    for (const [key, answer] of open) {
      const [, child, theirKey] = /^@([^/]+)\/(.+)$/s.exec(key) ?? [];
      if (child === undefined || theirKey === undefined) own.push([key, answer]);
      else theirs.set(child, { ...theirs.get(child), [theirKey]: answer });
    }
    const answered = await this.#give(owner, taskId, Object.fromEntries(own));
    // A child that has ended meanwhile is asked no more.
    for (const [child, given] of theirs) await this.#give(owner, child, given);
    return answered.ok && theirs.size > 0 ? { ok: true, value: await this.whole(answered.value) } : answered;
  }

  async #give(owner: string, taskId: string, answers: Answers): Promise<Transition<TaskRecord>> {
    const answered = await this.store.answer(owner, taskId, answers);
    if (!answered.ok) return answered;
    const { record, taken } = answered.value;
    if (taken.length > 0) this.tell('answered', record, { count: taken.length });
    if (answered.value.enqueue !== undefined) await this.enqueue(jobOf(record));
    return { ok: true, value: record };
  }
}

function withProgress(own: TaskRecord): TaskRecord {
  const progress = wholeProgress(own);
  if (!own.below || !progress) return own;
  const message = own.run === 'done' ? own.statusMessage : (own.statusMessage ?? countOf(progress));
  return { ...own, progress, ...(message !== undefined && { statusMessage: message }) };
}

// All or none: a client that is told of one bad answer sends them all again.
async function refuseWrong(record: TaskRecord, answers: Answers, entryBytes: number): Promise<void> {
  for (const [key, answer] of Object.entries(answers)) {
    const question = Object.hasOwn(record.open, key) ? record.open[key] : undefined;
    const wrong = question && (await wrongWith(question.request, answer, answerLimit(key, entryBytes)));
    if (wrong) throw PerduraError.of('TASK_ANSWER_INVALID', key, wrong);
  }
}
