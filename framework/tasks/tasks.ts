import type { ToolEntry } from '../catalog/catalog.js';
import type { Client } from '../runtime/context.js';
import type { JournalEntry } from '../runtime/journal/journal.js';
import type { Principal } from '../runtime/principal.js';
import type { Trace } from '../runtime/trace/trace.js';
import type { Json, Revision } from '../spec.js';
import type { TaskRecord } from './task-record.js';
import type { Transition } from './task-store.js';

/** Seconds after which a task that was refused for `quota` or `backlog` may be asked for again: nobody knows when one ends. */
export const TOO_MANY_RETRY = 5;

/** What is known of the client of a task that nobody asked for: no questions reach it. */
export const NO_CLIENT = { client: { capabilities: {} }, revision: '2026-07-28' } as const;

/** Who wants a task and what for. `args` has been validated; it is the JSON that came on the wire. */
export interface TaskRequest {
  readonly entry: ToolEntry;
  readonly args: Json;
  readonly principal: Principal;
  readonly client: Client;
  readonly revision: Revision;
  /** Milliseconds; the client's wish, capped by the task's own `ttl`. */
  readonly ttl?: number;
  /** Default: what the task's own `idempotencyKey` makes of the input. */
  readonly idempotencyKey?: string;
  /** W3C trace context of the request. */
  readonly traceparent?: string;
  /** The call that goes on as this task. The same call makes one task, however often its last round is repeated. */
  readonly begun?: BegunCall;
}

/** What a call did before it became a task. */
export interface BegunCall {
  /** Made by `newTaskId`; the task's from now on. */
  readonly callId: string;
  readonly journal: readonly (readonly [string, JournalEntry])[];
}

/** Tasks as the protocol sees them: both wire dialects are written against this and nothing below it. */
export interface Tasks {
  /**
   * Resolves once the task can be found; refuses with `quota` or `backlog`.
   *
   * @throws PerduraError `NOT_A_TASK` where the entry is a plain tool
   */
  create(request: TaskRequest): Promise<Transition<TaskRecord>>;
  get(owner: string, taskId: string): Promise<TaskRecord | undefined>;
  /** What a task and all below it have done; undefined where the owner has no such task. */
  trace(owner: string, taskId: string): Promise<Trace | undefined>;
  list(
    owner: string,
    limit: number,
    after?: string,
  ): Promise<{ readonly tasks: readonly TaskRecord[]; readonly next?: string }>;
  /**
   * Answers open questions; other keys are ignored. A client that cannot answer says so with `{ error: { code, message } }`
   * where the answer would be.
   *
   * @throws PerduraError `TASK_ANSWER_INVALID` where one does not fit its question: none is taken then, all stay open
   */
  answer(owner: string, taskId: string, answers: Readonly<Record<string, Json>>): Promise<Transition<TaskRecord>>;
  cancel(owner: string, taskId: string): Promise<Transition<TaskRecord>>;
  /**
   * Calls back with the record now and after each change that a client could see; stops after the end or when told to.
   * `gone` is called where the task is no longer there, so that nobody waits for its end.
   */
  watch(owner: string, taskId: string, listener: (record: TaskRecord) => void, gone?: () => void): () => void;
  /**
   * Hands over what runs in this process, at its next journal boundary or after a limit, and lets go of queue and store. Where the
   * store is away, what could not be handed over goes on elsewhere when its lease is over.
   */
  close(): Promise<void>;
}
