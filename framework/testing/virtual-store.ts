import { MemoryTaskStore } from '../tasks/memory/task-store.js';
import type { TaskRecord } from '../tasks/task-record.js';
import { LONGEST_GRACE } from '../tasks/transitions.js';
import type { Answered, Begun, EndedTask, Parked, Rescue, TaskStore, Transition } from '../tasks/task-store.js';
import { TaskLog } from './task-log.js';

/** Which step: the name that the code gave it, the beginning of its key, or what a function says of its key. */
export type StepMatch = string | ((key: string) => boolean);

interface Plan {
  readonly when: 'before' | 'after';
  readonly matches: (key: string) => boolean;
}

/** A memory store whose clock is moved by hand, and under which the process crashes as planned. */
export class VirtualStore extends MemoryTaskStore {
  crashes = 0;
  readonly log = new TaskLog();
  readonly #clock: { offset: number };
  readonly #plans: Plan[] = [];
  /** Ids of the tasks that are queued or run. */
  readonly #busy = new Set<string>();

  constructor() {
    const clock = { offset: 0 };
    super({ now: () => Date.now() + clock.offset });
    this.#clock = clock;
  }

  advance(milliseconds: number): void {
    this.#clock.offset += milliseconds;
  }

  /** Plans one crash. */
  plan(when: Plan['when'], step: StepMatch): void {
    this.#plans.push({ when, matches: typeof step === 'function' ? step : (key) => isOf(key, step) });
  }

  /** Resolves when every task has ended or waits for something that has not come: nothing can go on by itself. */
  async idle(): Promise<void> {
    while (this.#busy.size > 0 || (await this.due(1)).length > 0)
      await new Promise((resolve) => setTimeout(resolve, 1));
  }

  override async create(...args: Parameters<TaskStore['create']>): Promise<Transition<TaskRecord>> {
    const created = await super.create(...args);
    if (created.ok) this.log.create(created.value.taskId, args[0].journal);
    if (created.ok && created.value.run === 'queued') this.#busy.add(created.value.taskId);
    return created;
  }

  override async spawn(...args: Parameters<TaskStore['spawn']>): Promise<Transition<TaskRecord>> {
    const [fence, key] = args;
    const spawned = await super.spawn(...args);
    if (spawned.ok)
      this.log.make({ parent: fence.taskId, key, taskId: spawned.value.taskId, name: spawned.value.tool });
    if (spawned.ok && spawned.value.run === 'queued') this.#busy.add(spawned.value.taskId);
    return spawned;
  }

  override async begin(...args: Parameters<TaskStore['begin']>): Promise<Transition<Begun>> {
    const begun = await super.begin(...args);
    if (begun.ok) this.#busy.add(begun.value.record.taskId);
    return begun;
  }

  override async answer(...args: Parameters<TaskStore['answer']>): Promise<Transition<Answered>> {
    const answered = await super.answer(...args);
    if (answered.ok && answered.value.enqueue !== undefined) this.#busy.add(args[1]);
    return answered;
  }

  override async park(...args: Parameters<TaskStore['park']>): Promise<Transition<Parked>> {
    const parked = await super.park(...args);
    if (parked.ok && parked.value.kind === 'parked') this.#busy.delete(args[0].taskId);
    return parked;
  }

  override async yield(...args: Parameters<TaskStore['yield']>): Promise<Transition<number>> {
    const yielded = await super.yield(...args);
    if (yielded.ok && args[1]) this.#busy.delete(args[0].taskId);
    return yielded;
  }

  override async finish(...args: Parameters<TaskStore['finish']>): Promise<Transition<EndedTask>> {
    return this.#ended(await super.finish(...args));
  }

  override async cancel(...args: Parameters<TaskStore['cancel']>): Promise<Transition<EndedTask>> {
    return this.#ended(await super.cancel(...args));
  }

  override async rescue(...args: Parameters<TaskStore['rescue']>): Promise<Rescue> {
    const rescued = await super.rescue(...args);
    if (rescued.kind === 'enqueue') this.#busy.add(args[0]);
    if (rescued.kind === 'ended') this.#ended({ ok: true, value: rescued.record });
    return rescued;
  }

  #ended(ended: Transition<EndedTask>): Transition<EndedTask> {
    if (!ended.ok) return ended;
    const { taskId, parent, removed = [] } = ended.value;
    for (const task of [taskId, ...removed.map((each) => each.taskId)]) this.#busy.delete(task);
    // Where it waits, the end of its child has queued it.
    if (parent) this.#busy.add(parent.taskId);
    return ended;
  }

  override async append(...args: Parameters<TaskStore['append']>): Promise<Transition<void>> {
    const [fence, , key] = args;
    const at = this.#plans.findIndex(({ matches }) => matches(key));
    if (at < 0) return this.#append(...args);
    const [plan] = this.#plans.splice(at, 1);
    const appended = plan?.when === 'before' ? undefined : await this.#append(...args);
    if (appended?.ok === false) return appended;
    await this.#crash(fence.lease);
    return { ok: false, reason: 'fenced' };
  }

  async #append(...args: Parameters<TaskStore['append']>): Promise<Transition<void>> {
    const [{ taskId }, , key, entry] = args;
    const appended = await super.append(...args);
    if (appended.ok) this.log.record({ taskId, key, entry });
    return appended;
  }

  /** Everything that runs is cut off: the lease of a process that says no more runs out, and another takes its tasks over. */
  async #crash(lease: number): Promise<void> {
    this.crashes += 1;
    this.advance(lease);
    for (const taskId of await this.due(Infinity)) await this.rescue(taskId, Infinity);
    // Whatever is queued now, the watchdog takes for lost: of jobs in a backlog of two crashes at once too.
    this.advance(LONGEST_GRACE);
  }
}

/** Whether a key is of a step of this name, in whatever branch or agent, or begins as it does. */
const isOf = (key: string, step: string): boolean =>
  key === step ||
  key.startsWith(`${step}#`) ||
  key.includes(`/${step}#`) ||
  (step.includes('#') && key.endsWith(`/${step}`));
