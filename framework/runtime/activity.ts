import type { Awaitable } from '../metadata/class.js';

/**
 * What goes on in a call, or in one branch of it. A branch is in flight until all it does is wait; only then does it count
 * as a wait of its parent, so that a call never parks over the head of a branch that works.
 */
export class Activity {
  private running = 0;
  private waiting = 0;

  constructor(private readonly listener: { changed(): void }) {}

  /** Something is waited for and nothing is in flight: the process is not needed for it. */
  get onlyWaits(): boolean {
    return this.running === 0 && this.waiting > 0;
  }

  /** Counts `work` as in flight until it settles. */
  async run<T>(work: () => Awaitable<T>): Promise<T> {
    this.shift(1, 0);
    try {
      return await work();
    } finally {
      this.shift(-1, 0);
    }
  }

  /** Counts `what` as a wait until it settles. */
  async wait<T>(what: Promise<T>): Promise<T> {
    this.shift(0, 1);
    try {
      return await what;
    } finally {
      this.shift(0, -1);
    }
  }

  /** Runs a branch with an activity of its own. What goes on in it after its end, as where its time was over, is not counted. */
  async branch<T>(work: (branch: Activity) => Awaitable<T>): Promise<T> {
    let [waits, isOver] = [false, false];
    const branch: Activity = new Activity({
      changed: () => {
        if (isOver || branch.onlyWaits === waits) return;
        waits = !waits;
        this.shift(waits ? -1 : 1, waits ? 1 : -1);
      },
    });
    this.shift(1, 0);
    try {
      return await work(branch);
    } finally {
      isOver = true;
      this.shift(waits ? 0 : -1, waits ? -1 : 0);
    }
  }

  private shift(running: number, waiting: number): void {
    this.running += running;
    this.waiting += waiting;
    this.listener.changed();
  }
}
