import type { TaskOutcome } from '../../framework/tasks/task-record.js';
import {
  LEASE,
  LIMITS,
  newTask,
  type OpenStore,
  ASKED,
  steps,
  type StoreUnderTest,
  value,
} from './store-under-test.js';

const ENTRY = { fingerprint: 'f', outcome: { value: 1 } } as const;
const RESULT: TaskOutcome = { kind: 'result', result: { content: [{ type: 'text', text: 'done' }] } };

export function lifecycleContract(open: OpenStore): void {
  let under: StoreUnderTest;
  const { create, begin, running, read } = steps(() => under);
  beforeEach(async () => void (under = await open()));
  afterEach(() => under.close());

  describe('creation', () => {
    it('makes a task that is working, queued and found by its owner at once', async () => {
      const record = await create();
      expect(await under.store.get('alice', record.taskId)).toEqual(record);
      expect(record).toMatchObject({ status: 'working', run: 'queued', activation: 1, attempt: 1, version: 1 });
      expect(record.updatedAt).toBe(record.createdAt);
    });

    it('returns the earlier task for an idempotency key of the same owner and tool, even at the limit', async () => {
      const first = await create({ idempotencyKey: 'k' });
      const again = await under.store.create(newTask({ idempotencyKey: 'k' }), { ...LIMITS, perOwner: 1 });
      expect(value(again)).toEqual(first);
      expect((await under.store.list('alice', 10)).tasks).toHaveLength(1);
    });

    it.each([{ owner: 'bob' }, { tool: 'other' }])(
      'makes another task for the same idempotency key of %j',
      async (change) => {
        const first = await create({ idempotencyKey: 'k' });
        const second = await create({ idempotencyKey: 'k', ...change });
        expect(second.taskId).not.toBe(first.taskId);
      },
    );

    it('makes one task of many concurrent creations with one idempotency key', async () => {
      const other = await under.connect();
      const clients = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? under.store : other));
      const created = await Promise.all(
        clients.map((store) => store.create(newTask({ idempotencyKey: 'same' }), LIMITS)),
      );
      expect(new Set(created.map((one) => value(one).taskId)).size).toBe(1);
    });

    // Spec: tasks.quota
    it('makes a task that goes on from what was recorded before there was one', async () => {
      const journal = [
        ['a', ENTRY],
        ['b', { fingerprint: 'g', outcome: {} }],
      ] as const;
      const { record, journal: found, fence } = await running({ journal });
      expect([...found]).toEqual(journal);
      expect(record).not.toHaveProperty('journal');
      expect((await under.store.append(fence, 2, 'c', ENTRY)).ok).toBe(true);
    });

    it('refuses an owner with too many live tasks, and takes one again when one has ended', async () => {
      const [first] = [await create(), await create(), await create({ owner: 'bob' })];
      const limits = { ...LIMITS, perOwner: 2 };
      expect(await under.store.create(newTask(), limits)).toEqual({ ok: false, reason: 'quota' });
      await under.store.cancel('alice', first.taskId);
      expect((await under.store.create(newTask(), limits)).ok).toBe(true);
    });

    it('refuses everybody when all owners together have too many live tasks', async () => {
      await create();
      expect(await under.store.create(newTask({ owner: 'bob' }), { ...LIMITS, total: 1 })).toEqual({
        ok: false,
        reason: 'backlog',
      });
    });

    it('refuses everybody when the arguments of all live tasks are too much together, and one task alone never', async () => {
      const limits = { ...LIMITS, totalBytes: 100 };
      const large = { words: 'ä'.repeat(45) };
      expect(Buffer.byteLength(JSON.stringify(large))).toBe(102);
      const [full, none] = [{ ok: false, reason: 'backlog' }, newTask({ owner: 'bob', args: {} })];
      const first = value(await under.store.create(newTask({ args: large }), limits));
      expect(await under.store.create(none, limits)).toEqual(full);
      await under.store.cancel('alice', first.taskId);

      value(await under.store.create(none, limits));
      expect(await under.store.create(newTask({ args: large }), limits)).toEqual(full);
      const fits = value(await under.store.create(newTask({ args: { words: 'ä'.repeat(43) } }), limits));
      expect(await under.store.create(newTask({ args: {} }), limits)).toEqual(full);
      // What its children were given counts until they go with it.
      const begun = value(await under.store.begin(fits.taskId, 1, LEASE));
      const fence = { taskId: fits.taskId, epoch: begun.record.epoch, lease: LEASE };
      value(await under.store.spawn(fence, 'child', newTask({ args: large }), 1));
      await under.store.cancel('alice', fits.taskId);
      expect((await under.store.create(newTask({ args: { words: 'ä'.repeat(43) } }), limits)).ok).toBe(true);
    });

    it("makes room for an owner's new task by removing their oldest ended one", async () => {
      const [oldest, ended, live] = [await create(), await create(), await create()];
      for (const { taskId } of [ended, oldest]) await under.store.cancel('alice', taskId);
      const limits = { ...LIMITS, keptPerOwner: 3 };
      const added = value(await under.store.create(newTask(), limits));
      const { tasks } = await under.store.list('alice', 10);
      expect(tasks.map(({ taskId }) => taskId)).toEqual([added.taskId, live.taskId, ended.taskId]);
    });
  });

  describe('ownership', () => {
    it("answers about another owner's task as about none", async () => {
      const { record, fence } = await running();
      await under.store.ask(fence, 'q', ASKED);
      const refused = { ok: false, reason: 'not_found' };
      expect(await under.store.get('bob', record.taskId)).toBeUndefined();
      expect(await under.store.cancel('bob', record.taskId)).toEqual(refused);
      expect(await under.store.answer('bob', record.taskId, { q: {} })).toEqual(refused);
      expect(await under.store.cancel('alice', 'no-such-task')).toEqual(refused);
      expect((await under.store.list('bob', 10)).tasks).toEqual([]);
      expect((await read(record)).status).toBe('input_required');
    });
  });

  describe('activations', () => {
    it('begins the activation that is due once, and no other', async () => {
      const record = await create();
      expect(await under.store.begin(record.taskId, 2, LEASE)).toEqual({ ok: false, reason: 'stale' });
      const begun = value(await under.store.begin(record.taskId, 1, LEASE));
      expect(begun.record).toMatchObject({ run: 'running', epoch: 1 });
      expect(await under.store.begin(record.taskId, 1, LEASE)).toEqual({ ok: false, reason: 'stale' });
      expect(await under.store.begin('no-such-task', 1, LEASE)).toEqual({ ok: false, reason: 'not_found' });
    });

    it('lets one of many concurrent begins through', async () => {
      const record = await create();
      const clients = await Promise.all([under.connect(), under.connect()]);
      const begun = await Promise.all(
        clients.flatMap((store) => [1, 2, 3].map(() => store.begin(record.taskId, 1, LEASE))),
      );
      expect(begun.filter(({ ok }) => ok)).toHaveLength(1);
    });

    it('keeps what was recorded, in the order of recording, for the next activation', async () => {
      const { record, fence } = await running();
      value(await under.store.append(fence, 0, 'b', ENTRY));
      value(
        await under.store.append(fence, 1, 'a', {
          fingerprint: 'g',
          outcome: { failure: { message: 'no', visible: true } },
        }),
      );
      const activation = value(await under.store.yield(fence));
      const next = await begin({ ...record, activation });
      expect([...next.journal.keys()]).toEqual(['b', 'a']);
      expect(next.journal.get('b')).toEqual(ENTRY);
      expect(next.journal.get('a')?.outcome).toEqual({ failure: { message: 'no', visible: true } });
    });

    it('is not changed by what is done to what it gave out or was given', async () => {
      const { record, fence } = await running();
      const outcome = { value: { list: [1] } };
      value(await under.store.append(fence, 0, 'a', { fingerprint: 'f', outcome }));
      outcome.value.list.push(2);
      const next = await begin({ ...record, activation: value(await under.store.yield(fence)) });
      expect(next.journal.get('a')?.outcome).toEqual({ value: { list: [1] } });
    });

    it('counts attempts where a retry was asked for, and nowhere else', async () => {
      const { record, fence } = await running();
      const handed = await begin({ ...record, activation: value(await under.store.yield(fence)) });
      expect(handed.record.attempt).toBe(1);
      value(await under.store.yield(handed.fence, { delay: 1000, statusMessage: 'again' }));
      expect(await read(record)).toMatchObject({ attempt: 2, run: 'queued', activation: 3, statusMessage: 'again' });
    });

    it('shows progress, with a new version only where something changed', async () => {
      const { record, fence } = await running();
      value(await under.store.heartbeat(fence, 'half'));
      const shown = await read(record);
      expect(shown).toMatchObject({ statusMessage: 'half', version: record.version + 1 });
      value(await under.store.heartbeat(fence, 'half'));
      value(await under.store.heartbeat(fence));
      expect((await read(record)).version).toBe(shown.version);
    });
  });

  describe('fences', () => {
    it('refuses every write of an activation that was taken over, even before the next one begins', async () => {
      const { record, fence } = await running();
      await under.advance(LEASE + 1);
      await under.store.rescue(record.taskId, 5);
      const writes = () =>
        Promise.all([
          under.store.append(fence, 0, 'a', ENTRY),
          under.store.heartbeat(fence, 'zombie'),
          under.store.ask(fence, 'q', ASKED),
          under.store.park(fence, { questions: [] }),
          under.store.yield(fence),
          under.store.finish(fence, RESULT),
        ]);
      const fenced = Array.from({ length: 6 }, () => ({ ok: false, reason: 'fenced' }));
      expect(await writes()).toEqual(fenced);
      const next = await begin(await read(record));
      expect(await writes()).toEqual(fenced);
      expect(value(await under.store.finish(next.fence, RESULT)).status).toBe('completed');
      expect((await read(record)).statusMessage).toBeUndefined();
    });

    it('refuses an entry that would not continue the journal', async () => {
      const { fence } = await running();
      value(await under.store.append(fence, 0, 'a', ENTRY));
      expect(await under.store.append(fence, 0, 'b', ENTRY)).toEqual({ ok: false, reason: 'gap' });
      expect(await under.store.append(fence, 2, 'b', ENTRY)).toEqual({ ok: false, reason: 'gap' });
      expect((await under.store.append(fence, 1, 'b', ENTRY)).ok).toBe(true);
    });
  });

  describe('ends', () => {
    it.each<[TaskOutcome, string, string | undefined]>([
      [RESULT, 'completed', undefined],
      [{ kind: 'result', result: { content: [{ type: 'text', text: 'bad' }], isError: true } }, 'completed', 'bad'],
      [{ kind: 'error', error: { code: -32603, message: 'broken' } }, 'failed', 'broken'],
    ])('writes outcome %j and status %s together', async (outcome, status, statusMessage) => {
      const { record, fence } = await running();
      await under.store.ask(fence, 'q', ASKED);
      const ended = value(await under.store.finish(fence, outcome));
      expect(ended).toMatchObject({ status, outcome, run: 'done', args: null, open: {}, answers: {} });
      expect(ended.statusMessage).toBe(statusMessage);
      expect(await read(record)).toEqual(ended);
    });

    // Spec: tasks.final, tasks.transitions
    it('are final: no later transition changes anything', async () => {
      const { record, fence } = await running();
      const ended = value(await under.store.cancel('alice', record.taskId));
      expect(ended).toMatchObject({ status: 'cancelled', outcome: { kind: 'cancelled' }, run: 'done' });
      const { store } = under;
      const refused = await Promise.all([
        ...[
          store.finish(fence, RESULT),
          store.append(fence, 0, 'a', ENTRY),
          store.heartbeat(fence, 'late'),
          store.ask(fence, 'q', ASKED),
        ],
        ...[store.park(fence, { questions: [] }), store.yield(fence), store.begin(record.taskId, 1, LEASE)],
        ...[store.cancel('alice', record.taskId), store.answer('alice', record.taskId, { q: {} })],
      ]);
      expect(refused).toEqual(refused.map(() => ({ ok: false, reason: 'terminal' })));
      expect(await read(record)).toEqual(ended);
    });
  });
}
