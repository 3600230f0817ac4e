import { LIMITS, newTask, type OpenStore, steps, type StoreUnderTest, value } from './store-under-test.js';
import type { Hint } from '../../framework/tasks/task-store.js';
import { until } from '../fixtures/until.js';

export function listingContract(open: OpenStore): void {
  let under: StoreUnderTest;
  const { create, running } = steps(() => under);
  beforeEach(async () => void (under = await open()));
  afterEach(() => under.close());

  const createMany = async (count: number): Promise<string[]> => {
    const ids = [];
    for (let i = 0; i < count; i++) ids.push((await create()).taskId);
    return ids;
  };

  it('lists newest first, in pages that together are everything', async () => {
    const ids = await createMany(25);
    const listed: string[] = [];
    for (let after: number | undefined, more = true; more; more = after !== undefined) {
      const page = await under.store.list('alice', 10, after);
      listed.push(...page.tasks.map(({ taskId }) => taskId));
      after = page.next;
    }
    expect(listed).toEqual(ids.reverse());
  });

  it('names no next page where the last one was full', async () => {
    await createMany(3);
    expect((await under.store.list('alice', 3)).next).toBeUndefined();
    expect((await under.store.list('alice', 2)).next).toBeDefined();
    expect(await under.store.list('nobody', 2)).toEqual({ tasks: [] });
  });

  it('continues where it was, whatever is created or removed meanwhile', async () => {
    const ids = await createMany(6);
    const first = await under.store.list('alice', 2);
    // The task that the page ended with is removed to make room.
    await under.store.cancel('alice', ids[4] as string);
    value(await under.store.create(newTask(), { ...LIMITS, keptPerOwner: 6 }));
    const second = await under.store.list('alice', 2, first.next);
    expect(second.tasks.map(({ taskId }) => taskId)).toEqual([ids[3], ids[2]]);
  });

  it('tells every client of each change that can be seen, and of no other', async () => {
    const other = await under.connect();
    const hints: Hint[] = [];
    const unsubscribe = other.subscribe((hint) => hints.push(hint));
    const { record, fence } = await running();
    value(await under.store.heartbeat(fence));
    value(await under.store.heartbeat(fence, 'half'));
    value(await under.store.cancel('alice', record.taskId));
    await until(() => hints.length >= 3);
    unsubscribe();
    await create();
    expect(hints).toEqual([1, 2, 3].map((version) => ({ taskId: record.taskId, version })));
  });
}
