import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskRecord } from '../../../framework/tasks/task-record.js';
import type { Transition } from '../../../framework/tasks/task-store.js';
import { memberProgram } from './compile.js';
import type { Creation, Method } from './member.js';
import type { EngineTimes } from './open-engine.js';

/** How long a process may take to start while the others keep the machine busy. */
const START_LIMIT = 60_000;

/** What a web process answered: how long it took it, and the error that its client would be told. */
export interface Answer<T> {
  readonly value?: T;
  readonly error?: string;
  readonly retryAfter?: number;
  readonly took: number;
}

export interface CrewOptions {
  readonly url: string;
  readonly workers: number;
  readonly ledger: string;
  /** Processes that have started and wait to take the place of a killed worker. Default 0: a new one is started. */
  readonly spares?: number;
  readonly times?: Partial<EngineTimes>;
  /** Addresses of single workers, by their place, where theirs differs from `url` (a proxy). */
  readonly urls?: Readonly<Record<number, string>>;
}

const TIMES: EngineTimes = {
  lease: 5_000,
  hold: 0,
  watchdogInterval: 250,
  concurrency: 50,
  maxCrashes: 1_000,
  drain: 5_000,
  loseEvery: 0,
  marked: false,
};

/** One process of a crew. */
export class Member {
  readonly #process: ChildProcess;
  readonly #asked = new Map<number, (answer: Answer<never>) => void>();
  readonly #isReady: Promise<void>;
  #last = 0;
  #hasStarted = false;

  constructor(role: 'web' | 'worker' | 'spare', url: string, { ledger, times }: CrewOptions) {
    const settings = { ROLE: role, REDIS_URL: url, LEDGER: ledger, TIMES: JSON.stringify({ ...TIMES, ...times }) };
    this.#process = spawn(process.execPath, [memberProgram()], {
      env: { ...process.env, ...settings },
      stdio: ['ignore', 'inherit', process.env['VERBOSE'] ? 'inherit' : 'ignore', 'ipc'],
    });
    let ready = (): void => undefined;
    this.#isReady = new Promise((resolve, reject) => {
      ready = resolve;
      const late = setTimeout(() => reject(new Error(`A ${role} did not start.`)), START_LIMIT).unref();
      void once(this.#process, 'exit').then(() => {
        clearTimeout(late);
        for (const settle of [...this.#asked.values()]) settle({ error: 'The process has ended.', took: 0 });
        reject(new Error(`A ${role} ended before it was ready.`));
      });
    });
    // Whoever waits for it hears of it; a worker that is killed while it starts is nobody's news.
    this.#isReady.catch(() => undefined);
    this.#process.on('message', (message: Answer<never> & { readonly ready?: true; readonly id?: number }) => {
      if (message.ready) {
        this.#hasStarted = true;
        ready();
      } else this.#asked.get(message.id ?? 0)?.(message);
    });
  }

  get isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Whether it has started and not ended. */
  get isAtWork(): boolean {
    return this.#hasStarted && this.isRunning;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  ready(): Promise<void> {
    return this.#isReady;
  }

  /** Resolves with its answer; with an error where it ends before it has given one. */
  ask<T>(method: Method, ...params: readonly unknown[]): Promise<Answer<T>> {
    const id = ++this.#last;
    return new Promise((resolve) => {
      const settle = (answer: Answer<T>): void => {
        this.#asked.delete(id);
        resolve(answer);
      };
      this.#asked.set(id, settle);
      const gone = { error: 'The process has ended.', took: 0 };
      if (!this.isRunning) return settle(gone);
      this.#process.send({ id, method, params }, (error) => error && settle(gone));
    });
  }

  /** Resolves when it has ended, however that came about. */
  async ended(): Promise<void> {
    if (this.isRunning) await once(this.#process, 'exit');
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Sends the signal and resolves with the exit code (null after SIGKILL) when the process has ended. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (!this.isRunning) return this.#process.exitCode;
    const ended = once(this.#process, 'exit');
    this.#process.kill(signal);
    const [code] = (await ended) as [number | null];
    return code;
  }
}

/** A web process and workers over one Redis, as processes of their own. */
export class Crew {
  readonly workers: Member[];
  web: Member;
  kills = 0;
  readonly #spares: Member[] = [];

  private constructor(private readonly options: CrewOptions) {
    this.web = new Member('web', options.url, options);
    this.workers = Array.from({ length: options.workers }, (_, place) => this.#worker(place));
  }

  static async start(options: CrewOptions): Promise<Crew> {
    const crew = new Crew(options);
    const spares = Array.from({ length: options.spares ?? 0 }, () => crew.spare());
    await Promise.all([crew.web, ...crew.workers, ...spares].map((member) => member.ready())).catch(
      async (error: unknown) => {
        await crew.close();
        throw error;
      },
    );
    return crew;
  }

  /** Creates tasks, so many at a time as one web process is asked for together; tries again where it is told to. */
  async create(tool: string, args: unknown, count: number, together = 100, creation: Creation = {}): Promise<string[]> {
    const ids: string[] = [];
    while (ids.length < count) {
      const batch = Math.min(together, count - ids.length);
      const { value, error, retryAfter } = await this.web.ask<string[]>('create', tool, args, batch, creation);
      if (value) ids.push(...value);
      else if (retryAfter === undefined) throw new Error(error);
      else await sleep(1_000);
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
    this.web = new Member('web', this.options.url, this.options);
    await this.web.ready();
  }

  /** A process that is ready to work and does not yet. */
  spare(): Member {
    const spare = new Member('spare', this.options.url, this.options);
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

  #worker(place: number): Member {
    return new Member('worker', this.options.urls?.[place] ?? this.options.url, this.options);
  }
}
