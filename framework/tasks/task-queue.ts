/** "Run this task now": an activation of a task, never its truth. May be lost or doubled; the store knows. */
export interface Job {
  readonly taskId: string;
  readonly activation: number;
  /** The task's name, so that a queue can keep to its concurrency. */
  readonly tool: string;
}

/** The job that a task is due for. */
export const jobOf = ({ taskId, activation, tool }: Job): Job => ({ taskId, activation, tool });

/** Which activations one process runs, and how many at a time. */
export interface WorkLimits {
  readonly concurrency: number;
  /** By the task's name: the most that run of it at a time. What is not named is left to other processes. */
  readonly perTool: ReadonlyMap<string, number>;
  /** By the task's name, 1 to 1000: the lower, the sooner and the more often it is taken. Default 100. */
  readonly priorities?: ReadonlyMap<string, number>;
}

/**
 * Dispatches activations to workers. Of one task name, resumed tasks (`activation` > 1) come before new ones, and equals in the
 * order of enqueueing. Names that wait for the same slots take turns, as often as their priorities say (see `Turns`).
 */
export interface TaskQueue {
  /**
   * Makes the job available after `delay` ms. An activation that already waits is not added again; of those that were enqueued
   * at the same time as many others, a queue may not know it, and then adds it once more.
   */
  enqueue(job: Job, delay?: number): Promise<void>;
  /** The same for one that nobody has begun for long: also where the queue believes that it is over, or has lost half of it. */
  enqueueAgain(job: Job): Promise<void>;
  /**
   * Starts to work; the promise of `run` resolves when the activation is over and never rejects. Called again, the limits
   * are the new ones for all that starts from then on.
   */
  work(run: (job: Job) => Promise<void>, limits: WorkLimits): void;
  /** Stops fetching at once and resolves when what runs is over; what still waits is left to other workers. */
  close(): Promise<void>;
}
