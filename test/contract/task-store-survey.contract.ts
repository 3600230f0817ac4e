import type { SurveyQuery } from '../../framework/tasks/survey.js';
import { ASKED, LIMITS, newTask, type OpenStore, steps, type StoreUnderTest, TTL, value } from './store-under-test.js';

export function surveyContract(open: OpenStore): void {
  let under: StoreUnderTest;
  const { create, running } = steps(() => under);
  beforeEach(async () => void (under = await open()));
  afterEach(() => under.close());

  const createLater = async (change: Parameters<typeof create>[0] = {}): Promise<string> => {
    await under.advance(1);
    return (await create(change)).taskId;
  };
  const pages = async (query: SurveyQuery): Promise<string[][]> => {
    const found: string[][] = [];
    for (let after: number | undefined, more = true; more; more = after !== undefined) {
      const page = await under.store.survey({ ...query, ...(after !== undefined && { after }) });
      found.push(page.tasks.map(({ taskId }) => taskId));
      after = page.next;
    }
    return found;
  };
  const ids = async (query: SurveyQuery): Promise<string[]> => (await pages(query)).flat();

  it('shows the tasks of all owners, newest first, in pages that together are everything', async () => {
    const made = [];
    for (let i = 0; i < 7; i++) made.push(await createLater({ owner: `owner ${i % 3}` }));
    const [, , newest = ''] = made.slice(-3);
    value(await under.store.cancel('owner 0', newest));
    expect(await pages({ limit: 3 })).toEqual([made.slice(4).reverse(), made.slice(1, 4).reverse(), made.slice(0, 1)]);
  });

  it('leaves none out where more than a page were made in one millisecond', async () => {
    const made = [await createLater()];
    for (let i = 0; i < 5; i++) made.push((await create()).taskId);
    const last = await createLater();
    const found = await pages({ limit: 2 });
    expect(found.flat().sort()).toEqual([...made, last].sort());
    expect(found.flat()[0]).toBe(last);
  });

  it('continues where it was, whatever is made or changes its status meanwhile', async () => {
    const made = [];
    for (let i = 0; i < 4; i++) made.push(await createLater());
    const first = await under.store.survey({ limit: 2 });
    await createLater();
    value(await under.store.cancel('alice', made[1] as string));
    const second = await under.store.survey({ limit: 2, after: first.next as number });
    expect(second.tasks.map(({ taskId }) => taskId)).toEqual([made[1], made[0]]);
    expect(second.next).toBeUndefined();
  });

  it('finds by status, task and owner', async () => {
    const plain = await createLater();
    const other = await createLater({ tool: 'report', owner: 'bob "of" Ö' });
    await under.advance(1);
    const asking = await running();
    value(await under.store.ask(asking.fence, 'ask', ASKED));
    await under.advance(1);
    const failed = await running();
    value(await under.store.finish(failed.fence, { kind: 'error', error: { code: 1, message: 'no' } }));
    await under.advance(1);
    const wrong = await running();
    value(await under.store.finish(wrong.fence, { kind: 'result', result: { content: [], isError: true } }));
    expect(await ids({ statuses: ['working'] })).toEqual([other, plain]);
    expect(await ids({ statuses: ['input_required'] })).toEqual([asking.fence.taskId]);
    expect(await ids({ statuses: ['completed', 'failed'] })).toEqual([wrong.fence.taskId, failed.fence.taskId]);
    expect((await under.store.survey({ taskId: wrong.fence.taskId })).tasks).toMatchObject([{ status: 'failed' }]);
    expect(await ids({ tool: 'report' })).toEqual([other]);
    expect(await ids({ owner: 'bob "of" Ö' })).toEqual([other]);
    expect(await ids({ owner: 'bob "of" Ö', tool: 'research' })).toEqual([]);
    expect(await ids({ taskId: other })).toEqual([other]);
    expect(await ids({ taskId: 'o:{x} ' })).toEqual([]);
  });

  it('counts what there is, and forgets what is removed', async () => {
    await createLater();
    const asking = await running();
    value(await under.store.ask(asking.fence, 'ask', ASKED));
    const asked = await under.store.survey({});
    expect(asked.counts).toEqual({ working: 1, input_required: 1, completed: 0, failed: 0, cancelled: 0 });
    expect(asked.oldest).toBe(asked.now);
    value(await under.store.answer('alice', asking.fence.taskId, { ask: 1 }));
    value(await under.store.finish(asking.fence, { kind: 'result', result: { content: [] } }));
    const { counts } = await under.store.survey({});
    expect(counts).toEqual({ working: 1, input_required: 0, completed: 1, failed: 0, cancelled: 0 });
    await under.advance(TTL + 1);
    for (const id of await under.store.due(10)) await under.store.rescue(id, 5);
    await under.advance(TTL);
    for (const id of await under.store.due(10)) await under.store.rescue(id, 5);
    const empty = await under.store.survey({});
    expect(Object.values(empty.counts)).toEqual([0, 0, 0, 0, 0]);
    expect(empty.tasks).toEqual([]);
    expect(empty.oldest).toBeUndefined();
  });

  it('shows a task with what is below it as one', async () => {
    const { record, fence } = await running();
    const spawned = value(await under.store.spawn(fence, 'task:part#0', newTask({ tool: 'part' }), 10));
    const child = value(await under.store.begin(spawned.taskId, spawned.activation, fence.lease));
    const below = { ...fence, taskId: spawned.taskId, epoch: child.record.epoch };
    value(await under.store.heartbeat(below, 'half', { progress: 1, total: 2 }));
    value(await under.store.ask(below, 'ask', ASKED));
    const { tasks, counts } = await under.store.survey({ statuses: ['input_required'] });
    expect(tasks).toMatchObject([
      {
        taskId: record.taskId,
        status: 'input_required',
        questions: 1,
        children: 1,
        progress: { progress: 1, total: 2 },
      },
    ]);
    expect(counts).toMatchObject({ working: 0, input_required: 1 });
    expect((await under.store.survey({ taskId: spawned.taskId })).tasks).toMatchObject([
      { tool: 'part', questions: 1 },
    ]);
    value(await under.store.answer('alice', spawned.taskId, { ask: 1 }));
    expect(await ids({ statuses: ['working'] })).toEqual([record.taskId]);
    value(await under.store.ask(below, 'again', ASKED));
    // What ends takes its asking children along.
    value(await under.store.cancel('alice', record.taskId));
    expect((await under.store.survey({})).counts).toMatchObject({ working: 0, input_required: 0, cancelled: 1 });
  });

  it('tells nothing of what a task was given or has answered', async () => {
    const { fence } = await running({ args: { question: 'secret' } });
    value(await under.store.finish(fence, { kind: 'result', result: { content: [{ type: 'text', text: 'secret' }] } }));
    value(await under.store.create(newTask({ args: 'secret' }), LIMITS));
    expect(JSON.stringify(await under.store.survey({}))).not.toContain('secret');
  });
}
