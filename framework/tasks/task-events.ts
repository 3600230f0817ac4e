import { ANONYMOUS } from '../runtime/principal.js';
import type { TaskStatus } from '../spec.js';
import type { TaskRecord } from './task-record.js';
import type { EndedTask } from './task-store.js';

/** What can happen to a task, in the words of the store's transitions. */
export type TaskEventKind =
  'created' | 'begun' | 'appended' | 'asked' | 'answered' | 'parked' | 'yielded' | 'finished' | 'cancelled' | 'rescued';

/** Something that this process did to a task: names, numbers, times and whose task it is, never arguments, answers or results. */
export interface TaskEvent {
  readonly kind: TaskEventKind;
  readonly taskId: string;
  /** The task's name. */
  readonly task: string;
  /** Whose it is, as `principal.owner` has it; absent where nobody is told from another. */
  readonly owner?: string;
  /** Milliseconds since 1970, by the clock of this process. */
  readonly time: number;
  /** Of a child: the task that made it, and the one at the top. */
  readonly parent?: string;
  readonly root?: string;
  /** Of the request that created it. */
  readonly traceparent?: string;
  readonly attempt?: number;
  /** Counts the activations, from 1. */
  readonly epoch?: number;
  /** The key of the effect, for `appended` and `asked`. */
  readonly step?: string;
  /** `appended`: entries in the journal. `answered`: answers taken. `parked`: questions, children and timers waited for. */
  readonly count?: number;
  /** `finished`: how. */
  readonly status?: TaskStatus;
  /** `finished` and `cancelled`: milliseconds from its creation. `yielded`: milliseconds to its next attempt. */
  readonly duration?: number;
}

/** Tells of what a task's end took with it: the tasks below it that had not ended. */
export function tellRemoved(tell: TellEvent, { removed = [], updatedAt, owner }: EndedTask): void {
  for (const task of removed) tell('cancelled', { ...task, owner }, { duration: updatedAt - task.createdAt });
}

/** Tells plugins of an event. Never throws. */
export type TellEvent = (
  kind: TaskEventKind,
  task: Pick<TaskRecord, 'taskId' | 'tool'> & Partial<TaskRecord>,
  more?: Pick<TaskEvent, 'step' | 'count' | 'status' | 'duration'>,
) => void;

/** Makes what tells the listeners; where there are none, nothing is even put together. */
export function eventTeller(
  listeners: readonly ((event: TaskEvent) => void)[],
  report: (error: unknown) => void,
): TellEvent {
  if (listeners.length === 0) return () => undefined;
  return (kind, { taskId, tool, owner, parent, root, traceparent, attempt, epoch }, more) => {
    const event: TaskEvent = Object.freeze({
      ...{ kind, taskId, task: tool, time: Date.now() },
      ...(owner !== undefined && owner !== ANONYMOUS.owner && { owner }),
      ...(parent && { parent: parent.taskId }),
      ...(root !== undefined && { root }),
      ...(traceparent !== undefined && { traceparent }),
      ...(attempt !== undefined && { attempt }),
      ...(epoch !== undefined && { epoch }),
      ...more,
    });
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (error) {
        report(error);
      }
    }
  };
}
