import { Activity } from './activity.js';
import { LONGEST_TIMER } from './at-time.js';
import type { Activation, CallSite, RunEnd } from './call.js';
import type { Inbox } from './journal/inbox.js';

/** What decides how long an activation may only wait. */
export type Patience = Pick<CallSite, 'draining'> & { readonly inbox: Pick<Inbox, 'hold' | 'settled'> };

/**
 * One activation of a call, from its start until its handler settles, it parks, or it is abandoned. What settles
 * afterwards is ignored. A parked handler's promise stays pending for ever: a thrown signal would be swallowed by the
 * first `catch` of the author's.
 */
export class ActivationRun {
  readonly activity = new Activity(this);
  private how: RunEnd | undefined;
  private timer: { readonly cancel: () => void } | undefined;
  private watchesDrain = false;
  private listeners: ((how: RunEnd) => void)[] | undefined;

  constructor(
    private readonly patience: Patience,
    private readonly end: (activation: Activation) => void,
  ) {}

  /** Nothing that the call still does can have an effect. */
  get over(): boolean {
    return this.how !== undefined;
  }

  get draining(): boolean {
    return this.patience.draining?.aborted === true;
  }

  /** Ends the activation, unless it has ended. */
  settle(activation: Activation): void {
    if (this.over) return;
    const { kind } = activation;
    this.how = kind === 'parked' && this.draining ? 'yielded' : kind;
    this.disarm();
    if (this.watchesDrain) this.patience.draining?.removeEventListener('abort', this.drained);
    for (const listener of this.listeners ?? []) listener(this.how);
    this.end(activation);
  }

  /** Calls back when it ends; at once where it has. */
  onEnd(listener: (how: RunEnd) => void): void {
    if (this.how !== undefined) listener(this.how);
    else (this.listeners ??= []).push(listener);
  }

  /** Told by the activity whenever something begins or ends. */
  changed(): void {
    if (this.over) return;
    if (!this.activity.onlyWaits) this.disarm();
    else if (this.timer === undefined) this.arm();
  }

  private arm(): void {
    this.watchDrain();
    const hold = this.draining ? 0 : this.patience.inbox.hold;
    if (hold > LONGEST_TIMER) return;
    if (hold > 0) {
      const timeout = setTimeout(() => this.expire(), hold);
      this.timer = { cancel: () => clearTimeout(timeout) };
    } else this.expire();
  }

  // Not at once: answers that are known already, and the effects that follow them, come within this turn of the loop.
  private expire(): void {
    const park = () => this.settle({ kind: 'parked' });
    let immediate: NodeJS.Immediate | undefined;
    const timer = { cancel: () => clearImmediate(immediate) };
    this.timer = timer;
    const soon = () => {
      if (this.timer === timer) immediate = setImmediate(park);
    };
    const settled = this.patience.inbox.settled?.();
    if (settled === undefined) soon();
    else void settled.then(soon);
  }

  private disarm(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private watchDrain(): void {
    if (this.watchesDrain || this.patience.draining === undefined) return;
    this.watchesDrain = true;
    this.patience.draining.addEventListener('abort', this.drained, { once: true });
  }

  private readonly drained = (): void => {
    this.disarm();
    this.changed();
  };
}

/** Runs `work` until it settles or parks. Never rejects. */
export function activate(patience: Patience, work: (run: ActivationRun) => unknown): Promise<Activation> {
  return new Promise((resolve) => {
    const run = new ActivationRun(patience, resolve);
    const threw = (error: unknown) => run.settle({ kind: 'threw', error });
    try {
      const value = work(run);
      if (isThenable(value)) value.then((result) => run.settle({ kind: 'returned', value: result }), threw);
      else run.settle({ kind: 'returned', value });
    } catch (error) {
      threw(error);
    }
  });
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
