import { buildCatalog } from '../../../framework/catalog/build-catalog.js';
import type { Class } from '../../../framework/metadata/class.js';
import { createContainer } from '../../../framework/runtime/container/container.js';
import { createRuntime } from '../../../framework/runtime/create-runtime.js';
import type { Json } from '../../../framework/spec.js';
import { createTasks, type TaskEngine, type TasksOptions } from '../../../framework/tasks/create-tasks.js';
import { MemoryTaskQueue } from '../../../framework/tasks/memory/task-queue.js';
import { MemoryTaskStore } from '../../../framework/tasks/memory/task-store.js';
import type { TaskRecord } from '../../../framework/tasks/task-record.js';
import type { TaskStore } from '../../../framework/tasks/task-store.js';
import { until } from '../../fixtures/until.js';

/** A memory store whose clock can be moved on. */
export class TimedStore {
  #offset = 0;
  readonly store = new MemoryTaskStore({ now: () => Date.now() + this.#offset });

  advance(milliseconds: number): void {
    this.#offset += milliseconds;
  }
}

export type Options = Partial<TasksOptions> & { readonly timed?: TimedStore };

/** One process with the engine: the real runtime over the classes, a queue of its own, and a store that may be shared. */
export class Engine {
  readonly timed: TimedStore;
  readonly store: TaskStore;
  readonly tasks: TaskEngine;
  readonly reported: unknown[] = [];
  readonly #catalog;

  constructor(use: readonly Class[], { timed = new TimedStore(), ...options }: Options = {}) {
    this.timed = timed;
    this.store = options.store ?? timed.store;
    this.#catalog = buildCatalog(use);
    const report = (error: unknown): void => void this.reported.push(error);
    const runtime = createRuntime({
      container: createContainer([]),
      interceptors: [],
      catalog: this.#catalog,
      runAgent: () => Promise.reject(new Error('These tests run no agents.')),
      report,
    });
    this.tasks = createTasks({
      queue: new MemoryTaskQueue(),
      runtime,
      catalog: this.#catalog,
      hold: 0,
      watchdogInterval: 5,
      grace: 100,
      backoff: () => 1,
      report,
      ...options,
      store: this.store,
    });
  }

  /** Creates a task of alice's, and starts to work unless told not to. */
  async start(
    tool: string,
    args: Json = {},
    { ttl, work = true }: { ttl?: number; work?: boolean } = {},
  ): Promise<string> {
    const entry = this.#catalog.tools.get(tool);
    if (!entry) throw new Error(`no tool ${tool}`);
    const created = await this.tasks.create({
      entry,
      args,
      principal: { owner: 'alice', scopes: [] },
      client: { capabilities: { elicitation: { form: {} }, sampling: { tools: {} } } },
      revision: '2026-07-28',
      ...(ttl !== undefined && { ttl }),
    });
    if (!created.ok) throw new Error(created.reason);
    if (work) this.tasks.work();
    return created.value.taskId;
  }

  async record(taskId: string): Promise<TaskRecord> {
    const record = await this.tasks.get('alice', taskId);
    if (!record) throw new Error('not found');
    return record;
  }

  /** The record once it fits. */
  async when(taskId: string, fits: (record: TaskRecord) => boolean): Promise<TaskRecord> {
    await until(async () => fits(await this.record(taskId)));
    return this.record(taskId);
  }

  ended(taskId: string): Promise<TaskRecord> {
    return this.when(taskId, ({ run }) => run === 'done');
  }

  idle(taskId: string): Promise<TaskRecord> {
    return this.when(taskId, ({ run }) => run === 'idle');
  }

  /** Accepts the one question that is open. */
  async accept(taskId: string, content: Json = {}): Promise<void> {
    const { open } = await this.when(taskId, (record) => Object.keys(record.open).length > 0);
    await this.tasks.answer('alice', taskId, { [Object.keys(open)[0] as string]: { action: 'accept', content } });
  }
}

/** The text of a result. */
export const textOf = ({ outcome }: TaskRecord): string | undefined => {
  const block = outcome?.kind === 'result' ? outcome.result.content[0] : undefined;
  return block?.type === 'text' ? block.text : undefined;
};
