import type { ScheduledTask } from './fire-task.js';

/** Tells the time to tasks that start by themselves, once for all processes that work. */
export interface Schedules {
  /** Calls `fire` with the task's name and a name of the firing, equal for whoever tells of the same one. Idempotent. */
  start(tasks: readonly ScheduledTask[], fire: (tool: string, firing: string) => Promise<unknown>): void;
  close(): Promise<void>;
}
