import { setMaxListeners } from 'node:events';
import type { Catalog } from '../catalog/catalog.js';
import { PerduraError } from '../errors.js';
import type { Runtime } from '../runtime/runtime.js';
import { activate } from './activation/activation.js';
import { atMost } from '../runtime/at-most.js';
import { Errands } from './errands.js';
import { fireTask, type ScheduledTask, scheduledTasks } from './fire-task.js';
import { newTask } from './new-task.js';
import { eventTeller, type TaskEvent, tellRemoved } from './task-events.js';
import { type MakingInterceptor, makeTask } from './task-making.js';
import { TaskFamily } from './task-family.js';
import type { JournalLimits } from './activation/task-journal.js';
import type { Schedules } from './schedules.js';
import { seldom } from './seldom.js';
import type { Survey, SurveyQuery } from './survey.js';
import { type Job, jobOf, type TaskQueue } from './task-queue.js';
import { traceOf } from './task-notes.js';
import type { TaskRecord } from './task-record.js';
import type { EndedTask, StoreLimits, TaskStore, Transition } from './task-store.js';
import { TaskWatch } from './task-watch.js';
import type { Tasks } from './tasks.js';
import { Watchdog } from './watchdog.js';
import { Suspects } from './activation/suspects.js';
import type { Workplace } from './activation/workplace.js';

/** What the task engine is put together from. Times are in milliseconds. */
export interface TasksOptions {
  readonly store: TaskStore;
  readonly queue: TaskQueue;
  /** Starts the tasks that have a schedule. Without it none starts by itself. */
  readonly schedules?: Schedules;
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
  /** How much longer `close` waits for the store to take what is handed over. Default 3000. */
  readonly handover?: number;
  /** Told of what this process does to tasks. */
  readonly listeners?: readonly ((event: TaskEvent) => void)[];
  /** Run around the making of tasks. */
  readonly around?: readonly MakingInterceptor[];
  /** For development: runs a handler again after each entry of its journal. Default false. */
  readonly replayCheck?: boolean;
  /** The most bytes of one journal entry, default 4 MiB, and of a whole journal, default 16 MiB. */
  readonly journal?: Partial<JournalLimits>;
  /** How long to wait before the attempt after the given one, where the task does not say. Default: 1 s, doubled each time, at most a minute. */
  readonly backoff?: (attempt: number) => number;
}

/** The task engine: what the protocol speaks to, and the worker that may run in the same process or in another. */
export interface TaskEngine extends Tasks {
  /** The tasks that start by themselves: whoever can tell the time calls {@link fire} for them. */
  readonly scheduled: readonly ScheduledTask[];
  /**
   * Creates the task of one firing of a schedule, once however often it is told of the same `firing`.
   * @throws PerduraError `NOT_SCHEDULED`
   */
  fire(tool: string, firing: string): Promise<Transition<TaskRecord>>;
  /**
   * For operators, who are none of the clients: the tasks of all owners, page by page, with how many there are. Whoever shows them sees
   * to it that nobody else looks.
   */
  survey(query?: SurveyQuery): Promise<Survey>;
  /** Starts to run tasks in this process: those of the named queues, or all; at most `concurrency` at a time. The last call counts. */
  work(options?: { readonly queues?: readonly string[]; readonly concurrency?: number }): void;
}

/** The most enqueues of new tasks on their way: past it `create` waits, as a client does that would fill memory otherwise. */
const ENQUEUES = 1000;
const LIMITS: StoreLimits = { perOwner: 100, keptPerOwner: 1000, total: 10_000, totalBytes: 256 * 1024 * 1024 };
const JOURNAL: JournalLimits = { entry: 4 * 1024 * 1024, whole: 16 * 1024 * 1024 };

/** Puts the engine together. Nothing runs before `work` is called. */
export function createTasks(options: TasksOptions): TaskEngine {
  const { store, queue, report, around = [] } = options;
  const limits = { ...LIMITS, ...options.limits };
  const draining = new AbortController();
  const stopping = new AbortController();
  // As many listeners as there are runs, which is no leak.
  setMaxListeners(0, draining.signal, stopping.signal);
  // A store or a queue that is away is away for every task.
  const trouble = seldom(report);
  const enqueue = (job: Job, delay?: number): Promise<void> => queue.enqueue(job, delay).catch(trouble);
  const enqueues = new Errands(ENQUEUES);
  const tell = eventTeller(options.listeners ?? [], report);
  const journal = { ...JOURNAL, ...options.journal };
  const family = new TaskFamily(store, enqueue, tell, journal.entry);
  const watch = new TaskWatch(store, (record) => family.whole(record), trouble);
  const ended = (record: EndedTask): void => {
    tellRemoved(tell, record);
    tell('finished', record, { status: record.status, duration: lifeOf(record) });
  };
  const enqueueAgain = (job: Job): Promise<void> => queue.enqueueAgain(job).catch(trouble);
  const { lease = 30_000, maxCrashes = 5 } = options;
  const watchdog = new Watchdog({
    store,
    enqueue: enqueueAgain,
    maxCrashes,
    tell,
    ended,
    report: trouble,
  });
  const place: Workplace = {
    store,
    runtime: options.runtime,
    catalog: options.catalog,
    watch,
    replayCheck: options.replayCheck ?? false,
    tell,
    around,
    journal,
    enqueue,
    hold: options.hold ?? 10_000,
    lease,
    suspects: new Suspects({ lease, maxCrashes }),
    grace: options.grace ?? 5000,
    backoff: options.backoff ?? ((attempt) => Math.min(60_000, 1000 * 2 ** (attempt - 1))),
    draining: draining.signal,
    stopping: stopping.signal,
    report: trouble,
  };

  const engine: TaskEngine = {
    scheduled: scheduledTasks(options.catalog),
    fire: (tool, firing) => fireTask(options.catalog.tools.get(tool), firing, engine),
    survey: (query = {}) => store.survey(query),

    async create(request) {
      const { traceparent, ...rest } = request;
      const making = { task: request.entry.name, ...(traceparent !== undefined && { traceparent }) };
      const created = await makeTask(around, making, async (trace) => {
        const task = await newTask({ ...rest, ...trace });
        const created = await store.create(task, limits);
        if (created.ok && created.value.taskId === task.taskId) tell('created', created.value);
        return created;
      });
      // The task is durable, and the watchdog enqueues what gets lost: the client need not wait for it.
      if (created.ok && created.value.run === 'queued') await enqueues.add(enqueue(jobOf(created.value)));
      return created;
    },

    get: (owner, taskId) => family.get(owner, taskId),

    async trace(owner, taskId) {
      const record = await family.get(owner, taskId);
      return record && traceOf(record, await store.trace(owner, taskId));
    },

    async list(owner, limit, after) {
      const page = await store.list(owner, limit, after === undefined ? undefined : positionIn(after));
      const tasks = await Promise.all(page.tasks.map((record) => family.whole(record)));
      return page.next === undefined ? { tasks } : { tasks, next: page.next.toString(36) };
    },

    answer: (owner, taskId, answers) => family.answer(owner, taskId, answers),

    async cancel(owner, taskId) {
      const cancelled = await store.cancel(owner, taskId);
      if (cancelled.ok) tellRemoved(tell, cancelled.value);
      if (cancelled.ok) tell('cancelled', cancelled.value, { duration: lifeOf(cancelled.value) });
      return cancelled;
    },

    watch: (owner, taskId, listener, gone) =>
      watch.task(owner, taskId, (record) => (record ? listener(record) : gone?.())),

    work({ queues, concurrency = options.concurrency ?? 100 } = {}) {
      const known = new Set([...options.catalog.tools.values()].flatMap(({ task }) => (task ? [task.queue] : [])));
      const unknown = queues?.find((name) => !known.has(name));
      if (unknown !== undefined) throw PerduraError.of('UNKNOWN_QUEUE', unknown, [...known]);
      const perTool = new Map<string, number>();
      const priorities = new Map<string, number>();
      for (const { name, task } of options.catalog.tools.values()) {
        if (!task || (queues && !queues.includes(task.queue))) continue;
        perTool.set(name, task.concurrency);
        priorities.set(name, task.priority);
      }
      queue.work((job) => activate(job, place), { concurrency, perTool, priorities });
      watchdog.start(options.watchdogInterval ?? 500);
      options.schedules?.start(engine.scheduled, (tool, firing) => fireOrThrow(engine, tool, firing));
    },

    async close() {
      const { drain = 5000, handover = 3000 } = options;
      const handOver = async (): Promise<void> => {
        await options.schedules?.close();
        await watchdog.stop();
        draining.abort();
        const limit = setTimeout(() => stopping.abort(), drain);
        await enqueues.done();
        await queue.close();
        clearTimeout(limit);
      };
      await atMost(drain + handover, handOver());
      // A store that is away keeps nobody from stopping: when the leases are over, others take over what it was not told of.
      draining.abort();
      stopping.abort();
      watch.close();
      await store.close();
    },
  };
  return engine;
}

/** A firing that made no task must fail, so that whoever tells the time tries it again. */
async function fireOrThrow(engine: TaskEngine, tool: string, firing: string): Promise<void> {
  const fired = await engine.fire(tool, firing);
  if (!fired.ok) throw PerduraError.of('FIRING_REFUSED', tool, fired.reason);
}

const lifeOf = ({ createdAt, updatedAt }: TaskRecord): number => updatedAt - createdAt;

function positionIn(cursor: string): number {
  const position = /^[0-9a-z]{1,10}$/.test(cursor) ? parseInt(cursor, 36) : NaN;
  if (!Number.isSafeInteger(position)) throw PerduraError.of('TASK_CURSOR_INVALID');
  return position;
}
