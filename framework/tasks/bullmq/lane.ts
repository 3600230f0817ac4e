import { type ConnectionOptions, Job as BullmqJob, type JobJson, Worker } from 'bullmq';
import { idOf, type JobData, jobFrom } from './crowd.js';
import type { Job } from '../task-queue.js';

/** How long a fetched job may stay unacknowledged before BullMQ hands it out again: two messages to Redis, in truth. */
const HANDOVER = 5_000;

/** How long a queue that was empty is taken for empty where nobody waits for its next job, in milliseconds. */
const LOOK_AGAIN = 100;

/** Nothing counts here: how often a task has crashed its worker is counted by the store. */
const NEVER = 1_000_000_000;

/** What BullMQ has handed to this process and still keeps: the activations that were enqueued together, at least one. */
export interface Taken {
  readonly jobs: readonly Job[];
  readonly held: BullmqJob<JobData>;
}

/**
 * The receiving end of one BullMQ queue: the jobs of one task name, fetched one by one when there is a slot for them.
 * BullMQ's own loop is not used, because it fetches for as many slots as it was once told, and here all queues share them.
 */
export class BullmqLane {
  /** Jobs of it that run here. */
  running = 0;
  /** Slots that fetches under way have set aside for the jobs that they may find. */
  reserved = 0;
  /** Fetches under way. */
  fetches = 0;
  /** How many fetches it is worth: twice as many after each that found a job, one after one that found none. */
  width = 1;
  /** When a fetch last found nothing; absent while there may be more. */
  emptySince?: number;
  isWaiting = false;
  /** How many jobs the last fetch found: as many slots are worth setting aside for the next. */
  found = 1;
  readonly #worker: Worker<JobData>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    readonly tool: string,
    /** The most jobs of it that run here at a time. */
    public most: number,
    options: {
      readonly connection: ConnectionOptions;
      readonly prefix: string;
      readonly report: (error: unknown) => void;
    },
  ) {
    this.#worker = new Worker(tool, null, {
      connection: options.connection,
      prefix: options.prefix,
      lockDuration: HANDOVER,
      stalledInterval: HANDOVER,
      maxStalledCount: NEVER,
      // An id that stayed behind could not be added again.
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    });
    this.#worker.on('error', options.report);
    // Returns what a process took and did not acknowledge before it died.
    void this.#worker.startStalledCheckTimer();
  }

  get slots(): number {
    return Math.max(0, this.most - this.running - this.reserved);
  }

  /** Whether a fetch may find a job. One that found nothing is believed for a while: a process without slots does not wait for more. */
  get mayHaveJobs(): boolean {
    return this.emptySince === undefined || (!this.isWaiting && performance.now() - this.emptySince > LOOK_AGAIN);
  }

  /** Takes the next job, if there is one now. */
  async take(): Promise<Taken | undefined> {
    return this.#taken(await this.#inOrder(this.#worker.getNextJob(this.#worker.id, { block: false })));
  }

  /** Waits some seconds for the next job, on a connection of its own. */
  async wait(): Promise<Taken | undefined> {
    return this.#taken(await this.#worker.getNextJob(this.#worker.id, { block: true }));
  }

  /** Removes a taken job from BullMQ and, in the same message, takes the next one where there is a slot for it. */
  async acknowledge({ held }: Taken, takeNext: boolean): Promise<Taken | undefined> {
    const next = await this.#inOrder(held.moveToCompleted(null, this.#worker.id, takeNext));
    const [json, jobId] = (next ?? []) as [JobJson?, string?];
    return json ? this.#taken(BullmqJob.fromJSON<JobData>(this.#worker, json, jobId)) : undefined;
  }

  /** Gives the last of the taken jobs back, from the one at `from` on, to be the next that anybody takes. */
  async putBack({ held, jobs }: Taken, from = 0): Promise<void> {
    // Both leave at once: a fetch that is made meanwhile finds the job again, and not the one behind it.
    const kept = from > 0 ? held.updateData({ ids: jobs.slice(from).map(idOf) }) : undefined;
    await Promise.all([kept, held.moveToWait(this.#worker.id)]);
  }

  /** Ends a {@link wait} that is under way. */
  async close(): Promise<void> {
    await this.#worker.close(true);
  }

  // Fetches that overlap are answered in order, but come out of BullMQ by ways of different length.
  #inOrder<T>(answer: Promise<T>): Promise<T> {
    const inOrder = this.#last.then(() => answer);
    this.#last = inOrder.catch(() => undefined);
    return inOrder;
  }

  #taken(held: BullmqJob<JobData> | undefined): Taken | undefined {
    if (!held) return undefined;
    const { ids = [String(held.id)] } = held.data;
    return { held, jobs: ids.map((id) => jobFrom(id, this.tool)) };
  }
}
