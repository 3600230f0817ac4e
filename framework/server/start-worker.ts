import type { App } from './app.js';
import { checkAwaited } from './check-awaited.js';

/** What a worker process does of what its app could. */
export interface WorkerOptions {
  /**
   * The queues that it works, as `@Task({ queue })` names them: tasks of other queues wait for a process that works those.
   * Default: all of the app's.
   */
  readonly queues?: readonly string[];
  /** The most activations that run here at a time. Default: that of `createApp({ tasks })`. */
  readonly concurrency?: number;
  /**
   * Whether SIGTERM and SIGINT drain the process: it fetches nothing more, what runs is handed over at its next
   * recorded step, and the process ends with code 0. A second signal ends it at once. Default true.
   */
  readonly signals?: boolean;
}

/** A process that runs tasks. */
export interface Worker {
  /** Drains, then closes the app. Idempotent. */
  close(): Promise<void>;
}

/** What of an {@link App} a worker needs. */
export interface Workable extends Pick<App, 'close' | 'report'> {
  readonly tasks: { work(options: Pick<WorkerOptions, 'queues' | 'concurrency'>): void };
}

/** How long a drain may take before the process ends with what it has: leases make sure of the rest. */
const DRAIN_LIMIT = 10_000;

/**
 * Runs an app's tasks in this process, which listens nowhere unless it is served as well. Any number of processes may
 * do so for one Redis; each may end at any instruction. Where the app works already (`createApp({ tasks: { work: 'here' } })`, or
 * without Redis), these options take the place of its own.
 *
 * @throws PerduraError `UNKNOWN_QUEUE` where no task of the app is in one of `queues`
 */
export async function startWorker(app: Workable, options: WorkerOptions = {}): Promise<Worker> {
  checkAwaited(app);
  const { signals = true, ...work } = options;
  app.tasks.work(work);
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= app.close());
  if (!signals) return { close };

  const drain = (signal: NodeJS.Signals): void => {
    // With nobody listening any more, the same signal once more has its usual effect.
    forget();
    // Exit codes say how a drain ended; that something else still runs here is none of its business after the limit.
    setTimeout(() => process.exit(1), DRAIN_LIMIT).unref();
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        app.report(error, `worker, ${signal}`);
        process.exit(1);
      },
    );
  };
  const forget = (): void => {
    process.off('SIGTERM', drain);
    process.off('SIGINT', drain);
  };
  process.on('SIGTERM', drain);
  process.on('SIGINT', drain);
  return {
    close: () => {
      forget();
      return close();
    },
  };
}
