/** "Run this task now": an activation of a task, never its truth. May be lost or doubled; the store knows. */
export interface Job {
  readonly taskId: string;
  readonly activation: number;
  /** The task's name, so that a queue can keep to its concurrency. */
  readonly tool: string;
}

/** The job that a task is due for. */
export const jobOf = ({ taskId, activation, tool }: Job): Job => ({ taskId, activation, tool });

/** How many activations one process runs at a time. */
export interface WorkLimits {
  readonly concurrency: number;
  /** By the task's name; a task that is not named has no limit of its own. */
  readonly perTool: ReadonlyMap<string, number>;
  /** By the task's name, 1 (first) to 1000 (last): which of the tasks that are new is taken first. Default 100. */
  readonly priorities?: ReadonlyMap<string, number>;
}

/**
 * Dispatches activations to workers: resumed tasks (`activation` > 1) before new ones, new ones by their priority, and
 * what is equal in the order of enqueueing.
 */
export interface TaskQueue {
  /** Makes the job available after `delay` ms. An activation that already waits is not added again. */
  enqueue(job: Job, delay?: number): Promise<void>;
  /** Starts to work; the promise of `run` resolves when the activation is over and never rejects. */
  work(run: (job: Job) => Promise<void>, limits: WorkLimits): void;
  /** Stops fetching at once and resolves when what runs is over; what still waits is left to other workers. */
  close(): Promise<void>;
}
