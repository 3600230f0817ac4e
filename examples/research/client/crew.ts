import { type Child, type Command, startChild } from './child.js';

interface Worker {
  readonly name: string;
  readonly process: Child;
  readyAt?: number;
}

/** How often chaos strikes, and how long a worker is left alone once it is ready, in milliseconds. */
const EVERY = 1_000;
const REST = 1_000;

/** The workers of a run: as many processes as it was given, one started anew for each that is killed. */
export class Crew {
  kills = 0;
  private readonly workers: Worker[] = [];
  private chaos: NodeJS.Timeout | undefined;

  constructor(
    private readonly command: Command,
    readonly size: number,
    private readonly onEvent: (event: string) => void,
  ) {}

  /** Resolves when all of them are ready. */
  async start(): Promise<void> {
    // The first one alone: where no server has yet, it makes the index that the others open.
    await this.add('worker 1').process.ready;
    const others = Array.from({ length: this.size - 1 }, (_, index) => this.add(`worker ${index + 2}`));
    await Promise.all(others.map(({ process }) => process.ready));
  }

  /** From now on kills one of those that are ready, whichever, every second. */
  unleash(): void {
    this.chaos = setInterval(() => this.killOne(), EVERY);
  }

  async stop(): Promise<void> {
    clearInterval(this.chaos);
    const workers = this.workers.splice(0);
    await Promise.all(workers.map(({ process }) => process.stop()));
  }

  private killOne(): void {
    // One that was killed with its first breath would show nothing: it has had no task.
    const targets = this.workers.filter(({ readyAt = Infinity }) => readyAt <= performance.now() - REST);
    const target = targets[Math.floor(Math.random() * targets.length)];
    if (target === undefined) return;
    this.workers.splice(this.workers.indexOf(target), 1);
    target.process.kill();
    this.kills += 1;
    const ready = this.workers.filter(({ readyAt }) => readyAt !== undefined).length;
    this.onEvent(`kill ${this.kills}: ${target.name} (process ${target.process.pid}), ${ready} of ${this.size} go on`);
    this.add(target.name);
  }

  private add(name: string): Worker {
    const worker: Worker = { name, process: startChild(this.command, () => undefined) };
    this.workers.push(worker);
    const ended = (why: string): void => {
      if (this.workers.includes(worker)) this.onEvent(`${name} stopped by itself: ${why}`);
    };
    worker.process.ready.then(
      () => (worker.readyAt = performance.now()),
      (error: Error) => ended(error.message),
    );
    worker.process.gone.then(ended, () => undefined);
    return worker;
  }
}
