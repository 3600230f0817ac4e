import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Catalog } from '../catalog/catalog.js';
import { PerduraError } from '../errors.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Json } from '../spec.js';
import { activate } from './activation.js';
import { wrongWith } from './answer-check.js';
import type { Job, TaskQueue } from './task-queue.js';
import type { TaskRecord } from './task-record.js';
import type { StoreLimits, TaskStore, Transition } from './task-store.js';
import { TaskWatch } from './task-watch.js';
import type { TaskRequest, Tasks } from './tasks.js';
import { Watchdog } from './watchdog.js';
import type { Workplace } from './workplace.js';

/** What the task engine is put together from. Times are in milliseconds. */
export interface TasksOptions {
  readonly store: TaskStore;
  readonly queue: TaskQueue;
  readonly runtime: Runtime;
  readonly catalog: Catalog;
  /** Told of errors that no caller can be told of. */
  readonly report: (error: unknown) => void;
  /** See {@link StoreLimits} for what is the default. */
  readonly limits?: Partial<StoreLimits>;
  /** How many activations this process runs at a time. Default 100: most of their time they wait. */
  readonly concurrency?: number;
  /** How long a task that only waits stays in memory. Default 10,000. */
  readonly hold?: number;
  /** How long an activation may be silent before it counts as crashed. Default 30,000. */
  readonly lease?: number;
  /** How often a task may crash its worker without recording anything new. Default 5. */
  readonly maxCrashes?: number;
  /** How often the watchdog looks. Default 500. */
  readonly watchdogInterval?: number;
  /** How long a handler that was told to stop keeps its worker slot. Default 5000. */
  readonly grace?: number;
  /** How long `close` waits for runs to come to a journal boundary. Default 5000. */
  readonly drain?: number;
  /** How long to wait before the attempt after the given one. Default: 1 s, doubled each time, at most a minute. */
  readonly backoff?: (attempt: number) => number;
}

/** The task engine: what the protocol speaks to, and the worker that may run in the same process or in another. */
export interface TaskEngine extends Tasks {
  /** Starts to run tasks in this process. */
  work(): void;
}

const LIMITS: StoreLimits = { perOwner: 100, keptPerOwner: 1000, total: 10_000 };
/** A shorter life would end before its client has polled once. */
const LEAST_TTL = 1000;

/** Puts the engine together. Nothing runs before `work` is called. */
export function createTasks(options: TasksOptions): TaskEngine {
  const { store, queue, report } = options;
  const limits = { ...LIMITS, ...options.limits };
  const watch = new TaskWatch(store, report);
  const draining = new AbortController();
  const stopping = new AbortController();
  // As many listeners as there are runs, which is no leak.
  setMaxListeners(0, draining.signal, stopping.signal);
  const enqueue = (job: Job, delay?: number): Promise<void> => queue.enqueue(job, delay).catch(report);
  const watchdog = new Watchdog({ store, enqueue, maxCrashes: options.maxCrashes ?? 5, report });
  const place: Workplace = {
    store,
    runtime: options.runtime,
    catalog: options.catalog,
    watch,
    enqueue,
    hold: options.hold ?? 10_000,
    lease: options.lease ?? 30_000,
    grace: options.grace ?? 5000,
    backoff: options.backoff ?? ((attempt) => Math.min(60_000, 1000 * 2 ** (attempt - 1))),
    draining: draining.signal,
    stopping: stopping.signal,
    report,
  };

  return {
    async create({
      entry,
      args,
      principal,
      client,
      revision,
      ttl,
      idempotencyKey,
    }: TaskRequest): Promise<Transition<TaskRecord>> {
      if (!entry.task) throw PerduraError.of('NOT_A_TASK', entry.name);
      const created = await store.create(
        {
          // 256 bits: whoever cannot be told apart from others is kept out by not knowing the id.
          taskId: randomBytes(32).toString('base64url'),
          owner: principal.owner,
          principal,
          tool: entry.name,
          args,
          revision,
          client,
          ttl: Math.min(entry.task.ttl, Math.max(LEAST_TTL, ttl ?? entry.task.ttl)),
          pollInterval: entry.task.pollInterval,
          ...(idempotencyKey !== undefined && { idempotencyKey }),
        },
        limits,
      );
      if (created.ok && created.value.run === 'queued') await enqueue(jobOf(created.value));
      return created;
    },

    get: (owner, taskId) => store.get(owner, taskId),

    async list(owner, limit, after) {
      const { tasks, next } = await store.list(owner, limit, after === undefined ? undefined : positionIn(after));
      return next === undefined ? { tasks } : { tasks, next: next.toString(36) };
    },

    async answer(owner, taskId, answers) {
      const record = await store.get(owner, taskId);
      if (!record) return { ok: false, reason: 'not_found' };
      await refuseWrong(record, answers);
      const answered = await store.answer(owner, taskId, answers);
      if (!answered.ok) return answered;
      if (answered.value.enqueue !== undefined) await enqueue(jobOf(answered.value.record));
      return { ok: true, value: answered.value.record };
    },

    cancel: (owner, taskId) => store.cancel(owner, taskId),
    watch: (owner, taskId, listener, gone) =>
      watch.task(owner, taskId, (record) => (record ? listener(record) : gone?.())),
    watchOwner: (owner, listener) => watch.owner(owner, listener),

    work() {
      const perTool = [...options.catalog.tools.values()].flatMap(({ name, task }) =>
        task ? [[name, task.concurrency] as const] : [],
      );
      queue.work((job) => activate(job, place), { concurrency: options.concurrency ?? 100, perTool: new Map(perTool) });
      watchdog.start(options.watchdogInterval ?? 500);
    },

    async close() {
      await watchdog.stop();
      draining.abort();
      const limit = setTimeout(() => stopping.abort(), options.drain ?? 5000);
      await queue.close();
      clearTimeout(limit);
      watch.close();
      await store.close();
    },
  };
}

const jobOf = ({ taskId, activation, tool }: TaskRecord): Job => ({ taskId, activation, tool });

function positionIn(cursor: string): number {
  const position = /^[0-9a-z]{1,10}$/.test(cursor) ? parseInt(cursor, 36) : NaN;
  if (!Number.isSafeInteger(position)) throw PerduraError.of('TASK_CURSOR_INVALID');
  return position;
}

// All or none: a client that is told of one bad answer sends them all again.
async function refuseWrong(record: TaskRecord, answers: Readonly<Record<string, Json>>): Promise<void> {
  for (const [key, answer] of Object.entries(answers)) {
    const question = Object.hasOwn(record.open, key) ? record.open[key] : undefined;
    const wrong = question && (await wrongWith(question.request, answer));
    if (wrong) throw PerduraError.of('TASK_ANSWER_INVALID', key, wrong);
  }
}
