import { milliseconds } from '../metadata/duration.js';
import type { TasksOptions } from '../tasks/create-tasks.js';
import type { TaskEngineOptions } from './app-options.js';

/** What `createApp({ tasks })` asks of the engine; what is not given is the engine's to choose. */
export function engineOptions({
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
