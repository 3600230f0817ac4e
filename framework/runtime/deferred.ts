import type { ActivationRun } from './activation.js';
import type { Report } from './call-failure.js';

/** What is to be done once a run of a handler is over: the last first, since what was opened later may need what was opened before. */
export class Deferred {
  private readonly cleaners: (() => unknown)[] = [];

  constructor(
    private readonly run: Pick<ActivationRun, 'onEnd' | 'over'>,
    private readonly report: Report,
  ) {
    run.onEnd(() => void this.clean());
  }

  add(cleaner: () => unknown): void {
    this.cleaners.push(cleaner);
    // A handler that was parked, or lost its task, may still come this far.
    if (this.run.over) void this.clean();
  }

  private async clean(): Promise<void> {
    for (let cleaner = this.cleaners.pop(); cleaner; cleaner = this.cleaners.pop()) {
      try {
        await cleaner();
      } catch (error) {
        this.report(error, 'defer');
      }
    }
  }
}
