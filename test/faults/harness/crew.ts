import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskRecord } from '../../../framework/tasks/task-record.js';
import type { Transition } from '../../../framework/tasks/task-store.js';
import type { Creation } from './member.js';
import { type Answer, Member, type Role } from './member-process.js';
import type { EngineTimes } from './open-engine.js';

export interface CrewOptions {
  readonly url: string;
  readonly workers: number;
  readonly ledger: string;
  /** Processes that have started and wait to take the place of a killed worker. Default 0: a new one is started. */
  readonly spares?: number;
  readonly times?: Partial<EngineTimes>;
  /** The most MiB that the heap of a worker may take. */
  readonly heap?: number;
  /** Addresses of single workers, by their place, where theirs differs from `url` (a proxy). */
  readonly urls?: Readonly<Record<number, string>>;
}

const TIMES: EngineTimes = {
  // Longer than a busy machine ever keeps a process from running: who waits for one to run out sets it shorter.
  lease: 20_000,
  hold: 0,
  watchdogInterval: 250,
  concurrency: 50,
  maxCrashes: 1_000,
  drain: 5_000,
  loseEvery: 0,
  marked: false,
};

/** A web process and workers over one Redis, as processes of their own. */
export class Crew {
  readonly workers: Member[];
  web: Member;
  kills = 0;
  /** Processes that ended by themselves with an error, which none ever should. */
  readonly failures: string[] = [];
  readonly #spares: Member[] = [];

  private constructor(private readonly options: CrewOptions) {
    this.web = this.#member('web');
    this.workers = Array.from({ length: options.workers }, (_, place) => this.#worker(place));
  }

  static async start(options: CrewOptions): Promise<Crew> {
    const crew = new Crew(options);
    const spares = Array.from({ length: options.spares ?? 0 }, () => crew.spare());
    await Promise.all([crew.web, ...crew.workers, ...spares].map((member) => member.ready())).catch(
      async (error: unknown) => {
        await crew.close();
        throw new Error(crew.failures.join('\n') || 'A crew did not start.', { cause: error });
      },
    );
    return crew;
  }

  /** Creates tasks, so many at a time as one web process is asked for together; tries again where it is told to. */
  async create(tool: string, args: unknown, count: number, together = 100, creation: Creation = {}): Promise<string[]> {
    const ids: string[] = [];
    while (ids.length < count) {
      const batch = Math.min(together, count - ids.length);
      // The same key each time, since some of those that failed together may have been made.
      const keyed = { key: randomUUID(), ...creation };
      for (;;) {
        const { value, error, retryAfter } = await this.web.ask<string[]>('create', tool, args, batch, keyed);
        if (value) ids.push(...value);
        if (value) break;
        if (retryAfter === undefined) throw new Error(error);
        await sleep(1000 * retryAfter);
      }
    }
    return ids;
  }

  cancel(taskId: string): Promise<Answer<Transition<TaskRecord>>> {
    return this.web.ask('cancel', taskId);
  }

  /** Kills a worker as the kernel would, and starts another in its place at once. */
  async kill(place: number): Promise<void> {
    const killed = this.workers[place] as Member;
    await killed.end('SIGKILL');
    this.kills += 1;
    const spare = this.#spares.findIndex(({ isAtWork }) => isAtWork);
    if (!this.options.spares || spare < 0) {
      this.workers[place] = this.#worker(place);
      return;
    }
    const [successor] = this.#spares.splice(spare, 1) as [Member];
    this.workers[place] = successor;
    void successor.ask('work');
    this.spare();
  }

  /** Kills the web process, and starts another in its place. */
  async killWeb(): Promise<void> {
    await this.web.end('SIGKILL');
    this.web = this.#member('web');
    await this.web.ready();
  }

  /**
   * Tells a worker to end, and starts another in its place that has this version of the tasks; what happens `between` is waited
   * for. Resolves with the exit code.
   */
  async deploy(place: number, code = 1, between?: () => Promise<unknown>): Promise<number | null> {
    const ended = await (this.workers[place] as Member).end('SIGTERM');
    await between?.();
    this.workers[place] = this.#worker(place, code);
    await (this.workers[place] as Member).ready();
    return ended;
  }

  /** Starts another worker wherever one has ended by itself; `before` that, what the dead one had is seen to. */
  async revive(goesOn: () => boolean, before?: () => Promise<void>): Promise<void> {
    for (; goesOn(); await sleep(50)) {
      for (const [place, worker] of this.workers.entries()) {
        if (worker.isRunning) continue;
        await before?.();
        await this.kill(place);
      }
    }
  }

  /** A process that is ready to work and does not yet. */
  spare(): Member {
    const spare = this.#member('spare');
    this.#spares.push(spare);
    return spare;
  }

  /** How many writes of the running workers were refused since they started. */
  async refusedWrites(workers: readonly Member[] = this.workers): Promise<number> {
    const answers = await Promise.all(workers.map((worker) => worker.ask<Record<string, number>>('refused')));
    return answers.flatMap(({ value }) => Object.values(value ?? {})).reduce((sum, count) => sum + count, 0);
  }

  async close(): Promise<void> {
    await Promise.all([this.web, ...this.workers, ...this.#spares].map((member) => member.end('SIGKILL')));
  }

  #worker(place: number, code?: number): Member {
    return this.#member('worker', this.options.urls?.[place], code);
  }

  #member(role: Role, url = this.options.url, code?: number): Member {
    return new Member(role, {
      url,
      ledger: this.options.ledger,
      times: { ...TIMES, ...this.options.times },
      failed: (how) => this.failures.push(how),
      ...(code !== undefined && { code }),
      ...(this.options.heap !== undefined && role === 'worker' && { heap: this.options.heap }),
    });
  }
}
