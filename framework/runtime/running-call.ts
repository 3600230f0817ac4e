import type { Entry } from '../catalog/catalog.js';
import type { ActivationRun } from './activation.js';
import type { Report } from './call-failure.js';
import type { Call, RunEnd } from './call.js';
import type { CallContext } from './context.js';

/** A call on its way through the interceptors; one object, since most of them look at little of it. */
export class RunningCall implements Call {
  constructor(
    readonly entry: Entry,
    readonly input: unknown,
    readonly ctx: CallContext,
    private readonly run: ActivationRun,
    private readonly report: Report,
  ) {}

  onEnd(listener: (how: RunEnd) => void): void {
    this.run.onEnd((how) => {
      // What ends the run must not fail with what is told of it.
      try {
        listener(how);
      } catch (error) {
        this.report(error, 'onEnd');
      }
    });
  }
}
