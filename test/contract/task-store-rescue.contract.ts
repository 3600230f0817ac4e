import { LEASE, type OpenStore, ASKED, steps, type StoreUnderTest, TTL, value } from './store-under-test.js';

const ENTRY = { fingerprint: 'f', outcome: { value: 1 } } as const;
const NONE = { kind: 'none' };
const LONG_ENOUGH = 60_000;

export function rescueContract(open: OpenStore): void {
  let under: StoreUnderTest;
  const { create, begin, running, read } = steps(() => under);
  beforeEach(async () => void (under = await open()));
  afterEach(() => under.close());

  it('leaves alone what is not due', async () => {
    const record = await create();
    expect(await under.store.due(10)).toEqual([]);
    expect(await under.store.rescue(record.taskId, 5)).toEqual(NONE);
    expect(await under.store.rescue('no-such-task', 5)).toEqual(NONE);
    expect(await read(record)).toEqual(record);
  });

  it('names due tasks, those that wait longest first', async () => {
    const created = [];
    for (let i = 0; i < 5; i++) {
      created.push((await create()).taskId);
      await under.advance(10);
    }
    await under.advance(LONG_ENOUGH);
    expect(await under.store.due(10)).toEqual(created);
    expect(await under.store.due(2)).toEqual(created.slice(0, 2));
  });

  it('enqueues the same activation again when it was lost', async () => {
    const record = await create();
    await under.advance(LONG_ENOUGH);
    expect(await under.store.rescue(record.taskId, 5)).toEqual({ kind: 'enqueue', activation: 1, tool: 'research' });
    expect(await under.store.due(10)).toEqual([]);
    expect((await begin(record)).record.run).toBe('running');
  });

  it('looks again after as long as an activation has waited, and after a minute at most', async () => {
    const { taskId } = await create();
    const enqueued = { kind: 'enqueue', activation: 1, tool: 'research' };
    // A lost one is found soon; what waits in a backlog is looked at less and less often.
    for (const wait of [5_000, 5_000, 10_000, 20_000, 40_000, 60_000, 60_000]) {
      await under.advance(wait - 1);
      expect([wait, await under.store.due(10)]).toEqual([wait, []]);
      await under.advance(1);
      expect([wait, await under.store.due(10)]).toEqual([wait, [taskId]]);
      expect(await under.store.rescue(taskId, 5)).toEqual(enqueued);
    }
  });

  it('begins anew to count how long an activation waits where the next one is enqueued', async () => {
    const record = await create();
    await under.advance(LONG_ENOUGH);
    const { fence } = await begin(record);
    const activation = value(await under.store.yield(fence));
    await under.advance(4_999);
    expect(await under.store.due(10)).toEqual([]);
    await under.advance(1);
    expect(await under.store.rescue(record.taskId, 5)).toEqual({ kind: 'enqueue', activation, tool: 'research' });
    await under.advance(5_000);
    expect(await under.store.due(10)).toEqual([record.taskId]);
  });

  it('does not take a delayed retry for a lost one', async () => {
    const { record, fence } = await running();
    value(await under.store.yield(fence, { delay: LONG_ENOUGH }));
    await under.advance(LONG_ENOUGH - 1);
    expect(await under.store.rescue(record.taskId, 5)).toEqual(NONE);
  });

  it('leaves an activation alone for as long as it writes', async () => {
    const { record, fence, now } = await running();
    const writes = [
      () => under.store.append(fence, 0, 'a', ENTRY),
      () => under.store.heartbeat(fence),
      () => under.store.ask(fence, 'q', { ...ASKED, deadline: now + TTL }),
    ];
    for (const write of writes) {
      await under.advance(LEASE - 1);
      expect((await write()).ok).toBe(true);
      expect(await under.store.rescue(record.taskId, 5)).toEqual(NONE);
    }
  });

  it('takes over from an activation that has gone silent', async () => {
    const { record } = await running();
    await under.advance(LEASE + 1);
    expect(await under.store.rescue(record.taskId, 5)).toEqual({ kind: 'enqueue', activation: 2, tool: 'research' });
    expect(await read(record)).toMatchObject({ run: 'queued', status: 'working', crashes: 1 });
    expect((await begin(await read(record))).record.epoch).toBe(2);
  });

  const crash = async (taskId: string) => {
    await under.advance(LEASE + 1);
    return under.store.rescue(taskId, 2);
  };

  it('ends a task that crashed its worker too often without progress, naming the step and nothing else', async () => {
    const { record, fence } = await running();
    value(await under.store.append(fence, 0, 'plan#0', ENTRY));
    for (let crashes = 1; crashes <= 2; crashes++) {
      expect((await crash(record.taskId)).kind).toBe('enqueue');
      await begin(await read(record));
    }
    expect(await crash(record.taskId)).toEqual({ kind: 'ended', record: await read(record) });
    expect(await read(record)).toMatchObject({
      status: 'failed',
      outcome: { kind: 'error', error: { code: -32603, message: 'The worker crashed 3 times after step "plan#0".' } },
    });
  });

  it('forgives crashes when something new was recorded', async () => {
    const { record } = await running();
    for (let round = 0; round < 6; round++) {
      expect((await crash(record.taskId)).kind).toBe('enqueue');
      const { fence } = await begin(await read(record));
      value(await under.store.append(fence, round, `step#${round}`, ENTRY));
    }
    expect((await read(record)).crashes).toBe(0);
  });

  it('wakes a parked task when its time has come', async () => {
    const { record, fence, now } = await running();
    value(await under.store.park(fence, { questions: [], wake: now + 120_000 }));
    await under.advance(119_000);
    expect(await under.store.rescue(record.taskId, 5)).toEqual(NONE);
    await under.advance(1001);
    expect(await under.store.rescue(record.taskId, 5)).toEqual({ kind: 'enqueue', activation: 2, tool: 'research' });
    expect(await under.store.rescue(record.taskId, 5)).toEqual(NONE);
  });

  it.each(['queued', 'running', 'idle'] as const)(
    'ends a task that is %s when its ttl is over, and removes it later',
    async (run) => {
      const record = await create({ ttl: 100_000 });
      if (run !== 'queued') {
        const { fence } = await begin(record);
        if (run === 'idle') value(await under.store.park(fence, { questions: [] }));
      }
      await under.advance(100_001);
      expect(await under.store.due(10)).toEqual([record.taskId]);
      expect(await under.store.rescue(record.taskId, 5)).toEqual({ kind: 'ended', record: await read(record) });
      const { status, outcome } = await read(record);
      expect(status).toBe('failed');
      expect(outcome).toMatchObject({ kind: 'error', error: { message: expect.stringContaining('expired') } });
      await under.advance(3_600_000);
      await under.store.rescue(record.taskId, 5);
      expect(await under.store.get('alice', record.taskId)).toBeUndefined();
    },
  );

  // Spec: tasks.expired
  it('keeps an ended task to the end of its ttl, then forgets it and its idempotency key', async () => {
    const record = await create({ ttl: 100_000, idempotencyKey: 'k' });
    await under.store.cancel('alice', record.taskId);
    await under.advance(99_000);
    expect(await under.store.due(10)).toEqual([]);
    expect((await create({ idempotencyKey: 'k' })).taskId).toBe(record.taskId);
    await under.advance(1001);
    await under.store.rescue(record.taskId, 5);
    expect(await under.store.get('alice', record.taskId)).toBeUndefined();
    expect((await under.store.list('alice', 10)).tasks).toEqual([]);
    expect((await create({ idempotencyKey: 'k' })).taskId).not.toBe(record.taskId);
  });
}
