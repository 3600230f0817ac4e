import { Queue } from 'bullmq';
import { BullmqCrowd, idOf, type JobData } from './crowd.js';
import { BullmqDispatch } from './dispatch.js';
import { inOneWrite, type RedisConnections } from '../redis/connections.js';
import { seldom } from '../seldom.js';
import type { Job, TaskQueue, WorkLimits } from '../task-queue.js';

/** What a {@link BullmqTaskQueue} is made of. */
export interface BullmqOptions {
  readonly connections: RedisConnections;
  /** What the keys begin with; the same as the store's. Default `'perdura'`. */
  readonly prefix?: string;
  /** Told of errors that no caller can be told of. */
  readonly report: (error: unknown) => void;
}

/** The ways into one queue of BullMQ. */
interface Door {
  readonly queue: Queue<JobData>;
  readonly resumed: BullmqCrowd;
  readonly fresh: BullmqCrowd;
}

/** The states of a job that a worker will take. */
const COMING: ReadonlySet<string> = new Set(['waiting', 'prioritized', 'delayed', 'active']);

/** Longer than BullMQ ever waits for an answer, and short enough to notice a connection that nobody is behind. */
const SOCKET_TIMEOUT = 15_000;

/**
 * Dispatches activations through BullMQ, one of its queues for each task name, so that a worker takes only what it knows
 * and has a slot for. A job leaves BullMQ as soon as a worker has it: who runs a task is the store's to know (its lease), and
 * a second opinion in BullMQ's locks could only contradict it. What dies between the two is enqueued again by the watchdog.
 */
export class BullmqTaskQueue implements TaskQueue {
  readonly #doors = new Map<string, Door>();
  readonly #prefix: string;
  /** Each queue and each worker tells of each connection that it tries in vain. */
  readonly #tell: (error: unknown) => void;
  #dispatch?: BullmqDispatch;
  #consumer?: RedisConnections['work'];
  #closing?: Promise<void>;
  #isShut = false;

  constructor(private readonly options: BullmqOptions) {
    // Braces: all keys are in one slot of a cluster, as the store's are.
    this.#prefix = `{${options.prefix ?? 'perdura'}}:queue`;
    this.#tell = seldom(options.report);
  }

  async enqueue({ tool, taskId, activation }: Job, delay = 0): Promise<void> {
    if (this.#isShut) return;
    const { queue, resumed, fresh } = this.#door(tool);
    const id = idOf({ taskId, activation });
    if (delay > 0) return void (await queue.add('activation', {}, { jobId: id, delay }));
    await (activation === 1 ? fresh : resumed).add(id);
  }

  async enqueueAgain(job: Job): Promise<void> {
    // BullMQ adds no second job of an id, whatever has become of the first: one that was failed by hand would be the last.
    const left = await this.#door(job.tool).queue.getJob(idOf(job));
    if (left && !COMING.has(await left.getState())) await left.remove();
    await this.enqueue(job);
  }

  work(run: (job: Job) => Promise<void>, limits: WorkLimits): void {
    if (this.#closing) return;
    const { connections, report } = this.options;
    // Of its own, since BullMQ copies its settings; and not lazy, since BullMQ takes a first connection that fails for the end.
    this.#consumer ??= inOneWrite(connections.work.duplicate({ lazyConnect: false, socketTimeout: SOCKET_TIMEOUT }));
    this.#consumer.on('error', () => undefined);
    const place = { connection: this.#consumer, prefix: this.#prefix, report: this.#tell };
    this.#dispatch ??= new BullmqDispatch((job) => run(job).catch(report), place);
    this.#dispatch.limit(limits);
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    // Runs that yield enqueue their next activation, so the way in stays open until they are over.
    await this.#dispatch?.close();
    this.#isShut = true;
    for (const { queue } of this.#doors.values()) await queue.close();
    this.#consumer?.disconnect();
  }

  #door(tool: string): Door {
    const known = this.#doors.get(tool);
    if (known) return known;
    const queue = new Queue<JobData>(tool, {
      // A request must not wait for a Redis that is away.
      connection: this.options.connections.requests,
      prefix: this.#prefix,
      // Nobody reads them: what happens to a task is told by the store.
      streams: { events: { maxLen: 10 } },
      // Otherwise its first use would wait for Redis too, and one that failed would break it for good.
      skipWaitingForReady: true,
      skipVersionCheck: true,
    });
    queue.on('error', this.#tell);
    const door = { queue, resumed: new BullmqCrowd(queue, undefined), fresh: new BullmqCrowd(queue, 1) };
    this.#doors.set(tool, door);
    return door;
  }
}
