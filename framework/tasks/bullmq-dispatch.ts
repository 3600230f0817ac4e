import { BullmqLane, type Taken } from './bullmq-lane.js';
import type { Job, WorkLimits } from './task-queue.js';

/** The most fetches of one queue under way at a time. */
const WIDEST = 16;
/** How long a queue is left alone after Redis has answered with an error. */
const AFTER_ERROR = 1_000;
/** How long closing waits for answers of Redis. What stays unanswered is handed out again by BullMQ. */
const CLOSE_WITHIN = 2_000;

/**
 * Shares the slots of this process among the queues: a job is fetched only when there is a slot for it, so that what waits
 * stays where other processes see it; queues with work take turns.
 */
export class BullmqDispatch {
  readonly #lanes: BullmqLane[];
  readonly #runs = new Set<Promise<void>>();
  readonly #errands = new Set<Promise<void>>();
  #slots = 0;
  #isDue = false;
  #isClosed = false;

  constructor(
    private readonly run: (job: Job) => Promise<void>,
    private readonly limits: WorkLimits,
    private readonly place: ConstructorParameters<typeof BullmqLane>[2],
  ) {
    this.#lanes = [...limits.perTool].map(([tool, most]) => new BullmqLane(tool, most, place));
    this.#turn();
  }

  /** Fetches nothing more; resolves when what runs is over. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const closed = Promise.all(this.#lanes.map((lane) => lane.close())).then(() => Promise.all(this.#errands));
    await within(CLOSE_WITHIN, closed);
    while (this.#runs.size > 0) await Promise.all(this.#runs);
  }

  // On a turn of the event loop of its own: fetches then leave in the order in which they were decided on, and jobs start in theirs.
  #turn(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.#dispatch();
    });
  }

  /** Sends for jobs wherever there may be one and a slot for it. */
  #dispatch(): void {
    for (const lane of [...this.#lanes]) {
      if (lane.isEmpty || lane.isWaiting || lane.fetches >= lane.width || !this.#reserve(lane)) continue;
      // To the end of the line.
      this.#lanes.push(...this.#lanes.splice(this.#lanes.indexOf(lane), 1));
      lane.fetches += 1;
      this.#send(lane, this.#fetch(lane), () => (lane.fetches -= 1));
    }
    if (this.#isClosed || this.#slots >= this.limits.concurrency) return;
    for (const lane of this.#lanes) {
      if (!lane.isEmpty || lane.isWaiting || lane.fetches > 0 || lane.slots >= lane.most) continue;
      lane.isWaiting = true;
      this.#send(lane, this.#wait(lane), () => (lane.isWaiting = false));
    }
  }

  #send(lane: BullmqLane, errand: Promise<void>, end: () => void): void {
    const sent = errand
      .catch(async (error: unknown) => {
        if (this.#isClosed) return;
        lane.isEmpty = false;
        this.place.report(error);
        await new Promise((resolve) => setTimeout(resolve, AFTER_ERROR).unref());
      })
      .then(() => {
        end();
        this.#errands.delete(sent);
        this.#turn();
      });
    this.#errands.add(sent);
  }

  async #fetch(lane: BullmqLane): Promise<void> {
    await this.#keep(lane, lane.take());
  }

  async #wait(lane: BullmqLane): Promise<void> {
    const taken = await lane.wait();
    if (!taken) return;
    lane.isEmpty = false;
    if (this.#reserve(lane)) return this.#keep(lane, Promise.resolve(taken));
    // The last slot has gone meanwhile, or the process is closing: others may have one.
    await lane.putBack(taken);
  }

  /** Runs the job that a slot is set aside for, and those that follow it while there are slots. */
  async #keep(lane: BullmqLane, next: Promise<Taken | undefined>): Promise<void> {
    let hasSlot = true;
    try {
      for (let taken = await next; taken; taken = await next) {
        if (this.#isClosed) return await lane.putBack(taken);
        this.#start(lane, taken.job);
        hasSlot = this.#reserve(lane);
        next = lane.acknowledge(taken, hasSlot);
        lane.width = Math.min(2 * lane.width, WIDEST);
        this.#turn();
        if (!hasSlot) return void (await next);
      }
      lane.isEmpty = true;
      lane.width = 1;
    } finally {
      if (hasSlot) this.#release(lane);
    }
  }

  #start(lane: BullmqLane, job: Job): void {
    const run: Promise<void> = Promise.resolve(job)
      .then(this.run)
      .catch(this.place.report)
      .then(() => {
        this.#runs.delete(run);
        this.#release(lane);
        this.#turn();
      });
    this.#runs.add(run);
  }

  #reserve(lane: BullmqLane): boolean {
    if (this.#isClosed || this.#slots >= this.limits.concurrency || lane.slots >= lane.most) return false;
    this.#slots += 1;
    lane.slots += 1;
    return true;
  }

  #release(lane: BullmqLane): void {
    this.#slots -= 1;
    lane.slots -= 1;
  }
}

async function within(milliseconds: number, done: Promise<unknown>): Promise<void> {
  let limit: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (limit = setTimeout(resolve, milliseconds)));
  await Promise.race([done, late]);
  clearTimeout(limit);
}
