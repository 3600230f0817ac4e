import type { Json } from '../../spec.js';
import type { TaskRecord } from '../task-record.js';
import type { EndedTask, RemovedTask, Transition } from '../task-store.js';

/** One task with what clients never see of it. Entries are kept as JSON, so that no reader can change what is stored. */
export interface Kept {
  record: TaskRecord;
  readonly journal: Map<string, string>;
  /** Entries of the journal that are large. */
  readonly aside: Map<string, string>;
  /** Ids by the key that each was made under. */
  readonly children: Map<string, string>;
  /** Ids of the tasks below it that have open questions; kept by the task at the top. */
  readonly asking: Set<string>;
  readonly idempotency?: string;
  /** Of its arguments, as JSON. */
  readonly bytes: number;
}

export const keptTask = (record: TaskRecord): Kept => ({
  record,
  journal: new Map(),
  aside: new Map(),
  children: new Map(),
  asking: new Set(),
  bytes: bytesOf(record.args),
});

/** How much arguments are, as JSON. */
export const bytesOf = (args: Json): number => Buffer.byteLength(JSON.stringify(args));

/** What is told of a task that was removed with one above it. */
export function removedTask(record: TaskRecord): RemovedTask {
  const { taskId, tool, parent, root, attempt, epoch, createdAt, traceparent } = record;
  const told = { taskId, tool, parent, root, attempt, epoch, createdAt };
  return traceparent === undefined ? told : { ...told, traceparent };
}

export const withThese = (record: TaskRecord, removed: readonly RemovedTask[]): EndedTask =>
  removed.length > 0 ? { ...record, removed } : record;

export const withRemoved = (ended: Transition<TaskRecord>, removed: readonly RemovedTask[]): Transition<EndedTask> =>
  ended.ok ? { ok: true, value: withThese(ended.value, removed) } : ended;
