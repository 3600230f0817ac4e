import { DelayedError, type Job, Queue, Worker } from 'bullmq';
import type { ScheduledTask } from '../fire-task.js';
import type { Schedules } from '../schedules.js';
import { seldom } from '../seldom.js';
import { type KnownSchedule, KnownSchedules, type When } from '../redis/known-schedules.js';
import type { BullmqOptions } from './task-queue.js';

/** A queue beside those of the tasks, none of which can have this name. */
const NAME = '@schedules';

/** How often a process tells of its schedules and looks after them. */
const LOOK_EVERY = 60_000;

/** How soon a firing is offered again that a process without its code has taken. */
const AGAIN = 1_000;

/** A firing that could not make its task (Redis away, too many tasks) is tried again for some minutes. */
const FIRING = {
  attempts: 8,
  backoff: { type: 'exponential', delay: 1000 },
  removeOnComplete: true,
  removeOnFail: true,
};

/**
 * Schedules on BullMQ's Job Schedulers: every worker process may keep them, each firing is taken by one. A firing that is
 * taken twice, by a process that died and by its successor, has the same id, which makes one task of it.
 *
 * Processes of several versions may work at the same time. A process never removes what it does not know: a schedule lives for as
 * long as some process that works has it (see {@link KnownSchedules}).
 */
export class BullmqSchedules implements Schedules {
  readonly #key: string;
  #own: readonly KnownSchedule[] = [];
  #known?: KnownSchedules;
  #queue?: Queue;
  #worker?: Worker;
  #timer?: NodeJS.Timeout;
  #looking?: Promise<void>;

  constructor(private readonly options: BullmqOptions) {
    this.#key = `{${options.prefix ?? 'perdura'}}:`;
  }

  start(tasks: readonly ScheduledTask[], fire: (tool: string, firing: string) => Promise<unknown>): void {
    if (this.#queue) return;
    const { connections, report } = this.options;
    const tell = seldom(report);
    const settings = { prefix: `${this.#key}queue`, connection: connections.work, skipVersionCheck: true };
    this.#own = tasks.map(({ tool, schedule }) => ({
      tool,
      when: schedule.cron === undefined ? { every: schedule.every } : { pattern: schedule.cron, tz: schedule.timeZone },
    }));
    this.#known = new KnownSchedules(connections.work, this.#key);
    this.#queue = new Queue(NAME, settings);
    this.#queue.on('error', tell);
    void this.look();
    this.#timer = setInterval(() => void this.look(true), LOOK_EVERY).unref();
    if (tasks.length === 0) return;
    // Fires and nothing more: the task itself waits in the queue of its name like any other.
    this.#worker = new Worker(NAME, (job, token) => this.#fire(job, token, fire), settings);
    this.#worker.on('error', tell);
    this.#worker.on('failed', (job, error) => isGivenUp(job) && report(error));
  }

  /**
   * Makes the schedules in Redis what they should be: a deploy may have changed some, and Redis may have lost some. Those that no
   * process knows are removed where it should `forget`: not by the first look, which may be before that of whoever knows them.
   */
  look(forget = false): Promise<void> {
    this.#looking ??= this.#look(forget)
      .catch(this.options.report)
      .finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
    await this.#worker?.close();
    await this.#queue?.close();
  }

  async #look(forget: boolean): Promise<void> {
    const [queue, known] = [this.#queue, this.#known];
    if (!queue || !known) return;
    // Before it hears what counts: whoever puts a schedule in has told of it first.
    const kept = forget ? await queue.getJobSchedulers() : [];
    const { tools, own } = await known.tell(this.#own, forget);
    for (const { key } of kept) if (!tools.has(key)) await remove(queue, key);
    for (const { tool, when } of own) {
      // Put in again, it would lose a firing whose time has come and that nobody has taken, as in a deploy or after a night without workers.
      if (await isKept(queue, tool, when)) continue;
      await queue.upsertJobScheduler(tool, when, { name: tool, opts: FIRING }).catch(async (error: unknown) => {
        // Another process that starts may have been faster.
        if (!(await isKept(queue, tool, when))) this.options.report(error);
      });
    }
  }

  async #fire(job: Job, token: string | undefined, fire: Parameters<Schedules['start']>[1]): Promise<void> {
    if (this.#own.some(({ tool }) => tool === job.name)) return void (await fire(job.name, String(job.id)));
    // Of another version, whose turn it is; or of one that is gone, and then of nobody's.
    const counting = await this.#known?.tell([]);
    if (!counting?.tools.has(job.name)) return;
    await job.moveToDelayed(Date.now() + AGAIN, token);
    throw new DelayedError();
  }
}

/** Whether a schedule is in Redis as it should be, with its next firing. */
async function isKept(queue: Queue, tool: string, when: When): Promise<boolean> {
  const kept = await queue.getJobScheduler(tool);
  if (kept?.every !== when.every || kept?.pattern !== when.pattern || kept?.tz !== when.tz) return false;
  if (await queue.getJob(`repeat:${tool}:${kept?.next}`)) return true;
  // One that was taken and is over by now has left the time of the one after it.
  const later = await queue.getJobScheduler(tool);
  return later?.next !== kept?.next && isKept(queue, tool, when);
}

/** Removes a schedule with the firings that wait for a process that knows it. */
async function remove(queue: Queue, tool: string): Promise<void> {
  await queue.removeJobScheduler(tool);
  for (const job of await queue.getJobs(['waiting', 'delayed'])) if (job.name === tool) await job.remove();
}

/** Whether a firing has failed for the last time. */
const isGivenUp = (job: { readonly finishedOn?: number } | undefined): boolean => job?.finishedOn !== undefined;
