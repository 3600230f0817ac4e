import { atMost } from '../../runtime/at-most.js';
import { BullmqLane, type Taken } from './lane.js';
import type { Job, WorkLimits } from '../task-queue.js';
import { Turns } from '../turns.js';

/** The most fetches of one queue under way at a time. */
const WIDEST = 16;
/** How long a queue is left alone after Redis has answered with an error. */
const AFTER_ERROR = 1_000;
/** How long closing waits for answers of Redis. What stays unanswered is handed out again by BullMQ. */
const CLOSE_WITHIN = 2_000;

/**
 * Shares the slots of this process among the queues: a job is fetched only when there is a slot for it, so that what waits
 * stays where other processes see it; queues with work take turns by their priorities.
 */
export class BullmqDispatch {
  readonly #lanes: BullmqLane[] = [];
  readonly #runs = new Set<Promise<void>>();
  readonly #errands = new Set<Promise<void>>();
  #turns = new Turns();
  #concurrency = 0;
  #slots = 0;
  #isDue = false;
  #isClosed = false;

  constructor(
    /** Never rejects. */
    private readonly run: (job: Job) => Promise<void>,
    private readonly place: ConstructorParameters<typeof BullmqLane>[2],
  ) {}

  /** From now on these limits hold; before the first, nothing is fetched. */
  limit({ concurrency, perTool, priorities }: WorkLimits): void {
    this.#concurrency = concurrency;
    this.#turns = new Turns(priorities);
    for (const lane of this.#lanes) lane.most = perTool.get(lane.tool) ?? 0;
    const known = new Set(this.#lanes.map(({ tool }) => tool));
    for (const [tool, most] of perTool) if (!known.has(tool)) this.#lanes.push(new BullmqLane(tool, most, this.place));
    this.#turn();
  }

  /** Fetches nothing more; resolves when what runs is over. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const closed = Promise.all(this.#lanes.map((lane) => lane.close())).then(() => Promise.all(this.#errands));
    await atMost(CLOSE_WITHIN, closed);
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
    for (let lane = this.#next(); lane; lane = this.#next()) {
      const slots = this.#reserve(lane, lane.found);
      if (slots === 0) break;
      lane.fetches += 1;
      this.#send(lane, this.#keep(lane, lane.take(), slots), (sent) => (sent.fetches -= 1));
    }
    if (this.#isClosed || this.#slots >= this.#concurrency) return;
    for (const lane of this.#lanes) {
      if (lane.emptySince === undefined || lane.isWaiting || lane.fetches > 0 || lane.slots === 0) continue;
      lane.isWaiting = true;
      this.#send(lane, this.#wait(lane), (sent) => (sent.isWaiting = false));
    }
  }

  #next(): BullmqLane | undefined {
    return this.#turns.first(this.#lanes.filter((lane) => isFetchable(lane) && lane.fetches < lane.width));
  }

  /** Whether the next job of a queue may be taken in the message that acknowledges one: not over the heads of others. */
  #isNext(lane: BullmqLane): boolean {
    const left = this.#concurrency - this.#slots;
    if (left <= 0) return false;
    return left > this.#lanes.length || this.#turns.first(this.#lanes.filter(isFetchable)) === lane;
  }

  #send(lane: BullmqLane, errand: Promise<void>, end: (lane: BullmqLane) => void): void {
    const sent = errand
      .catch(async (error: unknown) => {
        if (this.#isClosed) return;
        lane.emptySince = undefined;
        this.place.report(error);
        await new Promise((resolve) => setTimeout(resolve, AFTER_ERROR).unref());
      })
      .then(() => {
        end(lane);
        this.#errands.delete(sent);
        this.#turn();
      });
    this.#errands.add(sent);
  }

  async #wait(lane: BullmqLane): Promise<void> {
    const taken = await lane.wait();
    if (!taken) return void (lane.emptySince = performance.now());
    this.#refill(lane);
    const slots = this.#reserve(lane, taken.jobs.length);
    if (slots > 0) return this.#keep(lane, Promise.resolve(taken), slots);
    // The last slot has gone meanwhile, or the process is closing: others may have one.
    await lane.putBack(taken);
  }

  /** Runs the jobs that slots are set aside for, and those that follow them while there are slots. */
  async #keep(lane: BullmqLane, next: Promise<Taken | undefined>, slots: number): Promise<void> {
    try {
      for (let taken = await next; taken; taken = await next) {
        if (this.#isClosed) return await lane.putBack(taken);
        this.#refill(lane);
        const { jobs } = taken;
        slots += this.#reserve(lane, jobs.length - slots);
        const starting = Math.min(slots, jobs.length);
        for (const job of jobs.slice(0, starting)) this.#start(lane, job);
        this.#release(lane, slots - starting);
        slots = 0;
        lane.found = jobs.length;
        if (starting < jobs.length) return await lane.putBack(taken, starting);
        if (this.#isNext(lane)) slots = this.#reserve(lane, lane.found);
        next = lane.acknowledge(taken, slots > 0);
        lane.width = Math.min(2 * lane.width, WIDEST);
        this.#turn();
        if (slots === 0) return void (await next);
      }
      lane.emptySince = performance.now();
      lane.width = 1;
    } finally {
      this.#release(lane, slots);
    }
  }

  #refill(lane: BullmqLane): void {
    if (lane.emptySince !== undefined) this.#turns.enter(lane.tool);
    lane.emptySince = undefined;
  }

  #start(lane: BullmqLane, job: Job): void {
    this.#turns.take(lane.tool);
    lane.reserved -= 1;
    lane.running += 1;
    const run: Promise<void> = Promise.resolve(job)
      .then(this.run)
      .then(() => {
        this.#runs.delete(run);
        this.#slots -= 1;
        lane.running -= 1;
        this.#turn();
      });
    this.#runs.add(run);
  }

  /** Sets aside as many slots as are wanted and free. */
  #reserve(lane: BullmqLane, wanted: number): number {
    const slots = this.#isClosed ? 0 : Math.max(0, Math.min(wanted, this.#concurrency - this.#slots, lane.slots));
    this.#slots += slots;
    lane.reserved += slots;
    return slots;
  }

  #release(lane: BullmqLane, slots: number): void {
    this.#slots -= slots;
    lane.reserved -= slots;
  }
}

const isFetchable = (lane: BullmqLane): boolean => lane.mayHaveJobs && !lane.isWaiting && lane.slots > 0;
