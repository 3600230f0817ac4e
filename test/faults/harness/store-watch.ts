import type { TaskStore, Transition } from '../../../framework/tasks/task-store.js';

/** The writes of an activation. Heartbeats come by the clock and are no boundary of anything. */
const BOUNDARIES = new Set<PropertyKey>(['begin', 'append', 'ask', 'spawn', 'park', 'yield', 'finish']);
const WRITES = new Set<PropertyKey>([...BOUNDARIES, 'heartbeat']);

/** The write at which a process kills itself: just before it is sent, or when the store has done it. */
export interface CrashPoint {
  readonly write: number;
  readonly when: 'before' | 'after';
}

/** Counts what a worker writes and what is refused of it, and ends the process in the midst of a write when told to. */
export class StoreWatch {
  /** Refused writes by their reason. */
  readonly refused: Record<string, number> = {};
  crashPoint?: CrashPoint;
  #writes = 0;

  /** @param recorded told of each journal entry as soon as the store has it */
  constructor(private readonly recorded: (taskId: string, key: string) => void) {}

  /** How many boundaries this process has come to. */
  get writes(): number {
    return this.#writes;
  }

  over(store: TaskStore): TaskStore {
    return new Proxy(store, {
      get: (target, name) => {
        const member = Reflect.get(target, name) as unknown;
        if (typeof member !== 'function') return member;
        // Bound, since a store with private fields takes no other `this`.
        const call = member.bind(target) as (...args: unknown[]) => Promise<Transition<unknown>>;
        return WRITES.has(name) ? (...args: unknown[]) => this.#write(name, args, call) : call;
      },
    });
  }

  async #write(
    name: PropertyKey,
    args: unknown[],
    call: (...args: unknown[]) => Promise<Transition<unknown>>,
  ): Promise<Transition<unknown>> {
    const isBoundary = BOUNDARIES.has(name);
    const write = isBoundary ? ++this.#writes : 0;
    if (isBoundary) this.#crashAt(write, 'before');
    const written = await call(...args);
    if (!written.ok) this.refused[written.reason] = (this.refused[written.reason] ?? 0) + 1;
    else if (name === 'append') this.recorded((args[0] as { taskId: string }).taskId, String(args[2]));
    if (isBoundary) this.#crashAt(write, 'after');
    return written;
  }

  #crashAt(write: number, when: CrashPoint['when']): void {
    if (this.crashPoint?.write === write && this.crashPoint.when === when) process.kill(process.pid, 'SIGKILL');
  }
}
