import type { Json } from '../spec.js';
import type { Question } from '../runtime/journal/inbox.js';
import type { AsideEntry, JournalEntry } from '../runtime/journal/journal.js';
import type { EffectNote, TraceNote } from '../runtime/trace/trace-note.js';
import type { Survey, SurveyQuery } from './survey.js';
import type { TaskOutcome, TaskProgress, TaskRecord } from './task-record.js';

/**
 * Why a transition was refused. Transitions answer with a reason; they throw only when the store is out of reach, or when a value
 * is larger than it takes ({@link isTooLarge}).
 */
export type Refusal =
  /** No such task for this owner; another owner's task is not found either. */
  | 'not_found'
  /** The task has ended; ends are final. */
  | 'terminal'
  /** The activation is over or a later one has taken over. */
  | 'fenced'
  /** The journal is not as long as the writer believes: the store was rolled back, or another writer was faster. */
  | 'gap'
  /** The activation is not the one that is due. */
  | 'stale'
  /** The owner has too many live tasks, or the task too many children. */
  | 'quota'
  /** The store holds too many live tasks, or too much of their arguments. */
  | 'backlog';

/** Whether a store has refused a value for its size: the same call would be refused again, and the message says so. */
export const isTooLarge = (error: unknown): error is Error =>
  (error as { readonly code?: unknown } | undefined)?.code === 'STORE_VALUE_TOO_LARGE';

export type Transition<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: Refusal };

/** What a task is created from; the store adds its own times and numbers. */
export type NewTask = Pick<
  TaskRecord,
  | 'taskId'
  | 'owner'
  | 'principal'
  | 'tool'
  | 'args'
  | 'revision'
  | 'client'
  | 'ttl'
  | 'resultTtl'
  | 'pollInterval'
  | 'statusMessage'
  | 'traceparent'
  | 'allowance'
> & {
  readonly idempotencyKey?: string;
  /** What its journal begins with. */
  readonly journal?: readonly (readonly [string, JournalEntry])[];
};

/** How many tasks a store takes. */
export interface StoreLimits {
  /** Tasks of one owner that have not ended. Default 100. */
  readonly perOwner: number;
  /** Tasks of one owner that are kept, ended ones included: past it the oldest ended one makes room. Default 1000. */
  readonly keptPerOwner: number;
  /** Tasks of all owners that have not ended. Default 10,000. */
  readonly total: number;
  /** Bytes of JSON that the arguments of these may have together; one task alone may have more. Default 256 MiB. */
  readonly totalBytes: number;
}

/** Identifies the activation that writes. */
export interface Fence {
  readonly taskId: string;
  readonly epoch: number;
  /** Milliseconds for which each write keeps the activation alive; silent for longer, it counts as crashed. */
  readonly lease: number;
}

/** What an activation starts from. */
export interface Begun {
  readonly record: TaskRecord;
  /** Of entries that are kept aside, a note alone: {@link TaskStore.recall} has the rest. */
  readonly journal: ReadonlyMap<string, JournalEntry | AsideEntry>;
  /** The store's time, against which deadlines and timers are read wherever the process' clock stands. */
  readonly now: number;
}

/** Where a question stands. */
export type Asked =
  { readonly kind: 'open' } | { readonly kind: 'answered'; readonly answer: Json } | { readonly kind: 'expired' };

/** What an answer did. */
export interface Answered {
  /** The keys whose answers were taken. */
  readonly taken: readonly string[];
  readonly record: TaskRecord;
  /** The activation to enqueue, where the task was idle. */
  readonly enqueue?: number;
}

/** What a parked task waits for. */
export interface Waits {
  /** The keys of the questions that it has no answer to yet; other open ones are withdrawn. */
  readonly questions: readonly string[];
  /** When its earliest timer is over. */
  readonly wake?: number;
  /** Ids of the children whose ends it has not been told of. */
  readonly children?: readonly string[];
}

/** Whether an activation is over; where it is not, it runs its handler again, over the record as it is `now`. */
export type Parked =
  { readonly kind: 'parked' } | { readonly kind: 'replay'; readonly record: TaskRecord; readonly now: number };

/** A task that was stopped and removed because one above it ended. */
export type RemovedTask = Pick<TaskRecord, 'taskId' | 'tool' | 'parent' | 'root' | 'attempt' | 'epoch' | 'createdAt'> &
  Partial<Pick<TaskRecord, 'traceparent'>>;

/** A task at its end, as the transition that ended it tells. */
export interface EndedTask extends TaskRecord {
  /** What stood below it and had not ended, deepest first; absent where there was nothing. */
  readonly removed?: readonly RemovedTask[];
}

/** What the watchdog finds to do for a task whose due time has passed. */
export type Rescue =
  | { readonly kind: 'enqueue'; readonly activation: number; readonly tool: string }
  /** It was past its ttl, or crashed too often. */
  | { readonly kind: 'ended'; readonly record: EndedTask }
  | { readonly kind: 'none' };

/** Some tasks of an owner, newest first. */
export interface Page {
  readonly tasks: readonly TaskRecord[];
  /** The position that the next page continues after; absent on the last page. */
  readonly next?: number;
}

/** That a task has changed; read the record to know how. */
export interface Hint {
  readonly taskId: string;
  readonly version: number;
}

/**
 * The source of truth for tasks. Every method is one atomic transition: it checks the end, the fence and the
 * journal's length, writes status and outcome together, and uses the store's own clock.
 */
export interface TaskStore {
  /**
   * Durable before it resolves. An idempotency key that this owner used for this tool before returns the
   * earlier task, even where a limit is reached.
   */
  create(task: NewTask, limits: StoreLimits): Promise<Transition<TaskRecord>>;
  /**
   * Makes a child of the running task under `key`, or returns the one that was made under it before. A child
   *
   * - stands in no list and counts for no owner's limit (in `total` and `totalBytes` it counts, but is not refused for it); `quota` says
   *   that its parent has made `most` already, or stands 16 deep;
   * - lives within its parent: its ttl is cut to what its parent's leaves, and the transition that ends its parent removes
   *   it and all below it, whatever they are doing; one whose parent is missing is removed when it is due;
   * - is kept, once it has ended, for as long as its parent lives;
   * - wakes its parent by its end: the same transition queues a parent that is idle, due at once;
   * - raises the `version` of its root with every change of its open questions, because whoever watches the root is asked them,
   *   and of its progress: its message becomes the root's, and its numbers are added up in the root's `below`.
   */
  spawn(fence: Fence, key: string, task: NewTask, most: number): Promise<Transition<TaskRecord>>;
  /** The records of all tasks below this one, which is at the top, that have open questions, in the order in which they came to ask. */
  asking(owner: string, taskId: string): Promise<readonly TaskRecord[]>;
  /** Starts the activation that is due: epoch + 1, running. `stale` for any other, so at most one runs. */
  begin(taskId: string, activation: number, lease: number): Promise<Transition<Begun>>;
  /**
   * Appends a journal entry as number `length` (0-based) and forgives earlier crashes. A large one (see `ASIDE`) is kept aside
   * by the same transition, and lives as long as the journal. The note becomes a line of the trace.
   */
  append(fence: Fence, length: number, key: string, entry: JournalEntry, note?: EffectNote): Promise<Transition<void>>;
  /** The entry that is kept aside under the key; `gap` where there is none. */
  recall(fence: Fence, key: string): Promise<Transition<JournalEntry>>;
  /**
   * Keeps the activation alive and may change what clients see of the progress: its message, its numbers, or both.
   * The version grows only where one of them is another than before.
   */
  heartbeat(fence: Fence, statusMessage?: string, progress?: TaskProgress): Promise<Transition<void>>;
  /**
   * Puts a question to the client (`input_required`), or tells where it stands if the key was asked before: the
   * first request, fingerprint and deadline under a key stay. One that was withdrawn is put again.
   */
  ask(fence: Fence, key: string, question: Question): Promise<Transition<Asked>>;
  /** Takes the client's answers: the first one to a key wins; unknown, answered and expired keys are ignored. */
  answer(owner: string, taskId: string, answers: Readonly<Record<string, Json>>): Promise<Transition<Answered>>;
  /**
   * Notes the epoch (`parkedIn`) and gives the worker back until an answer or `wake`. Refuses (`replay`) when something that it
   * waits for has come already: an answer, a time, the end of a child or its absence. Withdraws the open questions that it
   * does not wait for: the code that put them is not the code that runs now, or went another way.
   */
  park(fence: Fence, waits: Waits): Promise<Transition<Parked>>;
  /** Hands the run over at once (a deploy), or after `delay` ms as the next attempt. Tells which activation to enqueue. */
  yield(fence: Fence, retry?: { readonly delay: number; readonly statusMessage?: string }): Promise<Transition<number>>;
  /** Ends the task. Status and outcome are written together; the journal is dropped; `ttl` grows to cover `resultTtl`. */
  finish(fence: Fence, outcome: TaskOutcome): Promise<Transition<EndedTask>>;
  /** Ends the task by its owner's wish, whoever is running it. */
  cancel(owner: string, taskId: string): Promise<Transition<EndedTask>>;
  get(owner: string, taskId: string): Promise<TaskRecord | undefined>;
  /**
   * The lines of the trace of a task that is no child: what it and all below it have recorded, asked and made, and how those below
   * ended. Each is written by the transition that it tells of; they are kept as long as the record. Past 5,000 none is added.
   */
  trace(owner: string, taskId: string): Promise<readonly TraceNote[]>;
  /**
   * The owner's tasks, newest first. What is created meanwhile changes no later page. One may hold fewer than `limit`, at least one,
   * where they are large.
   */
  list(owner: string, limit: number, after?: number): Promise<Page>;
  /** For operators: tasks of all owners, newest first. One that an older version made may be missing until its status changes. */
  survey(query: SurveyQuery): Promise<Survey>;
  /** Ids of tasks whose due time has passed, oldest first. */
  due(limit: number): Promise<readonly string[]>;
  /**
   * Repairs a due task: re-enqueues what was lost, takes over from the dead, fires timers and deadlines, ends what
   * is past its ttl or crashed more than `maxCrashes` times without a journal entry, removes what ended long ago.
   */
  rescue(taskId: string, maxCrashes: number): Promise<Rescue>;
  /**
   * Tells of changes that a client could see, made in any process. A hint may be late, doubled or lost; where many
   * may have been, `missed` is called.
   */
  subscribe(listener: (hint: Hint) => void, missed?: () => void): () => void;
  close(): Promise<void>;
}
