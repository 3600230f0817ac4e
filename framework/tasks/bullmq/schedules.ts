import { type JobSchedulerJson, Queue, Worker } from 'bullmq';
import type { BullmqOptions } from './task-queue.js';
import type { ScheduledTask } from '../fire-task.js';
import type { Schedules } from '../schedules.js';
import { seldom } from '../seldom.js';

/** A queue beside those of the tasks, none of which can have this name. */
const NAME = '@schedules';

/**
 * Schedules on BullMQ's Job Schedulers: every worker process may keep them, each firing is taken by one. A firing that is
 * taken twice, by a process that died and by its successor, has the same id, which makes one task of it.
 */
export class BullmqSchedules implements Schedules {
  readonly #prefix: string;
  #queue?: Queue;
  #worker?: Worker;
  #keeping?: Promise<void>;

  constructor(private readonly options: BullmqOptions) {
    this.#prefix = `{${options.prefix ?? 'perdura'}}:queue`;
  }

  start(tasks: readonly ScheduledTask[], fire: (tool: string, firing: string) => Promise<unknown>): void {
    if (this.#queue) return;
    const { connections, report } = this.options;
    const tell = seldom(report);
    const settings = { prefix: this.#prefix, connection: connections.work, skipVersionCheck: true };
    this.#queue = new Queue(NAME, settings);
    this.#queue.on('error', tell);
    this.#keeping = this.#keep(this.#queue, tasks).catch(report);
    if (tasks.length === 0) return;
    // Fires and nothing more: the task itself waits in the queue of its name like any other.
    this.#worker = new Worker(NAME, async (job) => void (await fire(job.name, String(job.id))), settings);
    this.#worker.on('error', tell);
    this.#worker.on('failed', (job, error) => isGivenUp(job) && report(error));
  }

  async close(): Promise<void> {
    await this.#keeping;
    await this.#worker?.close();
    await this.#queue?.close();
  }

  /** Makes the schedules in Redis those of this app: a deploy may have changed or dropped some. */
  async #keep(queue: Queue, tasks: readonly ScheduledTask[]): Promise<void> {
    const known = new Set(tasks.map(({ tool }) => tool));
    for (const { key } of await queue.getJobSchedulers()) if (!known.has(key)) await queue.removeJobScheduler(key);
    for (const { tool, schedule } of tasks) {
      const when: When =
        schedule.cron === undefined ? { every: schedule.every } : { pattern: schedule.cron, tz: schedule.timeZone };
      // Put in again, it would lose a firing whose time has come and that nobody has taken, as in a deploy or after a night without workers.
      if (await isKept(queue, tool, when)) continue;
      // A firing that could not make its task (Redis away, too many tasks) is tried again for some minutes.
      const opts = {
        attempts: 8,
        backoff: { type: 'exponential', delay: 1000 },
        removeOnComplete: true,
        removeOnFail: true,
      };
      await queue.upsertJobScheduler(tool, when, { name: tool, opts }).catch(async (error: unknown) => {
        // Another process that starts may have been faster.
        if (!(await isKept(queue, tool, when))) this.options.report(error);
      });
    }
  }
}

type When = Pick<JobSchedulerJson, 'every' | 'pattern' | 'tz'>;

/** Whether a schedule is in Redis as it should be, with its next firing. */
async function isKept(queue: Queue, tool: string, when: When): Promise<boolean> {
  const kept = await queue.getJobScheduler(tool);
  if (kept?.every !== when.every || kept?.pattern !== when.pattern || kept?.tz !== when.tz) return false;
  if (await queue.getJob(`repeat:${tool}:${kept?.next}`)) return true;
  // One that was taken and is over by now has left the time of the one after it.
  const later = await queue.getJobScheduler(tool);
  return later?.next !== kept?.next && isKept(queue, tool, when);
}

/** Whether a firing has failed for the last time. */
const isGivenUp = (job: { readonly finishedOn?: number } | undefined): boolean => job?.finishedOn !== undefined;
