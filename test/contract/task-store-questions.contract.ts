import { type OpenStore, ASKED, QUESTION, steps, type StoreUnderTest, value } from './store-under-test.js';

export function questionsContract(open: OpenStore): void {
  let under: StoreUnderTest;
  const { begin, running, read } = steps(() => under);
  beforeEach(async () => void (under = await open()));
  afterEach(() => under.close());

  // Spec: tasks.transitions
  it('is input_required exactly while a question is open', async () => {
    const { record, fence } = await running();
    expect(value(await under.store.ask(fence, 'a', ASKED))).toEqual({ kind: 'open' });
    value(await under.store.ask(fence, 'b', ASKED));
    expect(await read(record)).toMatchObject({ status: 'input_required', open: { a: { request: QUESTION }, b: {} } });
    value(await under.store.answer('alice', record.taskId, { a: { n: 1 } }));
    expect((await read(record)).status).toBe('input_required');
    value(await under.store.answer('alice', record.taskId, { b: { n: 2 } }));
    expect(await read(record)).toMatchObject({ status: 'working', open: {}, answers: { a: { n: 1 }, b: { n: 2 } } });
  });

  it('takes the first answer to a key and ignores later ones, unknown keys and keys that objects inherit', async () => {
    const { record, fence } = await running();
    await under.store.ask(fence, 'a', ASKED);
    expect(value(await under.store.answer('alice', record.taskId, { a: 1, x: 2, constructor: 3 })).taken).toEqual([
      'a',
    ]);
    const before = await read(record);
    expect(value(await under.store.answer('alice', record.taskId, { a: 9, x: 2, toString: 3 })).taken).toEqual([]);
    expect(await read(record)).toEqual(before);
  });

  // Spec: extension.keys, extension.keys-again, extension.keys-two
  it('gives the stored answer to every later question under the same key', async () => {
    const { record, fence } = await running();
    await under.store.ask(fence, 'a', ASKED);
    await under.store.answer('alice', record.taskId, { a: { yes: true } });
    const next = await begin({ ...record, activation: value(await under.store.yield(fence)) });
    expect(value(await under.store.ask(next.fence, 'a', ASKED))).toEqual({
      kind: 'answered',
      answer: { yes: true },
    });
    expect((await read(record)).status).toBe('working');
  });

  // Spec: extension.keys, extension.keys-two
  it('keeps the first request, fingerprint and deadline under a key', async () => {
    const { record, fence, now } = await running();
    await under.store.ask(fence, 'a', { ...ASKED, deadline: now + 60_000 });
    const version = (await read(record)).version;
    await under.store.ask(fence, 'a', { request: { method: 'roots/list' }, fingerprint: 'other', deadline: now + 1 });
    expect(await read(record)).toMatchObject({
      ...{ version, open: { a: { request: QUESTION, deadline: now + 60_000 } }, asked: { a: ASKED.fingerprint } },
    });
  });

  it('knows what was asked under a key for as long as the task runs: open, answered, expired or withdrawn', async () => {
    const { record, fence, now } = await running();
    const asked = { a: 'one', b: 'two', c: 'three', toString: 'four' };
    for (const [key, fingerprint] of Object.entries(asked)) {
      const deadline = key === 'b' ? { deadline: now + 1000 } : {};
      value(await under.store.ask(fence, key, { request: QUESTION, fingerprint, ...deadline }));
      expect((await read(record)).asked).toHaveProperty(key, fingerprint);
    }
    await under.advance(1001);
    value(await under.store.ask(fence, 'd', { request: QUESTION, fingerprint: 'five', deadline: now }));
    value(await under.store.answer('alice', record.taskId, { a: 1 }));
    value(await under.store.park(fence, { questions: ['toString'] }));
    const parked = await read(record);
    expect(parked).toMatchObject({
      asked: { ...asked, d: 'five' },
      answers: { a: 1 },
      expired: expect.arrayContaining(['b', 'd']),
    });
    expect(Object.keys(parked.open)).toEqual(['toString']);
    value(await under.store.cancel('alice', record.taskId));
    expect((await read(record)).asked).toBeUndefined();
  });

  it('withdraws the questions that a parked task does not wait for, and puts them again when they are asked again', async () => {
    const { record, fence } = await running();
    for (const key of ['a', 'b']) await under.store.ask(fence, key, ASKED);
    const { version } = await read(record);
    value(await under.store.park(fence, { questions: ['b'] }));
    const parked = await read(record);
    expect(parked).toMatchObject({ status: 'input_required', run: 'idle', open: { b: { request: QUESTION } } });
    expect(Object.keys(parked.open)).toEqual(['b']);
    expect(parked.version).toBeGreaterThan(version);
    expect(value(await under.store.answer('alice', record.taskId, { a: 1 })).taken).toEqual([]);
    const next = await begin(value(await under.store.answer('alice', record.taskId, { b: 2 })).record);
    expect(value(await under.store.ask(next.fence, 'a', ASKED))).toEqual({ kind: 'open' });
    expect(await read(record)).toMatchObject({ status: 'input_required', open: { a: { request: QUESTION } } });
    value(await under.store.park(next.fence, { questions: [], wake: Number.MAX_SAFE_INTEGER }));
    expect(await read(record)).toMatchObject({ status: 'working', run: 'idle', open: {} });
  });

  it('queues the next activation when an answer finds the task idle', async () => {
    const { record, fence } = await running();
    await under.store.ask(fence, 'a', ASKED);
    expect(value(await under.store.park(fence, { questions: ['a'] }))).toEqual({ kind: 'parked' });
    expect((await read(record)).run).toBe('idle');
    const answered = value(await under.store.answer('alice', record.taskId, { a: 1 }));
    expect(answered).toMatchObject({ enqueue: 2, record: { run: 'queued', activation: 2, status: 'working' } });
    expect((await begin(answered.record)).record.answers).toEqual({ a: 1 });
  });

  it('does not park over an answer that came while it ran, and gives out the record that has it', async () => {
    const { record, fence } = await running();
    for (const key of ['a', 'b']) await under.store.ask(fence, key, ASKED);
    expect(value(await under.store.answer('alice', record.taskId, { a: 1 })).enqueue).toBeUndefined();
    const parked = value(await under.store.park(fence, { questions: ['a', 'b'] }));
    expect(parked).toMatchObject({ kind: 'replay', record: { run: 'running', answers: { a: 1 } } });
    expect(value(await under.store.park(fence, { questions: ['b'] })).kind).toBe('parked');
  });

  it('does not park over a question that expired while it ran', async () => {
    const { fence, now } = await running();
    await under.store.ask(fence, 'a', { ...ASKED, deadline: now + 1000 });
    await under.advance(1001);
    const parked = value(await under.store.park(fence, { questions: ['a'] }));
    expect(parked).toMatchObject({ kind: 'replay', record: { status: 'working', expired: ['a'] } });
  });

  it('parks over an expired question that nothing waits for any more', async () => {
    const { record, fence, now } = await running();
    await under.store.ask(fence, 'a', { ...ASKED, deadline: now + 1000 });
    await under.advance(1001);
    expect(value(await under.store.park(fence, { questions: [], wake: now + 60_000 })).kind).toBe('parked');
    expect((await read(record)).open).toEqual({});
  });

  it('does not park over a time that has come', async () => {
    const { fence, now } = await running();
    await under.advance(1000);
    const parked = value(await under.store.park(fence, { questions: [], wake: now + 500 }));
    expect(parked.kind === 'replay' && parked.now >= now + 1000).toBe(true);
    expect(value(await under.store.park(fence, { questions: [], wake: now + 60_000 })).kind).toBe('parked');
  });

  it('expires a question at its deadline: late answers are ignored, and whoever asks is told', async () => {
    const { record, fence, now } = await running();
    await under.store.ask(fence, 'a', { ...ASKED, deadline: now + 1000 });
    await under.advance(1001);
    expect(value(await under.store.answer('alice', record.taskId, { a: 1 })).taken).toEqual([]);
    expect(value(await under.store.ask(fence, 'a', { ...ASKED, deadline: now + 1000 }))).toEqual({ kind: 'expired' });
    expect(await read(record)).toMatchObject({ status: 'working', open: {}, expired: ['a'] });
    expect(value(await under.store.answer('alice', record.taskId, { a: 1 })).taken).toEqual([]);
    expect(value(await under.store.ask(fence, 'a', ASKED))).toEqual({ kind: 'expired' });
  });

  it('wakes a parked task when a question expires', async () => {
    const { record, fence, now } = await running();
    await under.store.ask(fence, 'a', { ...ASKED, deadline: now + 1000 });
    value(await under.store.park(fence, { questions: ['a'] }));
    expect(await under.store.due(10)).toEqual([]);
    await under.advance(1001);
    expect(await under.store.due(10)).toEqual([record.taskId]);
    expect(await under.store.rescue(record.taskId, 5)).toEqual({ kind: 'enqueue', activation: 2, tool: 'research' });
    expect(await read(record)).toMatchObject({ status: 'working', run: 'queued', expired: ['a'] });
  });
}
