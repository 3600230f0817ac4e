import type { NewTask } from '../tasks/task-store.js';
import type { JournalEntry } from '../runtime/journal/journal.js';

/** An effect that a task recorded. */
export interface Recorded {
  readonly taskId: string;
  readonly key: string;
  readonly entry: JournalEntry;
}

/** A child that a task made, under the key of the step that did. */
export interface Made {
  readonly parent: string;
  readonly key: string;
  readonly taskId: string;
  readonly name: string;
}

/** What the tasks of a test have recorded and made, kept beyond their ends, and which turns were asked of models. */
export class TaskLog {
  readonly recorded: Recorded[] = [];
  readonly made: Made[] = [];
  readonly tasks: string[] = [];
  readonly asked: { readonly taskId: string; readonly key: string; readonly again: boolean }[] = [];
  readonly #answered = new Set<string>();

  /** One that is found by its idempotency key is not another one. */
  create(taskId: string, journal: NewTask['journal'] = []): void {
    if (this.tasks.includes(taskId)) return;
    this.tasks.push(taskId);
    for (const [key, entry] of journal) this.record({ taskId, key, entry });
  }

  record(recorded: Recorded): void {
    const { taskId, key, entry } = recorded;
    this.recorded.push(recorded);
    // A turn that failed may be asked again by the next attempt.
    if (!('failure' in entry.outcome)) this.#answered.add(`${taskId} ${key}`);
  }

  /** A child that is found again is not another one. */
  make(made: Made): void {
    if (!this.made.some(({ taskId }) => taskId === made.taskId)) this.made.push(made);
  }

  ask(taskId: string, key: string): void {
    this.asked.push({ taskId, key, again: this.#answered.has(`${taskId} ${key}`) });
  }

  /** The ids of a task and of all below it. */
  familyOf(taskId: string): readonly string[] {
    const below = this.made.filter(({ parent }) => parent === taskId);
    return [taskId, ...below.flatMap((made) => this.familyOf(made.taskId))];
  }
}
