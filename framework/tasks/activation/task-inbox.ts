import { PerduraError, ToolError } from '../../errors.js';
import { LONGEST_TIMER } from '../../runtime/at-time.js';
import type { ChildEnd, ChildRequest, Inbox, Question } from '../../runtime/journal/inbox.js';
import type { InputResponse, Json } from '../../spec.js';
import { refusalIn } from './answer-check.js';
import { type ChildPlace, ChildTasks } from './child-tasks.js';
import type { Lease } from './lease.js';
import type { TaskRecord } from '../task-record.js';
import { isTooLarge, type Waits } from '../task-store.js';

interface Waiter {
  resolve(answer: InputResponse): void;
  reject(error: unknown): void;
}

/**
 * The questions and timers of one pass of a task's handler. What the record knew when the pass began is answered at
 * once. What comes later is delivered on a turn of the event loop of its own: a pass that has parked is closed
 * within the turn in which it did, so an answer either reaches it before or is still among what it waits for.
 */
export class TaskInbox implements Inbox {
  readonly #waiters = new Map<string, Waiter>();
  readonly #sleeps = new Map<string, number>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #asking = new Set<Promise<unknown>>();
  readonly #unlisten: () => void;
  readonly #children: ChildTasks;
  #isClosed = false;

  /** `now` is the store's time. */
  constructor(
    private readonly record: TaskRecord,
    readonly hold: number,
    private readonly lease: Lease,
    private readonly place: ChildPlace,
    readonly now: () => number,
  ) {
    this.#children = new ChildTasks(lease, place);
    this.#unlisten = lease.onChange((latest) => this.#see(latest));
  }

  ask(key: string, question: Question): Promise<InputResponse> {
    return new Promise((resolve, reject) => {
      const waiter = { resolve, reject };
      if (settle(waiter, key, this.record)) return;
      // Before the question is put, so that an answer that comes at once finds who waits for it.
      this.#waiters.set(key, waiter);
      this.#look(key, question, !Object.hasOwn(this.record.open, key));
    });
  }

  /** What was put stands until the task parks, which waits for it no longer. */
  forget(key: string): void {
    this.#waiters.delete(key);
  }

  // The record that the pass began with has all that earlier ones put, and this one puts a key once.
  fingerprintOf(key: string): string | undefined {
    const { asked = {} } = this.record;
    return Object.hasOwn(asked, key) ? asked[key] : undefined;
  }

  sleep(key: string, until: number): Promise<void> {
    if (until <= this.now()) return Promise.resolve();
    this.#sleeps.set(key, until);
    return new Promise((resolve) => {
      this.#at(until, () => {
        this.#sleeps.delete(key);
        resolve();
      });
    });
  }

  task(key: string, child: ChildRequest): Promise<ChildEnd> {
    return this.#children.run(key, child);
  }

  /** Without it, a store that answers later than the pass may wait would have it park again and again for what has come. */
  async settled(): Promise<void> {
    await Promise.all([...this.#asking, this.#children.made()]);
  }

  /** Delivers nothing more. */
  close(): void {
    this.#isClosed = true;
    this.#unlisten();
    this.#children.close();
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** What is still waited for, once every question that was put and every child that was made is in the store. */
  async waits(): Promise<Waits> {
    await Promise.all(this.#asking);
    const children = await this.#children.waits();
    return {
      questions: [...this.#waiters.keys()],
      ...(children.length > 0 && { children }),
      ...(this.#sleeps.size > 0 && { wake: Math.min(...this.#sleeps.values()) }),
    };
  }

  #look(key: string, question: Question, isFirst = false): void {
    const { deadline } = question;
    const asking: Promise<unknown> = this.lease
      .write(this.place.store.ask(this.lease.fence, key, question))
      .then((asked) => {
        if (asked.kind === 'open' && isFirst) this.place.tell('asked', this.record, { step: key });
        if (asked.kind === 'answered') this.#deliver(key, { answers: { [key]: asked.answer } });
        else if (asked.kind === 'expired') this.#deliver(key, { answers: {}, expired: [key] });
        // The store's clock decides: at the deadline it is asked again.
        else if (deadline !== undefined) this.#at(deadline, () => this.#waiters.has(key) && this.#look(key, question));
      })
      // Where the lease is lost, its signal has told whoever waits.
      .catch((error: unknown) => isTooLarge(error) && this.#refuse(key, error))
      .finally(() => this.#asking.delete(asking));
    this.#asking.add(asking);
  }

  #refuse(key: string, error: Error): void {
    this.#waiters.get(key)?.reject(error);
    this.#waiters.delete(key);
  }

  #see(latest: TaskRecord): void {
    for (const key of this.#waiters.keys()) this.#deliver(key, latest);
  }

  #deliver(key: string, known: Settled): void {
    setImmediate(() => {
      const waiter = this.#isClosed ? undefined : this.#waiters.get(key);
      if (waiter && settle(waiter, key, known)) this.#waiters.delete(key);
    });
  }

  // Not sooner than 20 ms: where the store's clock is behind what this process believes, it is asked often but not in a busy loop.
  #at(time: number, act: () => void): void {
    const delay = Math.max(20, time - this.now() + 1);
    // The task parks long before.
    if (this.#isClosed || delay > LONGEST_TIMER) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, delay).unref();
    this.#timers.add(timer);
  }
}

type Settled = Pick<TaskRecord, 'answers' | 'expired'>;

/** Settles what waits for a key as the record has it; false where the record has nothing. */
function settle(waiter: Waiter, key: string, { answers, expired }: Settled): boolean {
  if (expired?.includes(key)) {
    waiter.reject(PerduraError.of('ELICITATION_EXPIRED', key));
    return true;
  }
  if (!Object.hasOwn(answers, key)) return false;
  const answer = answers[key] as Json;
  const refusal = refusalIn(answer);
  if (refusal) waiter.reject(new ToolError(`The client could not answer: ${refusal.message}`));
  else waiter.resolve(answer as InputResponse);
  return true;
}
