import type { JournalEntry } from '../../framework/runtime/journal/journal.js';
import { newTask, type OpenStore, steps, type StoreUnderTest, value } from './store-under-test.js';

const entryOf = (bytes: number, fill = 'x'): JournalEntry => {
  const empty = JSON.stringify({ fingerprint: 'f', outcome: { value: '' } }).length;
  return { fingerprint: 'f', outcome: { value: fill.repeat((bytes - empty) / Buffer.byteLength(fill)) } };
};
const LARGEST = 64 * 1024;
const note = (bytes: number) => ({ fingerprint: 'f', outcome: { aside: bytes } });

export function asideContract(open: OpenStore): void {
  let under: StoreUnderTest;
  const { begin, running } = steps(() => under);
  beforeEach(async () => void (under = await open()));
  afterEach(() => under.close());

  it('are noted in the journal that an activation begins with, and are there when they are asked for', async () => {
    const { record, fence } = await running();
    const entries = { small: entryOf(LARGEST), large: entryOf(LARGEST + 1), 'wide#1': entryOf(3 * LARGEST, 'é') };
    let place = 0;
    for (const [key, entry] of Object.entries(entries)) value(await under.store.append(fence, place++, key, entry));
    const next = await begin({ ...record, activation: value(await under.store.yield(fence)) });
    expect([...next.journal]).toEqual([
      ['small', entries.small],
      ['large', note(LARGEST + 1)],
      ['wide#1', note(Buffer.byteLength(JSON.stringify(entries['wide#1'])))],
    ]);
    for (const key of ['large', 'wide#1'] as const)
      expect(value(await under.store.recall(next.fence, key))).toEqual(entries[key]);
  });

  it('stay in the journal where they are failures, which a replay looks for', async () => {
    const { record, fence } = await running();
    const failed = { fingerprint: 'f', outcome: { failure: { message: 'x'.repeat(LARGEST), visible: true } } };
    value(await under.store.append(fence, 0, 'failed', failed));
    const next = await begin({ ...record, activation: value(await under.store.yield(fence)) });
    expect(next.journal.get('failed')).toEqual(failed);
  });

  it('are told to nobody but the activation that runs', async () => {
    const { record, fence } = await running();
    value(await under.store.append(fence, 0, 'large', entryOf(LARGEST + 1)));
    expect(await under.store.recall(fence, 'other')).toEqual({ ok: false, reason: 'gap' });
    const { fence: later } = await begin({ ...record, activation: value(await under.store.yield(fence)) });
    expect(await under.store.recall(fence, 'large')).toEqual({ ok: false, reason: 'fenced' });
    value(await under.store.finish(later, { kind: 'cancelled' }));
    expect(await under.store.recall(later, 'large')).toEqual({ ok: false, reason: 'terminal' });
    const none = { ...fence, taskId: 'no-such-task' };
    expect(await under.store.recall(none, 'large')).toEqual({ ok: false, reason: 'not_found' });
  });

  it('are not written where the journal is not as long as the writer believes', async () => {
    const { fence } = await running();
    value(await under.store.append(fence, 0, 'small', entryOf(100)));
    expect(await under.store.append(fence, 0, 'large', entryOf(LARGEST + 1))).toEqual({ ok: false, reason: 'gap' });
    expect(await under.store.recall(fence, 'large')).toEqual({ ok: false, reason: 'gap' });
  });

  it('go with the journal by the end of their task, and by its removal', async () => {
    const { fence } = await running();
    const [ended, removed] = [
      await begin(value(await under.store.spawn(fence, 'a', newTask(), 2))),
      await begin(value(await under.store.spawn(fence, 'b', newTask(), 2))),
    ];
    for (const one of [ended, removed]) value(await under.store.append(one.fence, 0, 'large', entryOf(LARGEST + 1)));
    value(await under.store.finish(ended.fence, { kind: 'cancelled' }));
    expect(await under.store.recall(ended.fence, 'large')).toEqual({ ok: false, reason: 'terminal' });
    value(await under.store.finish(fence, { kind: 'cancelled' }));
    expect(await under.store.recall(removed.fence, 'large')).toEqual({ ok: false, reason: 'not_found' });
  });
}
