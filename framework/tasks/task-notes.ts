import { buildTrace } from '../runtime/trace/build-trace.js';
import type { EffectNote, TraceNote } from '../runtime/trace/trace-note.js';
import type { Trace } from '../runtime/trace/trace.js';
import type { InputRequest } from '../spec.js';
import type { TaskRecord } from './task-record.js';

/** The most lines of a family's trace; what comes after is done and not told. */
export const MOST_NOTES = 5_000;

export type OwnNote = Omit<TraceNote, 'task' | 'epoch'>;

export const recordedNote = (key: string, note: EffectNote): OwnNote => ({ ...note, key });

/** A question that the client is asked. */
export const askedNote = (key: string, { method }: InputRequest): Omit<OwnNote, 'at'> => ({
  key,
  kind: method === 'sampling/createMessage' ? 'turn' : 'wait',
});

/** A child that a step has made. */
export const spawnedNote = (key: string, child: string, name: string): Omit<OwnNote, 'at'> => ({
  key,
  kind: 'task',
  child,
  name,
});

/** The end of a task below another. */
export const endedNote = (isFailure: boolean): Omit<OwnNote, 'at'> => ({
  key: '',
  kind: 'task',
  ...(isFailure && { failed: true }),
});

/** The trace of a task and of all below it. */
export function traceOf(record: TaskRecord, notes: readonly TraceNote[]): Trace {
  const { taskId, tool: name, status, epoch: activations, createdAt: start, run, updatedAt } = record;
  const traced = { taskId, name, status, activations, start, ...(run === 'done' && { duration: updatedAt - start }) };
  const hasFailed =
    status === 'failed' || (record.outcome?.kind === 'result' && record.outcome.result.isError === true);
  return buildTrace({ ...traced, ...(hasFailed && { failed: true as const }) }, notes);
}
