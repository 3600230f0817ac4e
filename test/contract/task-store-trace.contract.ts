import type { EffectNote } from '../../framework/runtime/trace/trace-note.js';
import { newTask, type OpenStore, ASKED, steps, type StoreUnderTest, TTL, value } from './store-under-test.js';

const ENTRY = { fingerprint: 'f', outcome: { value: 1 } };
const NOTE: EffectNote = { kind: 'turn', at: 1_000, ms: 5, model: 'm', usage: { inputTokens: 7 } };
const anyTime = expect.any(Number) as number;

export function traceContract(open: OpenStore): void {
  let under: StoreUnderTest;
  const { begin, running } = steps(() => under);
  beforeEach(async () => void (under = await open()));
  afterEach(() => under.close());

  it('has a line for each entry that came with a note, written with it and once', async () => {
    const { record, fence } = await running();
    value(await under.store.append(fence, 0, 'a "quoted" key#1', ENTRY, NOTE));
    value(await under.store.append(fence, 1, 'b#1', ENTRY));
    expect(await under.store.append(fence, 1, 'c#1', ENTRY, NOTE)).toEqual({ ok: false, reason: 'gap' });
    const line = { task: record.taskId, epoch: 1, key: 'a "quoted" key#1', ...NOTE };
    expect(await under.store.trace('alice', record.taskId)).toEqual([line]);
  });

  it('tells when a question was put, once, and when a child was made and how it ended', async () => {
    const { record, fence } = await running();
    for (let again = 0; again < 2; again++) value(await under.store.ask(fence, 'q/ü#1', ASKED));
    const child = value(await under.store.spawn(fence, 'task:x#1', newTask(), 2));
    value(await under.store.spawn(fence, 'task:x#1', newTask(), 2));
    const begun = await begin(child);
    value(await under.store.append(begun.fence, 0, 'step#1', ENTRY, NOTE));
    value(await under.store.finish(begun.fence, { kind: 'error', error: { code: 1, message: 'no' } }));
    const [own, its] = [
      { task: record.taskId, epoch: 1, at: anyTime },
      { task: child.taskId, epoch: 1 },
    ];
    expect(await under.store.trace('alice', record.taskId)).toEqual([
      { ...own, key: 'q/ü#1', kind: 'wait' },
      { ...own, key: 'task:x#1', kind: 'task', child: child.taskId, name: 'research' },
      { ...its, key: 'step#1', ...NOTE },
      { ...its, key: '', kind: 'task', failed: true, at: anyTime },
    ]);
  });

  it('stays after the end of the task, with the ends of what it took with it, and goes with the record', async () => {
    const { record, fence } = await running();
    const child = value(await under.store.spawn(fence, 'task:x#1', newTask(), 1));
    value(await under.store.finish(fence, { kind: 'result', result: { content: [] } }));
    const lines = await under.store.trace('alice', record.taskId);
    expect(lines.map(({ task, key, failed }) => [task, key, failed])).toEqual([
      [record.taskId, 'task:x#1', undefined],
      [child.taskId, '', true],
    ]);
    await under.advance(TTL + 1);
    for (const taskId of await under.store.due(10)) await under.store.rescue(taskId, 5);
    expect(await under.store.trace('alice', record.taskId)).toEqual([]);
  });

  it("is not there for anybody but the task's owner", async () => {
    const { record, fence } = await running();
    value(await under.store.append(fence, 0, 'a#1', ENTRY, NOTE));
    expect(await under.store.trace('bob', record.taskId)).toEqual([]);
    expect(await under.store.trace('alice', 'no-such-task')).toEqual([]);
  });
}
