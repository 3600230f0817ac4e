import type { Catalog } from '../../catalog/catalog.js';
import type { Runtime } from '../../runtime/runtime.js';
import type { TellEvent } from '../task-events.js';
import type { JournalLimits } from './task-journal.js';
import type { Suspects } from './suspects.js';
import type { Job } from '../task-queue.js';
import type { MakingInterceptor } from '../task-making.js';
import type { TaskStore } from '../task-store.js';
import type { TaskWatch } from '../task-watch.js';

/** What all activations of one process have in common. Times are in milliseconds. */
export interface Workplace {
  readonly store: TaskStore;
  readonly runtime: Runtime;
  readonly catalog: Catalog;
  readonly watch: TaskWatch;
  readonly journal: JournalLimits;
  /** Whether handlers are run again after each entry, to see that they come to the same. */
  readonly replayCheck: boolean;
  readonly tell: TellEvent;
  /** Run around the making of child tasks. */
  readonly around: readonly MakingInterceptor[];
  /** Hands a job to the queue. Never rejects: the watchdog repairs what was lost. */
  readonly enqueue: (job: Job, delay?: number) => Promise<void>;
  /** How long a task that only waits stays in memory. */
  readonly hold: number;
  /** How long an activation may be silent before it counts as crashed. */
  readonly lease: number;
  /** How long a handler that was told to stop keeps its worker slot. */
  readonly grace: number;
  /** How long to wait before the attempt after the given one. */
  readonly backoff: (attempt: number) => number;
  readonly suspects: Suspects;
  /** Fires when the process is about to stop: each run yields at its next journal boundary. */
  readonly draining: AbortSignal;
  /** Fires when there is no more time for that: what still runs is handed over as it stands. */
  readonly stopping: AbortSignal;
  readonly report: (error: unknown) => void;
}
