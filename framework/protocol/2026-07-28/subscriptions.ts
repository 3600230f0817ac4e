import type { CatalogChange } from '../../catalog/catalog-state.js';
import { ProtocolError } from '../../errors.js';
import { ANONYMOUS } from '../../runtime/principal.js';
import type { TaskRecord } from '../../tasks/task-record.js';
import { NOTHING, resultAnswer } from '../messages/answer.js';
import type { Cancellations } from '../messages/cancellations.js';
import { offerOf } from '../features/capabilities.js';
import { REVISION_2026 } from './envelope.js';
import type { Answer } from '../messages/exchange.js';
import { FollowedResources } from '../features/followed-resources.js';
import type { Incoming } from '../messages/incoming.js';
import { CODE } from '../messages/json-rpc.js';
import { LIST_KINDS, listenFilter, type ListFilter } from './listen-filter.js';
import { META } from '../messages/meta.js';
import type { ProtocolHost } from '../protocol.js';
import { TaskAccess } from '../features/task-access.js';
import { detailedTask, requireTasks } from './tasks.js';

/** The most tasks that one subscription follows. */
const MOST_TASKS = 100;

/** The most subscriptions that all callers together have open: each holds a connection. */
const MOST = 10_000;

/** What ends a subscription, what tells it of a change, and whose it is. */
interface Open {
  readonly owner: string;
  end(): void;
  tell(change: CatalogChange): void;
}

/** `subscriptions/listen`: a request that is answered when it ends, and until then tells of changes. */
export class Subscriptions {
  readonly #open = new Set<Open>();
  readonly #access: TaskAccess;

  /** `perOwner` is the most that one authenticated owner has open. */
  constructor(
    private readonly host: ProtocolHost,
    private readonly cancellations: Cancellations,
    private readonly serverMeta: Readonly<Record<string, unknown>>,
  ) {
    this.#access = new TaskAccess(host);
    host.onChange((change) => {
      for (const open of this.#open) open.tell(change);
    });
  }

  async listen(incoming: Incoming): Promise<Answer> {
    const { id, exchange } = incoming;
    const { owner } = exchange.principal;
    const filter = listenFilter(incoming.params);
    if (filter.taskIds !== undefined) requireTasks(incoming);
    this.#checkRoom(owner);
    const _meta = { [META.subscriptionId]: id };
    const send = (method: string, params: object): void =>
      exchange.send({ jsonrpc: '2.0', method, params: { _meta, ...params } });
    const resources = this.#resources(incoming, send);
    const stops: (() => void)[] = [];
    const lists = this.#offered(filter.lists);
    let cancelled = false;
    let isAcknowledged = false;
    // Before anything is waited for: a cancellation may come with the same bytes as the request.
    const answer = new Promise<Answer>((resolve) => {
      const open: Open = {
        owner,
        // A stream that is closed under the subscription may still be open to its end: it is said where somebody can hear it.
        end: () => resolve(this.#end(incoming)),
        tell: (change) => {
          // Nothing may come before the acknowledgment: who reads after it has seen what it does not hear of.
          if (!isAcknowledged) return;
          if (change.kind === 'resource') resources.update(change.uri, change.owner);
          else if (lists.some((field) => LIST_KINDS[field] === change.kind))
            send(`notifications/${change.kind}/list_changed`, {});
        },
      };
      const cancel = (): void => {
        cancelled = true;
        resolve(NOTHING);
      };
      stops.push(this.cancellations.track(incoming, cancel));
      stops.push(() => this.#open.delete(open));
      this.#open.add(open);
      exchange.onClose(open.end);
    });
    try {
      const [followed, taskIds] = await Promise.all([
        resources.follow(filter.resources),
        this.#access.visible([...new Set(filter.taskIds)].slice(0, MOST_TASKS), exchange),
      ]);
      if (cancelled) return NOTHING;
      send('notifications/subscriptions/acknowledged', {
        notifications: {
          ...Object.fromEntries(lists.map((field) => [field, true])),
          ...(followed.length > 0 && { resourceSubscriptions: followed }),
          ...(taskIds.length > 0 && { taskIds }),
        },
      });
      isAcknowledged = true;
      const tell = taskTeller(incoming, send);
      const told = (record: TaskRecord): void => {
        if (this.#access.isOpenTo(record, exchange)) tell(record);
      };
      for (const taskId of taskIds) stops.push(this.host.tasks.watch(owner, taskId, told));
      return await answer;
    } finally {
      for (const stop of stops) stop();
    }
  }

  /** The server stops: every subscription ends with a result (`basic/patterns/subscriptions`, graceful closure). */
  close(): void {
    for (const { end } of this.#open) end();
  }

  /** The result tells of the end. On a shared channel nothing closes with it, so a cancellation closes the stream (`basic/patterns/cancellation`). */
  #end({ id, exchange }: Incoming): Answer {
    const _meta = { [META.subscriptionId]: id };
    const ended = { resultType: 'complete', _meta: { ..._meta, ...this.serverMeta } };
    const answer = resultAnswer(id, JSON.stringify(ended));
    if (!exchange.channel) return answer;
    const params = { requestId: id, reason: 'The server has ended the subscription.', _meta };
    return { ...answer, after: { jsonrpc: '2.0', method: 'notifications/cancelled', params } };
  }

  #checkRoom(owner: string): void {
    // All callers of a server without authorization look the same: a cap for each would be one cap for all of them.
    const isFull =
      owner !== ANONYMOUS.owner &&
      [...this.#open].filter((one) => one.owner === owner).length >= this.host.subscriptionsPerOwner;
    if (!isFull && this.#open.size < MOST) return;
    const whose = isFull ? 'You have' : 'The server has';
    throw new ProtocolError(
      CODE.internalError,
      `${whose} too many open subscriptions: close one, or follow more in one.`,
    );
  }

  #resources({ exchange }: Incoming, send: (method: string, params: object) => void): FollowedResources {
    const { host } = this;
    const updated = (uri: string): void => send('notifications/resources/updated', { uri });
    return new FollowedResources({
      caller: () => exchange,
      revision: REVISION_2026,
      host,
      updated,
    });
  }

  /** Lists of features that the server declares; others are not supported. */
  #offered(lists: readonly ListFilter[]): readonly ListFilter[] {
    const offer = offerOf(this.host.whole);
    return lists.filter((field) => offer[LIST_KINDS[field]]);
  }
}

/** Tells of a task where there is something new to tell: some of what changes in it is not seen in the notification. */
function taskTeller({ client }: Incoming, send: (method: string, params: object) => void) {
  const told = new Map<string, string>();
  return (record: TaskRecord): void => {
    const task = detailedTask(record, client.capabilities);
    const seen = JSON.stringify({ ...task, lastUpdatedAt: undefined });
    if (told.get(record.taskId) === seen) return;
    told.set(record.taskId, seen);
    send('notifications/tasks', task);
  };
}
