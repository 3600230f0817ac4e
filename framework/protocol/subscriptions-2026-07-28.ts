import { ProtocolError } from '../errors.js';
import { ANONYMOUS } from '../runtime/principal.js';
import type { TaskRecord } from '../tasks/task-record.js';
import type { Tasks } from '../tasks/tasks.js';
import { NOTHING, resultAnswer } from './answer.js';
import type { Cancellations } from './cancellations.js';
import type { Answer } from './exchange.js';
import type { Incoming } from './incoming.js';
import { CODE } from './json-rpc.js';
import { META } from './meta.js';
import { isObject } from './parse-message.js';
import { invalidParams } from './refusal.js';
import { detailedTask, requireTasks } from './tasks-2026-07-28.js';

/** The most tasks that one subscription follows. */
const MOST_TASKS = 100;

/** The most subscriptions that one authenticated owner has open, and all callers together: each holds a connection. */
const MOST_OF_OWNER = 32;
const MOST = 10_000;

/**
 * `subscriptions/listen`: a request that is answered when it ends, and until then tells of changes. The lists of a server
 * never change while it runs, so tasks are all that there is to tell of.
 */
export class Subscriptions {
  /** What ends each subscription, and whose it is. */
  readonly #open = new Map<() => void, string>();

  constructor(
    private readonly tasks: Tasks,
    private readonly cancellations: Cancellations,
    private readonly serverMeta: Readonly<Record<string, unknown>>,
  ) {}

  async listen(incoming: Incoming): Promise<Answer> {
    const { id, exchange } = incoming;
    const { owner } = exchange.principal;
    this.#checkRoom(owner);
    const _meta = { [META.subscriptionId]: id };
    const stops: (() => void)[] = [];
    let cancelled = false;
    // Before anything is waited for: a cancellation may come with the same bytes as the request.
    const answer = new Promise<Answer>((resolve) => {
      // A stream that is closed under the subscription may still be open to its end: it is said where somebody can hear it.
      const end = (): void =>
        resolve(resultAnswer(id, JSON.stringify({ resultType: 'complete', _meta: { ..._meta, ...this.serverMeta } })));
      const cancel = (): void => {
        cancelled = true;
        resolve(NOTHING);
      };
      stops.push(this.cancellations.track(incoming, cancel));
      stops.push(() => this.#open.delete(end));
      this.#open.set(end, owner);
      exchange.onClose(end);
    });
    const told = new Map<string, string>();
    const tell = (record: TaskRecord): void => {
      const task = detailedTask(record, incoming.client.capabilities);
      // Some of what changes in a task is not to be seen in what this notification carries.
      const seen = JSON.stringify({ ...task, lastUpdatedAt: undefined });
      if (told.get(record.taskId) === seen) return;
      told.set(record.taskId, seen);
      exchange.send({ jsonrpc: '2.0', method: 'notifications/tasks', params: { _meta, ...task } });
    };
    try {
      const taskIds = await this.#following(incoming);
      if (cancelled) return NOTHING;
      const notifications = taskIds && taskIds.length > 0 ? { taskIds } : {};
      const method = 'notifications/subscriptions/acknowledged';
      exchange.send({ jsonrpc: '2.0', method, params: { _meta, notifications } });
      for (const taskId of taskIds ?? []) stops.push(this.tasks.watch(owner, taskId, tell));
      return await answer;
    } finally {
      for (const stop of stops) stop();
    }
  }

  /** The server stops: every subscription ends with a result (`basic/patterns/subscriptions`, graceful closure). */
  close(): void {
    for (const end of this.#open.keys()) end();
  }

  #checkRoom(owner: string): void {
    // All callers of a server without authorization look the same: a cap for each would be one cap for all of them.
    const isFull =
      owner !== ANONYMOUS.owner && [...this.#open.values()].filter((one) => one === owner).length >= MOST_OF_OWNER;
    if (!isFull && this.#open.size < MOST) return;
    const whose = isFull ? 'You have' : 'The server has';
    throw new ProtocolError(
      CODE.internalError,
      `${whose} too many open subscriptions. Close one, or follow more in one.`,
    );
  }

  /** The tasks that are to be followed: those of the caller. Others' are left out, as ones that never were. */
  async #following(incoming: Incoming): Promise<readonly string[] | undefined> {
    const { notifications } = incoming.params;
    if (!isObject(notifications)) throw invalidParams('"notifications" must be an object.');
    const { taskIds } = notifications;
    if (taskIds === undefined) return undefined;
    if (!Array.isArray(taskIds) || !taskIds.every((taskId): taskId is string => typeof taskId === 'string')) {
      throw invalidParams('"taskIds" must be an array of strings.');
    }
    requireTasks(incoming);
    const wanted = [...new Set(taskIds)].slice(0, MOST_TASKS);
    const { owner } = incoming.exchange.principal;
    const found = await Promise.all(wanted.map((taskId) => this.tasks.get(owner, taskId)));
    return wanted.filter((_, index) => found[index] !== undefined);
  }
}
