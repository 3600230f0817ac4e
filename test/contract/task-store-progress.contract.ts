import type { Hint } from '../../framework/tasks/task-store.js';
import { until } from '../fixtures/until.js';
import { type OpenStore, steps, type StoreUnderTest, TTL, value } from './store-under-test.js';

export function progressContract(open: OpenStore): void {
  let under: StoreUnderTest;
  const { begin, running, read } = steps(() => under);
  beforeEach(async () => void (under = await open()));
  afterEach(() => under.close());

  it("keeps the handler's numbers beside its message, to the end and after it", async () => {
    const { record, fence } = await running();
    value(await under.store.heartbeat(fence, 'reading', { progress: 2, total: 5 }));
    expect(await read(record)).toMatchObject({ statusMessage: 'reading', progress: { progress: 2, total: 5 } });
    value(await under.store.heartbeat(fence, undefined, { progress: 3.5 }));
    const later = await read(record);
    expect([later.statusMessage, later.progress]).toEqual(['reading', { progress: 3.5 }]);
    const ended = value(await under.store.finish(fence, { kind: 'result', result: { content: [] } }));
    expect(ended.progress).toEqual({ progress: 3.5 });
    expect(await read(record)).toEqual(ended);
  });

  it('tells of numbers that changed, and of no others', async () => {
    const hints: Hint[] = [];
    const { record, fence } = await running();
    const unsubscribe = under.store.subscribe((hint) => hints.push(hint));
    for (const progress of [1, 1, 2, 2]) value(await under.store.heartbeat(fence, 'reading', { progress, total: 2 }));
    value(await under.store.heartbeat(fence));
    expect((await read(record)).version).toBe(record.version + 2);
    await until(() => hints.some(({ version }) => version === record.version + 2));
    unsubscribe();
  });

  it('notes which activation parked, so that the next one knows whether it was left in the middle', async () => {
    const { record, fence } = await running();
    expect((await read(record)).parkedIn).toBeUndefined();
    value(await under.store.park(fence, { questions: [], wake: record.createdAt + 1000 }));
    await under.advance(1001);
    await under.store.rescue(record.taskId, 5);
    const second = await begin(await read(record));
    expect([second.record.parkedIn, second.record.epoch]).toEqual([1, 2]);
    const third = await begin({ ...record, activation: value(await under.store.yield(second.fence)) });
    expect([third.record.parkedIn, third.record.epoch]).toEqual([1, 3]);
  });

  it('notes the park also where it is refused because something has come', async () => {
    const { record, fence } = await running();
    await under.advance(10);
    const parked = value(await under.store.park(fence, { questions: [], wake: record.createdAt + 1 }));
    expect(parked).toMatchObject({ kind: 'replay', record: { parkedIn: 1 } });
  });

  it('keeps a late result for its resultTtl, and says so in the ttl', async () => {
    const { record, fence } = await running({ ttl: 10_000, resultTtl: 60_000 });
    await under.advance(9000);
    const ended = value(await under.store.finish(fence, { kind: 'result', result: { content: [] } }));
    expect(ended.ttl).toBeGreaterThanOrEqual(69_000);
    expect(ended.ttl).toBeLessThan(70_000);
    await under.advance(59_000);
    await under.store.rescue(record.taskId, 5);
    expect(await read(record)).toEqual(ended);
    await under.advance(1500);
    await under.store.rescue(record.taskId, 5);
    expect(await under.store.get('alice', record.taskId)).toBeUndefined();
  });

  it('never shortens a ttl by a resultTtl', async () => {
    const { fence } = await running({ resultTtl: 1000 });
    expect(value(await under.store.finish(fence, { kind: 'result', result: { content: [] } })).ttl).toBe(TTL);
  });

  it('carries the trace that the task was created in', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const { record } = await running({ traceparent });
    expect((await read(record)).traceparent).toBe(traceparent);
    expect((await read((await running()).record)).traceparent).toBeUndefined();
  });
}
