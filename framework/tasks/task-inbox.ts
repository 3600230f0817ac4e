import { PerduraError, ToolError } from '../errors.js';
import type { Inbox } from '../runtime/inbox.js';
import type { InputRequest, InputResponse, Json } from '../spec.js';
import { refusalIn } from './answer-check.js';
import type { Lease } from './lease.js';
import type { TaskRecord } from './task-record.js';
import type { TaskStore, Waits } from './task-store.js';

/** Beyond this, timers fire at once (Node keeps their delay in 31 bits); the task parks long before. */
const LONGEST_TIMER = 2 ** 31 - 1;

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
  readonly #asking = new Set<Promise<void>>();
  readonly #unlisten: () => void;
  #isClosed = false;

  /** `now` is the store's time. */
  constructor(
    private readonly record: TaskRecord,
    readonly hold: number,
    private readonly lease: Lease,
    private readonly store: TaskStore,
    private readonly now: () => number,
  ) {
    this.#unlisten = lease.onChange((latest) => this.#see(latest));
  }

  ask(key: string, request: InputRequest, deadline?: number): Promise<InputResponse> {
    return new Promise((resolve, reject) => {
      const waiter = { resolve, reject };
      if (settle(waiter, key, this.record)) return;
      // Before the question is put, so that an answer that comes at once finds who waits for it.
      this.#waiters.set(key, waiter);
      this.#look(key, request, deadline);
    });
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

  /** Delivers nothing more. Tells what is still waited for. */
  close(): Waits {
    this.#isClosed = true;
    this.#unlisten();
    for (const timer of this.#timers) clearTimeout(timer);
    const questions = [...this.#waiters.keys()];
    return this.#sleeps.size > 0 ? { questions, wake: Math.min(...this.#sleeps.values()) } : { questions };
  }

  /** Resolves when every question that was put has reached the store. */
  async asked(): Promise<void> {
    await Promise.all(this.#asking);
  }

  #look(key: string, request: InputRequest, deadline?: number): void {
    const asking: Promise<void> = this.lease
      .write(this.store.ask(this.lease.fence, key, request, deadline))
      .then((asked) => {
        if (asked.kind === 'answered') this.#deliver(key, { answers: { [key]: asked.answer } });
        else if (asked.kind === 'expired') this.#deliver(key, { answers: {}, expired: [key] });
        // The store's clock decides: at the deadline it is asked again.
        else if (deadline !== undefined)
          this.#at(deadline, () => this.#waiters.has(key) && this.#look(key, request, deadline));
      })
      // The lease is lost, and its signal has told whoever waits.
      .catch(() => undefined)
      .finally(() => this.#asking.delete(asking));
    this.#asking.add(asking);
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
