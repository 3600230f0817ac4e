import type { ProtocolError } from '../../errors.js';
import { oneSentence } from '../../runtime/results/one-sentence.js';
import type { Trace } from '../../runtime/trace/trace.js';
import type { Json } from '../../spec.js';
import type { TaskRecord } from '../../tasks/task-record.js';
import type { Transition } from '../../tasks/task-store.js';
import type { Tasks } from '../../tasks/tasks.js';
import type { ProtocolHost } from '../protocol.js';
import { invalidParams } from '../messages/refusal.js';
import { type Caller, hasScopes, requireScopes } from './scopes.js';

/** How often a page is filled up from the next one where a caller may not see all of its tasks. */
const MOST_READS = 10;

/** Tasks of one caller, newest first. */
type TaskPage = Awaited<ReturnType<Tasks['list']>>;

/**
 * The one way from a request to a task, on both revisions. A task is its owner's, and there for those of the owner's tokens alone
 * that may call the tool behind it: what a caller may not call, it may not see, steer or listen to. Who asks for one such
 * task is told which scopes it takes; in lists and subscriptions it is left out.
 */
export class TaskAccess {
  constructor(private readonly host: Pick<ProtocolHost, 'tasks' | 'whole'>) {}

  /** @throws ProtocolError where the owner has no such task, and for scopes (over HTTP 403 with a challenge) */
  async find(taskId: string, caller: Caller): Promise<TaskRecord> {
    const record = await this.host.tasks.get(caller.principal.owner, taskId);
    if (!record) throw taskNotFound();
    requireScopes(this.#needed(record), caller);
    return record;
  }

  /** Whether the caller, whose task it is, may see it. Asked again before each notification: what a tool asks for may change. */
  isOpenTo(record: TaskRecord, caller: Caller): boolean {
    return hasScopes(this.#needed(record), caller);
  }

  /** Those of these ids that name tasks which the caller may see, in the same order. */
  async visible(taskIds: readonly string[], caller: Caller): Promise<readonly string[]> {
    const { owner } = caller.principal;
    const found = await Promise.all(taskIds.map((taskId) => this.host.tasks.get(owner, taskId)));
    return taskIds.filter((_, index) => {
      const record = found[index];
      return record !== undefined && this.isOpenTo(record, caller);
    });
  }

  async list(caller: Caller, limit: number, after?: string): Promise<TaskPage> {
    const { owner } = caller.principal;
    const tasks: TaskRecord[] = [];
    let next = after;
    for (let reads = 0; reads < MOST_READS; reads++) {
      const page = await this.host.tasks.list(owner, limit - tasks.length, next);
      tasks.push(...page.tasks.filter((record) => this.isOpenTo(record, caller)));
      ({ next } = page);
      if (next === undefined || tasks.length >= limit) break;
    }
    return next === undefined ? { tasks } : { tasks, next };
  }

  /** Ends the task. @throws ProtocolError as {@link find} does */
  async cancel(taskId: string, caller: Caller): Promise<Transition<TaskRecord>> {
    await this.find(taskId, caller);
    return this.#known(await this.host.tasks.cancel(caller.principal.owner, taskId));
  }

  /** Hands answers to the task. @throws ProtocolError as {@link find} does, and -32602 for one that does not fit: its question stays open */
  async answer(
    taskId: string,
    answers: Readonly<Record<string, Json>>,
    caller: Caller,
  ): Promise<Transition<TaskRecord>> {
    await this.find(taskId, caller);
    try {
      return this.#known(await this.host.tasks.answer(caller.principal.owner, taskId, answers));
    } catch (error) {
      const { code, message } = error as { readonly code?: unknown; readonly message: string };
      if (code === 'TASK_ANSWER_INVALID') throw invalidParams(oneSentence(message));
      throw error;
    }
  }

  /** What the task has done; undefined where the caller may not see it. */
  async trace(taskId: string, caller: Caller): Promise<Trace | undefined> {
    const { owner } = caller.principal;
    const [visible] = await this.visible([taskId], caller);
    return visible === undefined ? undefined : this.host.tasks.trace(owner, taskId);
  }

  /** What calling the tool takes. Where the tool is gone nobody knows, so it takes what the task was started with. */
  #needed({ tool, principal }: TaskRecord): { readonly scopes?: readonly string[] } {
    return this.host.whole.tools.get(tool) ?? principal;
  }

  /** A task may be removed after it was found. */
  #known(transition: Transition<TaskRecord>): Transition<TaskRecord> {
    if (!transition.ok && transition.reason === 'not_found') throw taskNotFound();
    return transition;
  }
}

/** The same for a task that never was, that has expired, and that is another caller's. */
export const taskNotFound = (): ProtocolError => invalidParams('Task not found');
