import type { Queue } from 'bullmq';
import type { Job } from '../task-queue.js';

/** Adds under way at a time. What comes beyond them waits for one of them. */
const ABREAST = 16;
/** The most activations that wait together become one job of BullMQ: few enough that they spread over workers. */
const TOGETHER = 8;

/** What a job of BullMQ says: its id alone is the activation, unless it stands for several. */
export interface JobData {
  readonly ids?: readonly string[];
}

interface Waiting {
  readonly id: string;
  resolve(): void;
  reject(error: unknown): void;
}

/** BullMQ forbids ':' in ids; task ids have no '.'. */
export const idOf = ({ taskId, activation }: Omit<Job, 'tool'>): string => `${taskId}.${activation}`;

export function jobFrom(id: string, tool: string): Job {
  const [taskId = '', activation] = id.split('.');
  return { taskId, activation: Number(activation), tool };
}

/** The way into one queue, for activations of one priority: where many come at once, some go in as one job of BullMQ. */
export class BullmqCrowd {
  #underWay = 0;
  #waiting: Waiting[] = [];

  constructor(
    private readonly queue: Queue<JobData>,
    /** As BullMQ takes it. Jobs without one go before all that have one. */
    private readonly priority: number | undefined,
  ) {}

  add(id: string): Promise<void> {
    if (this.#underWay < ABREAST) return this.#send([id]);
    return new Promise((resolve, reject) => this.#waiting.push({ id, resolve, reject }));
  }

  async #send(ids: readonly [string, ...string[]]): Promise<void> {
    this.#underWay += 1;
    try {
      const data = ids.length === 1 ? {} : { ids };
      await this.queue.add('activation', data, {
        jobId: ids[0],
        ...(this.priority !== undefined && { priority: this.priority }),
      });
    } finally {
      this.#underWay -= 1;
      this.#sendNext();
    }
  }

  #sendNext(): void {
    const [first, ...others] = this.#waiting.splice(0, TOGETHER);
    if (first === undefined) return;
    this.#send([first.id, ...others.map(({ id }) => id)]).then(
      () => [first, ...others].forEach(({ resolve }) => resolve()),
      (error: unknown) => [first, ...others].forEach(({ reject }) => reject(error)),
    );
  }
}
