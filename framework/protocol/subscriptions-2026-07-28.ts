import type { TaskRecord } from '../tasks/task-record.js';
import type { Tasks } from '../tasks/tasks.js';
import { NOTHING, resultAnswer } from './answer.js';
import type { Cancellations } from './cancellations.js';
import type { Answer } from './exchange.js';
import type { Incoming } from './incoming.js';
import { META } from './meta.js';
import { isObject } from './parse-message.js';
import { invalidParams } from './refusal.js';
import { detailedTask, requireTasks } from './tasks-2026-07-28.js';

/** The most tasks that one subscription follows. */
const MOST_TASKS = 100;

/**
 * `subscriptions/listen`: a request that is answered when it ends, and until then tells of changes. The lists of a server
 * never change while it runs, so tasks are all that there is to tell of.
 */
export class Subscriptions {
  readonly #open = new Set<() => void>();

  constructor(
    private readonly tasks: Tasks,
    private readonly cancellations: Cancellations,
    private readonly serverMeta: Readonly<Record<string, unknown>>,
  ) {}

  async listen(incoming: Incoming): Promise<Answer> {
    const { id, exchange } = incoming;
    const taskIds = await this.#following(incoming);
    const _meta = { [META.subscriptionId]: id };
    const notifications = taskIds && taskIds.length > 0 ? { taskIds } : {};
    const method = 'notifications/subscriptions/acknowledged';
    exchange.send({ jsonrpc: '2.0', method, params: { _meta, notifications } });

    const stops: (() => void)[] = [];
    const answer = new Promise<Answer>((resolve) => {
      // A stream that is closed under the subscription may still be open to its end: it is said where somebody can hear it.
      const end = (): void =>
        resolve(resultAnswer(id, JSON.stringify({ resultType: 'complete', _meta: { ..._meta, ...this.serverMeta } })));
      stops.push(this.cancellations.track(incoming, () => resolve(NOTHING)));
      stops.push(() => this.#open.delete(end));
      this.#open.add(end);
      exchange.onClose(end);
    });
    const tell = (record: TaskRecord): void => {
      const params = { _meta, ...detailedTask(record, incoming.client.capabilities) };
      exchange.send({ jsonrpc: '2.0', method: 'notifications/tasks', params });
    };
    for (const taskId of taskIds ?? []) stops.push(this.tasks.watch(exchange.principal.owner, taskId, tell));
    try {
      return await answer;
    } finally {
      for (const stop of stops) stop();
    }
  }

  /** The server stops: every subscription ends with a result (`basic/patterns/subscriptions`, graceful closure). */
  close(): void {
    for (const end of this.#open) end();
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
