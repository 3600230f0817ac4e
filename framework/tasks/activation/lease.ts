import { setMaxListeners } from 'node:events';
import { PerduraError } from '../../errors.js';
import type { TaskRecord } from '../task-record.js';
import { type Fence, isTooLarge, type Refusal, type TaskStore, type Transition } from '../task-store.js';
import type { Ear } from '../task-watch.js';

const WHY: Readonly<Partial<Record<Refusal, string>>> = {
  terminal: 'it was cancelled or has expired',
  fenced: 'another worker has taken it over',
  gap: 'its journal in the store is not the one that it has written',
  not_found: 'it is no longer in the store',
};

/**
 * An activation's hold on its task. It is renewed for as long as the activation runs, and whoever finds out
 * that it is lost (a refused write, a hint of the end, a store out of reach) aborts the signal: from then on
 * nothing more is written.
 */
export class Lease {
  readonly #controller = new AbortController();
  readonly #renewal: NodeJS.Timeout;
  readonly #unwatch: () => void;
  readonly #listeners = new Set<(record: TaskRecord) => void>();
  #renewed = performance.now();

  constructor(
    readonly record: TaskRecord,
    readonly fence: Fence,
    ear: Ear,
    private readonly place: {
      readonly store: TaskStore;
      readonly report: (error: unknown) => void;
    },
  ) {
    // As many listeners as the handler has waits, which is no leak.
    setMaxListeners(0, this.#controller.signal);
    this.#renewal = setInterval(() => void this.#renew(), fence.lease / 3).unref();
    this.#unwatch = ear.follow(record, (latest) => this.#see(latest));
  }

  /** Aborted when the hold is lost or {@link stop} was called. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Calls back with the record after each change that others make to it. */
  onChange(listener: (record: TaskRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Resolves with what a write of this activation is told. A refusal ends the hold and rejects; a value that is too large only rejects. */
  async write<T>(transition: Promise<Transition<T>>): Promise<T> {
    const written = await transition.catch((error: unknown) => {
      // What was to be written is wrong, not the hold.
      if (isTooLarge(error)) throw error;
      this.place.report(error);
    });
    if (written) this.#take(written);
    else this.stop('its store is out of reach');
    if (written?.ok) return written.value;
    throw this.signal.reason;
  }

  /** Gives the hold up: what the handler waits for rejects, and nothing more is written for it. */
  stop(why: string): void {
    this.end();
    this.#controller.abort(PerduraError.of('TASK_STOPPED', this.fence.taskId, why));
  }

  /** Lets go without a word: no more renewals. */
  end(): void {
    clearInterval(this.#renewal);
    this.#unwatch();
    this.#listeners.clear();
  }

  // One renewal that fails is no loss: the lease still holds, and the next one may get through.
  async #renew(): Promise<void> {
    const renewed = await this.place.store.heartbeat(this.fence).catch((error: unknown) => this.place.report(error));
    if (renewed) this.#take(renewed);
    else if (performance.now() - this.#renewed >= this.fence.lease) this.stop('its store is out of reach');
  }

  #take(written: Transition<unknown>): void {
    if (written.ok) this.#renewed = performance.now();
    else this.stop(WHY[written.reason] ?? written.reason);
  }

  #see(latest: TaskRecord | undefined): void {
    if (!latest) this.stop('it is no longer in the store');
    else if (latest.run === 'done') this.stop('it was cancelled or has expired');
    else if (latest.epoch !== this.fence.epoch) this.stop('another worker has taken it over');
    else for (const listener of [...this.#listeners]) listener(latest);
  }
}
