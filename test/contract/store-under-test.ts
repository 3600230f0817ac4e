import type { NewTask, StoreLimits, TaskStore, Transition } from '../../framework/tasks/task-store.js';
import type { TaskRecord } from '../../framework/tasks/task-record.js';
import type { Question } from '../../framework/runtime/journal/inbox.js';
import type { InputRequest } from '../../framework/spec.js';

/** A store and power over its clock. */
export interface StoreUnderTest {
  readonly store: TaskStore;
  /** Another client of the same store, where the store has clients. */
  connect(): Promise<TaskStore>;
  /** Moves the store's time on by this many milliseconds. */
  advance(milliseconds: number): Promise<void>;
  close(): Promise<void>;
}

export type OpenStore = () => Promise<StoreUnderTest>;

export const LEASE = 30_000;
export const TTL = 3_600_000;
export const LIMITS: StoreLimits = { perOwner: 100, keptPerOwner: 1000, total: 10_000, totalBytes: 2 ** 28 };
export const QUESTION: InputRequest = {
  method: 'elicitation/create',
  params: { mode: 'form', message: 'Go on?', requestedSchema: { type: 'object', properties: {} } },
};

/** The same, as an effect puts it. */
export const ASKED: Question = { request: QUESTION, fingerprint: 'go on' };

let ids = 0;

export function newTask(change: Partial<NewTask> = {}): NewTask {
  return {
    taskId: `task-${++ids}`,
    owner: 'alice',
    principal: { owner: change.owner ?? 'alice', scopes: [] },
    tool: 'research',
    args: { question: 'why' },
    revision: '2026-07-28',
    client: { capabilities: {} },
    ttl: TTL,
    pollInterval: 1000,
    ...change,
  };
}

/** The value of a transition that must not be refused. */
export function value<T>(transition: Transition<T>): T {
  if (!transition.ok) throw new Error(`refused: ${transition.reason}`);
  return transition.value;
}

/** What the tests of one store need to bring a task into a state. */
export function steps(under: () => StoreUnderTest) {
  const create = async (change: Partial<NewTask> = {}): Promise<TaskRecord> =>
    value(await under().store.create(newTask(change), LIMITS));
  const begin = async ({ taskId, activation }: TaskRecord) => {
    const begun = value(await under().store.begin(taskId, activation, LEASE));
    return { ...begun, fence: { taskId, epoch: begun.record.epoch, lease: LEASE } };
  };
  const running = async (change: Partial<NewTask> = {}) => begin(await create(change));
  const read = async ({ owner, taskId }: TaskRecord): Promise<TaskRecord> => {
    const record = await under().store.get(owner, taskId);
    if (!record) throw new Error('not found');
    return record;
  };
  return { create, begin, running, read };
}
