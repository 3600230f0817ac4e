import type { TasksOptions } from '../tasks/create-tasks.js';
import type { Schedules } from '../tasks/schedules.js';
import type { TaskQueue } from '../tasks/task-queue.js';
import type { TaskStore } from '../tasks/task-store.js';
import type { EventLog } from './streams/event-log.js';
import type { PageStore } from './pages/page-store.js';
import type { Post } from './post.js';
import type { SessionStore } from './sessions/session-store.js';
import type { Switches } from './shared-catalog.js';

/** What an app keeps of its clients where any of its processes may need it. */
export interface Shared {
  readonly sessions: SessionStore;
  readonly events: EventLog;
  readonly post: Post;
  readonly switches: Switches;
  readonly pages: PageStore;
}

/** Where an app keeps what outlives a request. */
export interface Backend {
  readonly store: TaskStore;
  readonly queue: TaskQueue;
  /** Absent where nothing would outlive the process that tells the time. */
  readonly schedules?: Schedules;
  /** Absent where there is one process only. */
  readonly shared?: Shared;
  /** Seals the state of multi round-trip calls for all processes, where the app's options name no key. */
  readonly stateKey?: string;
  /** What goes with it of the engine's settings. */
  readonly engine?: Pick<TasksOptions, 'watchdogInterval' | 'grace'>;
  /** Whether what it is kept in can be reached. */
  ready(): Promise<boolean>;
}
