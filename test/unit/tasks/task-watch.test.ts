import { MemoryTaskStore } from '../../../framework/tasks/memory/task-store.js';
import type { TaskRecord } from '../../../framework/tasks/task-record.js';
import type { Hint } from '../../../framework/tasks/task-store.js';
import { TaskWatch } from '../../../framework/tasks/task-watch.js';
import { LEASE, LIMITS, newTask, value } from '../../contract/store-under-test.js';
import { until } from '../../fixtures/until.js';

/** A store whose subscription can break, as one over a network does. */
class BreakingStore extends MemoryTaskStore {
  /** Tells that something may have been missed. */
  missed?: () => void;
  isDeaf = false;
  reads = 0;
  /** How many versions it lost, as when it was put back to an older copy. */
  lost = 0;

  override subscribe(listener: (hint: Hint) => void, missed?: () => void): () => void {
    this.missed = missed;
    return super.subscribe((hint) => void (this.isDeaf || listener(hint)));
  }

  override async get(owner: string, taskId: string): Promise<TaskRecord | undefined> {
    this.reads += 1;
    const record = await super.get(owner, taskId);
    return record && { ...record, version: record.version - this.lost };
  }
}

describe('TaskWatch', () => {
  let store: BreakingStore;
  let watch: TaskWatch;
  let seen: (string | undefined)[];
  const errors: unknown[] = [];
  const note = (record: TaskRecord | undefined): void => void seen.push(record?.statusMessage ?? record?.status);
  const turn = (): Promise<void> => new Promise(setImmediate);

  beforeEach(() => {
    store = new BreakingStore();
    seen = [];
    watch = new TaskWatch(
      store,
      async (record) => record,
      (error) => errors.push(error),
    );
  });
  afterEach(async () => {
    watch.close();
    await store.close();
    expect(errors).toEqual([]);
  });

  async function begun() {
    const { taskId, activation } = value(await store.create(newTask(), LIMITS));
    const ear = watch.listen(taskId);
    const { record } = value(await store.begin(taskId, activation, LEASE));
    const fence = { taskId, epoch: record.epoch, lease: LEASE };
    const says = async (message: string): Promise<void> => value(await store.heartbeat(fence, message));
    return { taskId, record, ear, fence, says };
  }

  it('reads a task at once that changed between what its reader has and the following', async () => {
    const { record, ear, says } = await begun();
    await says('changed');
    await turn();
    ear.follow(record, note);
    await until(() => seen.length > 0);
    expect(seen).toEqual(['changed']);
  });

  it('reads a task that has not changed only when it does', async () => {
    const { record, ear, says } = await begun();
    ear.follow(record, note);
    await turn();
    expect(store.reads).toBe(0);
    await says('later');
    await until(() => seen.length > 0);
    expect(seen).toEqual(['later']);
  });

  it('takes a broken subscription for a change, whether a task is followed yet or only listened for', async () => {
    const [early, late] = [await begun(), await begun()];
    early.ear.follow(early.record, note);
    await turn();
    store.isDeaf = true;
    await early.says('early');
    await late.says('late');
    await turn();
    expect(seen).toEqual([]);
    store.missed?.();
    late.ear.follow(late.record, note);
    await until(() => seen.length === 2);
    expect([...seen].sort()).toEqual(['early', 'late']);
  });

  it('hears nothing more through an ear that is closed', async () => {
    const { ear, record, says } = await begun();
    const other = watch.listen(record.taskId);
    other.close();
    await says('changed');
    await turn();
    other.follow(record, note);
    await turn();
    expect(seen).toEqual([]);
    ear.follow(record, note);
    await until(() => seen.length > 0);
    expect(seen).toEqual(['changed']);
  });

  it('goes on to tell of a task whose store has gone back to an earlier version of it', async () => {
    const { record, ear, fence, says } = await begun();
    ear.follow(record, note);
    for (const message of ['one', 'two', 'three']) await says(message);
    await until(() => seen.at(-1) === 'three');
    store.lost = 3;
    await says('four');
    await until(() => seen.at(-1) === 'four');
    store.lost = 5;
    value(await store.finish(fence, { kind: 'cancelled' }));
    await until(() => seen.at(-1) !== 'four');
    expect(seen.at(-1)).toMatch(/cancelled/);
  });

  it('stops to follow a task that has ended', async () => {
    const { record, ear, fence } = await begun();
    ear.follow(record, note);
    value(await store.finish(fence, { kind: 'cancelled' }));
    await until(() => seen.length > 0);
    const { reads } = store;
    store.missed?.();
    await turn();
    expect(store.reads).toBe(reads);
    expect(seen).toHaveLength(1);
  });
});
