import type { EffectNote, TraceNote } from '../../runtime/trace/trace-note.js';
import { askedNote, endedNote, MOST_NOTES, type OwnNote, recordedNote, spawnedNote } from '../task-notes.js';
import type { OpenQuestion, TaskRecord } from '../task-record.js';

/** The traces of the tasks in a memory store: one for each family, kept as long as the task at its top. */
export class MemoryTraces {
  readonly #notes = new Map<string, TraceNote[]>();

  of(taskId: string): readonly TraceNote[] {
    return [...(this.#notes.get(taskId) ?? [])];
  }

  recorded(record: TaskRecord, key: string, note: EffectNote | undefined): void {
    if (note) this.#add(record, recordedNote(key, note));
  }

  spawned(parent: TaskRecord, key: string, { taskId, tool, createdAt }: TaskRecord): void {
    this.#add(parent, { ...spawnedNote(key, taskId, tool), at: createdAt });
  }

  /** What a change of a record is to a trace: questions that were put, and the end of a task below another. */
  changed(before: TaskRecord, after: TaskRecord, at: number): void {
    for (const [key, { request }] of Object.entries<OpenQuestion>(after.open))
      if (!Object.hasOwn(before.open, key)) this.#add(after, { ...askedNote(key, request), at });
    if (after.parent && after.run === 'done' && before.run !== 'done')
      this.#add(after, { ...endedNote(after.status !== 'completed'), at });
  }

  remove(taskId: string): void {
    this.#notes.delete(taskId);
  }

  #add({ taskId, root = taskId, epoch }: TaskRecord, note: OwnNote): void {
    const notes = this.#notes.get(root) ?? [];
    this.#notes.set(root, notes);
    if (notes.length < MOST_NOTES) notes.push({ task: taskId, epoch, ...note });
  }
}
