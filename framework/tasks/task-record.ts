import type { CallToolResult, InputRequest, Json, Revision, TaskStatus } from '../spec.js';
import type { Allowance } from '../runtime/budget/allowance.js';
import type { AgentUsage, Client } from '../runtime/context.js';
import type { Principal } from '../runtime/principal.js';

/** How a task ended, kept apart from how each revision shows it (an `isError` result is `failed` on one, `completed` on the other). */
export type TaskOutcome =
  | { readonly kind: 'result'; readonly result: CallToolResult; readonly usage?: AgentUsage }
  | {
      readonly kind: 'error';
      readonly error: { readonly code: number; readonly message: string; readonly data?: unknown };
      /** What the agents in it used, for the task that made it. */
      readonly usage?: AgentUsage;
    }
  | { readonly kind: 'cancelled' };

/** A question that the task has put to its client and that is not answered yet. */
export interface OpenQuestion {
  readonly request: InputRequest;
  /** Milliseconds since 1970; past it the question counts as expired. */
  readonly deadline?: number;
}

/** How far a task has come, in the author's own numbers. */
export interface TaskProgress {
  readonly progress: number;
  readonly total?: number;
}

/** The sums of the numbers that the tasks below one have reported. What has ended counts as done, however it ended. */
export interface ProgressBelow {
  readonly progress: number;
  readonly total: number;
  /** How many have reported without a total, so that there is none of all. */
  readonly open: number;
}

/** Where the task's run stands, apart from the `status` that clients see. */
export type TaskRun = 'queued' | 'running' | 'idle' | 'done';

/** A task as its store keeps it. Times are the store's own, in milliseconds since 1970. */
export interface TaskRecord {
  readonly taskId: string;
  /** {@link Principal.owner}; to anybody else the task does not exist. */
  readonly owner: string;
  readonly principal: Principal;
  readonly tool: string;
  /** Null once the task has ended. */
  readonly args: Json;
  /** The revision it was created on; `ctx.revision` of every activation. */
  readonly revision: Revision;
  readonly client: Client;
  readonly status: TaskStatus;
  readonly statusMessage?: string;
  /** The last that the handler reported; kept after the end. */
  readonly progress?: TaskProgress;
  readonly run: TaskRun;
  /** Grows with each activation; writes of an earlier one are refused. */
  readonly epoch: number;
  /** The number of the activation that is due or running: an enqueued job with another number is stale. */
  readonly activation: number;
  /** When that activation was put into the queue; absent for the first, which is with the task's creation. */
  readonly queuedAt?: number;
  readonly attempt: number;
  /** The epoch that parked last. Is it not the one before, then that one left its effects in the middle. */
  readonly parkedIn?: number;
  /** Activations that ended without a word and without journal progress since the last one that did better. */
  readonly crashes: number;
  /** Grows with every change that a client could see. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Milliseconds from creation for which the task is kept. */
  readonly ttl: number;
  /** Milliseconds for which it is kept after its end at the least; at the end `ttl` grows to that. */
  readonly resultTtl?: number;
  readonly pollInterval: number;
  /** When the watchdog must look at it next. */
  readonly due: number;
  readonly open: Readonly<Record<string, OpenQuestion>>;
  /** Answers by question key; kept to the end of the task so that a replay finds them. */
  readonly answers: Readonly<Record<string, Json>>;
  /** The task that made it and the step that did; absent where a client did. */
  readonly parent?: { readonly taskId: string; readonly key: string };
  /** The task at the top of its parents: the one that a client knows. Absent where it is that itself. */
  readonly root?: string;
  /** How many tasks stand above it; absent at the top. */
  readonly depth?: number;
  /** What all below it have reported, added up; kept by the task at the top. */
  readonly below?: ProgressBelow;
  /** What the agents in it may use, of what its parent's have left; absent where nobody counts. */
  readonly allowance?: Allowance;
  /** How many children it has made. */
  readonly children?: number;
  /** The fingerprint of each question that was ever put, by its key: what a key was used for it stays for. Absent where none was. */
  readonly asked?: Readonly<Record<string, string>>;
  /** Keys of questions whose deadline passed before an answer came. */
  readonly expired?: readonly string[];
  /** The key of the last effect or question that was recorded: where the task stood, for reports of crashes. */
  readonly lastStep?: string;
  /** W3C trace context of the request that created it. */
  readonly traceparent?: string;
  readonly outcome?: TaskOutcome;
}
