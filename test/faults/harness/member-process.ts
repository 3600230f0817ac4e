import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { memberProgram } from './compile.js';
import { HANG } from './hang.js';
import type { Method } from './member.js';
import type { EngineTimes } from './open-engine.js';

/** How much of what a process says is kept, for the case that it ends. */
const LAST_WORDS = 2_000;

/** What a process answered: how long it took it, and the error that its client would be told. */
export interface Answer<T> {
  readonly value?: T;
  readonly error?: string;
  readonly retryAfter?: number;
  readonly took: number;
}

/** A `web` answers clients, a `worker` runs tasks, a `spare` is ready to. */
export type Role = 'web' | 'worker' | 'spare';

export interface MemberOptions {
  readonly url: string;
  readonly ledger: string;
  readonly times: EngineTimes;
  /** Which version of the tasks it has. Default the first. */
  readonly code?: number;
  /** The most MiB that its heap may take. */
  readonly heap?: number;
  /** Told where the process ends with an error that nobody has told it to end with. */
  readonly failed: (how: string) => void;
}

/** One process of a crew. */
export class Member {
  readonly #process: ChildProcess;
  readonly #asked = new Map<number, (answer: Answer<never>) => void>();
  readonly #isReady: Promise<void>;
  #last = 0;
  #hasStarted = false;
  #isToEnd = false;
  #words = '';

  constructor(role: Role, { url, ledger, times, code = 1, heap, failed }: MemberOptions) {
    const settings = { ROLE: role, REDIS_URL: url, LEDGER: ledger, TIMES: JSON.stringify(times), CODE: String(code) };
    const bounds = heap === undefined ? [] : [`--max-old-space-size=${heap}`];
    this.#process = spawn(process.execPath, [...bounds, memberProgram()], {
      env: { ...process.env, ...settings },
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    this.#process.stderr?.on('data', (words: Buffer) => {
      if (process.env['VERBOSE']) process.stderr.write(words);
      this.#words = (this.#words + words.toString()).slice(-LAST_WORDS);
    });
    // When it has ended and all it said has arrived.
    this.#process.once('close', (code: number | null) => {
      if (!this.#isToEnd && code !== null && code !== 0) failed(`a ${role} ended with code ${code}: ${this.#words}`);
    });
    let ready = (): void => undefined;
    this.#isReady = new Promise((resolve, reject) => {
      ready = resolve;
      const late = setTimeout(() => reject(new Error(`A ${role} did not start.`)), HANG).unref();
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
    this.#isToEnd = true;
    const ended = once(this.#process, 'exit');
    this.#process.kill(signal);
    const [code] = (await ended) as [number | null];
    return code;
  }
}
