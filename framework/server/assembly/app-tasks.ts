import { milliseconds } from '../../metadata/duration.js';
import type { Runtime } from '../../runtime/runtime.js';
import { createTasks, type TaskEngine, type TasksOptions } from '../../tasks/create-tasks.js';
import type { TaskEngineOptions } from '../app-options.js';
import type { OpenedApp } from './opened-app.js';

/** Makes the engine of an app's tasks, which runs none before it is told to work. */
export function createAppTasks({ options, parts, backend, state, report }: OpenedApp, runtime: Runtime): TaskEngine {
  return createTasks({
    store: backend.store,
    queue: backend.queue,
    ...(backend.schedules && { schedules: backend.schedules }),
    runtime,
    catalog: state.whole,
    report: (error) => report(error, 'task engine'),
    listeners: parts.listeners,
    around: parts.makingInterceptors,
    ...engineOptions(options.tasks),
    ...backend.engine,
  });
}

/** What `createApp({ tasks })` asks of the engine; what is not given is the engine's to choose. */
function engineOptions({
  hold,
  lease,
  concurrency,
  quota,
  backlog,
  backlogBytes,
  journalEntryBytes: entry,
  journalBytes: whole,
  replayCheck,
}: TaskEngineOptions = {}): Partial<TasksOptions> {
  return {
    limits: {
      ...(quota !== undefined && { perOwner: quota }),
      ...(backlog !== undefined && { total: backlog }),
      ...(backlogBytes !== undefined && { totalBytes: backlogBytes }),
    },
    journal: { ...(entry !== undefined && { entry }), ...(whole !== undefined && { whole }) },
    ...(hold !== undefined && { hold: milliseconds(hold) }),
    ...(lease !== undefined && { lease: milliseconds(lease) }),
    ...(concurrency !== undefined && { concurrency }),
    ...(replayCheck !== undefined && { replayCheck }),
  };
}
