import type { TaskRecord } from '../task-record.js';

/** For so many leases a suspect is alone at the most: one that hangs must not keep the others from going on. */
const ALONE = 10;

/**
 * Keeps tasks apart whose workers have died again and again. Of all that ran in a worker when it died, nobody can tell which was to
 * blame; one at a time can. So one that kills its process takes no other with it to the limit of crashes.
 */
export class Suspects {
  #inside?: { readonly taskId: string };

  constructor(private readonly options: { readonly maxCrashes: number; readonly lease: number }) {}

  /** How long a suspect that has to wait is left in the queue, in milliseconds. */
  get again(): number {
    return this.options.lease / 30;
  }

  /** Lets a task in that is not suspect, and one at a time of those that are; undefined where it has to wait. What is returned lets the next one in. */
  enter({ taskId, crashes }: Pick<TaskRecord, 'taskId' | 'crashes'>): (() => void) | undefined {
    if (crashes < Math.max(1, this.options.maxCrashes / 2)) return () => undefined;
    // An earlier run of its own, which this one has fenced off, may not have ended yet.
    if (this.#inside && this.#inside.taskId !== taskId) return undefined;
    const own = (this.#inside = { taskId });
    const leave = (): void => {
      clearTimeout(limit);
      if (this.#inside === own) this.#inside = undefined;
    };
    const limit = setTimeout(leave, ALONE * this.options.lease).unref();
    return leave;
  }
}
