import type { AsideEntry, JournalEntry } from '../../runtime/journal/journal.js';
import type { TraceNote } from '../../runtime/trace/trace-note.js';
import type { Question } from '../../runtime/journal/inbox.js';
import type { Json } from '../../spec.js';
import { storedEntry } from '../aside.js';
import { bytesOf, type Kept, keptTask, withRemoved, withThese } from './kept-task.js';
import { surveyOf } from './survey.js';
import { MemoryTable } from './table.js';
import type { Survey, SurveyQuery } from '../survey.js';
import type { TaskOutcome, TaskProgress, TaskRecord } from '../task-record.js';
import type {
  Answered,
  Asked,
  Begun,
  EndedTask,
  Fence,
  Hint,
  NewTask,
  Page,
  Parked,
  RemovedTask,
  Rescue,
  StoreLimits,
  TaskStore,
  Transition,
  Waits,
} from '../task-store.js';
import * as transitions from '../transitions.js';
import type { Step } from '../transitions.js';

type Move<T> = (record: TaskRecord, kept: Kept) => Step<T>;

const NOT_FOUND = { ok: false, reason: 'not_found' } as const;

/**
 * Tasks in this process' memory: gone when it ends, otherwise with every guarantee of {@link TaskStore}. Each
 * transition runs without a pause, so none can see another half done.
 */
export class MemoryTaskStore implements TaskStore {
  readonly #tasks: MemoryTable;
  readonly #now: () => number;

  /** `now` replaces the clock (milliseconds since 1970). */
  constructor({ now = Date.now }: { readonly now?: () => number } = {}) {
    this.#now = now;
    this.#tasks = new MemoryTable(now);
  }

  async create(task: NewTask, limits: StoreLimits): Promise<Transition<TaskRecord>> {
    const owned = this.#tasks.of(task.owner);
    const idempotency =
      task.idempotencyKey === undefined ? undefined : JSON.stringify([task.tool, task.idempotencyKey]);
    const earlier = this.#tasks.get((idempotency && owned.idempotent.get(idempotency)) ?? '');
    if (earlier) return { ok: true, value: earlier.record };
    if (owned.live >= limits.perOwner) return { ok: false, reason: 'quota' };
    const { live, bytes } = this.#tasks;
    const isTooMuch = live > 0 && bytes + bytesOf(task.args) > limits.totalBytes;
    if (live >= limits.total || isTooMuch) return { ok: false, reason: 'backlog' };

    if (owned.size >= limits.keptPerOwner) this.#tasks.removeOldestEnded(task.owner);
    const record = transitions.created(structuredClone(task), this.#now());
    const journal = new Map(task.journal?.map(([key, entry]) => [key, JSON.stringify(entry)]));
    this.#tasks.add({ ...keptTask(record), journal, idempotency });
    return { ok: true, value: record };
  }

  async spawn(fence: Fence, key: string, task: NewTask, most: number): Promise<Transition<TaskRecord>> {
    const earlier = this.#tasks.get(this.#tasks.get(fence.taskId)?.children.get(key) ?? '');
    if (earlier) {
      const renewed = this.#move(fence.taskId, (record) => transitions.heartbeat(record, fence, {}, this.#now()));
      return renewed.ok ? { ok: true, value: earlier.record } : renewed;
    }
    const spawned = this.#move(fence.taskId, (record) =>
      transitions.spawn(record, fence, key, structuredClone(task), most, this.#now()),
    );
    if (!spawned.ok) return spawned;
    const record = spawned.value;
    const parent = this.#tasks.get(fence.taskId);
    parent?.children.set(key, record.taskId);
    if (parent) this.#tasks.traces.spawned(parent.record, key, record);
    this.#tasks.add(keptTask(record));
    return spawned;
  }

  async asking(owner: string, taskId: string): Promise<readonly TaskRecord[]> {
    const kept = this.#tasks.get(taskId);
    if (kept?.record.owner !== owner) return [];
    return [...kept.asking].flatMap((id) => this.#tasks.get(id)?.record ?? []);
  }

  async begin(taskId: string, activation: number, lease: number): Promise<Transition<Begun>> {
    const now = this.#now();
    const begun = this.#move(taskId, (record) => transitions.begin(record, activation, lease, now));
    const kept = this.#tasks.get(taskId);
    if (!begun.ok || !kept) return begun.ok ? NOT_FOUND : begun;
    const journal = new Map(
      [...kept.journal].map(([key, entry]) => [key, JSON.parse(entry) as JournalEntry | AsideEntry]),
    );
    return { ok: true, value: { record: kept.record, journal, now } };
  }

  async append(...[fence, length, key, entry, note]: Parameters<TaskStore['append']>): Promise<Transition<void>> {
    const stored = storedEntry(entry);
    return this.#move(fence.taskId, (record, { journal, aside }) => {
      const appended = transitions.append(record, fence, length, journal.size, key, this.#now());
      if (!appended.ok) return appended;
      journal.set(key, stored.inJournal);
      this.#tasks.traces.recorded(record, key, note);
      if (stored.aside !== undefined) aside.set(key, stored.aside);
      return appended;
    });
  }

  async recall(fence: Fence, key: string): Promise<Transition<JournalEntry>> {
    const kept = this.#tasks.get(fence.taskId);
    if (!kept) return NOT_FOUND;
    const reason = transitions.guard(kept.record, fence);
    if (reason) return { ok: false, reason };
    const entry = kept.aside.get(key);
    if (entry === undefined) return { ok: false, reason: 'gap' };
    return { ok: true, value: JSON.parse(entry) as JournalEntry };
  }

  async heartbeat(fence: Fence, statusMessage?: string, progress?: TaskProgress): Promise<Transition<void>> {
    const shown = { ...(statusMessage !== undefined && { statusMessage }), ...(progress && { progress }) };
    return this.#move(fence.taskId, (record) => transitions.heartbeat(record, fence, shown, this.#now()));
  }

  async ask(fence: Fence, key: string, question: Question): Promise<Transition<Asked>> {
    const own = structuredClone(question);
    return this.#move(fence.taskId, (record) => transitions.ask(record, fence, key, own, this.#now()));
  }

  async answer(owner: string, taskId: string, answers: Readonly<Record<string, Json>>): Promise<Transition<Answered>> {
    const told = this.#moveOwn(owner, taskId, (record) =>
      transitions.answer(record, structuredClone(answers), this.#now()),
    );
    const kept = this.#tasks.get(taskId);
    return told.ok && kept ? { ok: true, value: { ...told.value, record: kept.record } } : told.ok ? NOT_FOUND : told;
  }

  async park(fence: Fence, waits: Waits): Promise<Transition<Parked>> {
    const hasEnded = (child: string): boolean => (this.#tasks.get(child)?.record.run ?? 'done') === 'done';
    return this.#move(fence.taskId, (record) => transitions.park(record, fence, waits, hasEnded, this.#now()));
  }

  async yield(...[fence, retry]: Parameters<TaskStore['yield']>): Promise<Transition<number>> {
    return this.#move(fence.taskId, (record) => transitions.handOver(record, fence, retry, this.#now()));
  }

  async finish(fence: Fence, outcome: TaskOutcome): Promise<Transition<EndedTask>> {
    const removed: RemovedTask[] = [];
    const end = (record: TaskRecord): Step<TaskRecord> =>
      transitions.finish(record, fence, structuredClone(outcome), this.#now());
    return withRemoved(this.#move(fence.taskId, end, removed), removed);
  }

  async cancel(owner: string, taskId: string): Promise<Transition<EndedTask>> {
    const removed: RemovedTask[] = [];
    const end = (record: TaskRecord): Step<TaskRecord> => transitions.cancel(record, this.#now());
    return withRemoved(this.#moveOwn(owner, taskId, end, removed), removed);
  }

  async get(owner: string, taskId: string): Promise<TaskRecord | undefined> {
    const record = this.#tasks.get(taskId)?.record;
    return record?.owner === owner ? record : undefined;
  }

  async trace(owner: string, taskId: string): Promise<readonly TraceNote[]> {
    return this.#tasks.get(taskId)?.record.owner === owner ? this.#tasks.traces.of(taskId) : [];
  }

  async list(owner: string, limit: number, after = Infinity): Promise<Page> {
    const { ids, next } = this.#tasks.of(owner).page(limit, after);
    const tasks = ids.map((id) => (this.#tasks.get(id) as Kept).record);
    return next === undefined ? { tasks } : { tasks, next };
  }

  async survey(query: SurveyQuery): Promise<Survey> {
    return surveyOf(this.#tasks.all(), query, this.#now());
  }

  async due(limit: number): Promise<readonly string[]> {
    return this.#tasks.due.past(this.#now(), limit);
  }

  async rescue(taskId: string, maxCrashes: number): Promise<Rescue> {
    const kept = this.#tasks.get(taskId);
    if (!kept) return { kind: 'none' };
    const parent = this.#tasks.get(kept.record.parent?.taskId ?? '')?.record;
    const found = transitions.look(kept.record, parent, maxCrashes, this.#now());
    const removed: RemovedTask[] = [];
    if (found.kind === 'remove') this.#tasks.remove(kept);
    else if (found.kind !== 'none') this.#tasks.put(kept, found.record, removed);
    if (found.kind === 'ended') return { kind: 'ended', record: withThese(found.record, removed) };
    if (found.kind !== 'enqueue') return { kind: 'none' };
    return { kind: 'enqueue', activation: found.record.activation, tool: found.record.tool };
  }

  subscribe(listener: (hint: Hint) => void): () => void {
    return this.#tasks.hints.subscribe(listener);
  }

  async close(): Promise<void> {
    this.#tasks.hints.close();
  }

  #moveOwn<T>(owner: string, taskId: string, transition: Move<T>, removed?: RemovedTask[]): Transition<T> {
    return this.#tasks.get(taskId)?.record.owner === owner ? this.#move(taskId, transition, removed) : NOT_FOUND;
  }

  #move<T>(taskId: string, transition: Move<T>, removed?: RemovedTask[]): Transition<T> {
    const kept = this.#tasks.get(taskId);
    if (!kept) return NOT_FOUND;
    const moved = transition(kept.record, kept);
    if (!moved.ok) return moved;
    this.#tasks.put(kept, moved.value.record, removed);
    return { ok: true, value: moved.value.told };
  }
}
