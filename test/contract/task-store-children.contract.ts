import { seededRandom } from '../fixtures/seeded-random.js';
import { until } from '../fixtures/until.js';
import type { TaskRecord } from '../../framework/tasks/task-record.js';
import type { Fence, Hint } from '../../framework/tasks/task-store.js';
import {
  LEASE,
  LIMITS,
  newTask,
  type OpenStore,
  ASKED,
  steps,
  type StoreUnderTest,
  TTL,
  value,
} from './store-under-test.js';

const MOST = 1000;

const ROUNDS = 300;

export function childrenContract(open: OpenStore): void {
  let under: StoreUnderTest;
  const { begin, running, read } = steps(() => under);
  beforeEach(async () => void (under = await open()));
  afterEach(() => under.close());

  const spawn = async (fence: Fence, key = 'task:part#1', change: Parameters<typeof newTask>[0] = {}) =>
    value(await under.store.spawn(fence, key, newTask(change), MOST));
  const find = ({ taskId }: TaskRecord) => under.store.get('alice', taskId);
  const finish = async (fence: Fence) =>
    value(await under.store.finish(fence, { kind: 'result', result: { content: [] } }));

  it('are made once under a key, and know their parent and their root', async () => {
    const { record, fence } = await running();
    const child = await spawn(fence);
    expect(child).toMatchObject({ run: 'queued', activation: 1, root: record.taskId });
    expect(child.parent).toEqual({ taskId: record.taskId, key: 'task:part#1' });
    expect(await find(child)).toEqual(child);
    expect((await spawn(fence)).taskId).toBe(child.taskId);
    const second = await spawn(fence, 'task:part#2');
    expect(second.taskId).not.toBe(child.taskId);
    const grandchild = await spawn((await begin(child)).fence);
    expect([grandchild.parent?.taskId, grandchild.root]).toEqual([child.taskId, record.taskId]);
    expect((await read(record)).children).toBe(2);
  });

  it('know what they may use from their making on, and tell at their end what they did', async () => {
    const { record, fence } = await running();
    const allowance = { turns: 3, cost: 0.25, ends: 1_900_000_000_000 };
    const child = await spawn(fence, 'task:part#1', { allowance });
    expect(child.allowance).toEqual(allowance);
    expect((await spawn(fence, 'task:part#1', { allowance: { turns: 9 } })).allowance).toEqual(allowance);
    const begun = await begin(child);
    expect(begun.record.allowance).toEqual(allowance);
    const usage = { turns: 2, toolCalls: 1, inputTokens: 40 };
    value(await under.store.finish(begun.fence, { kind: 'error', error: { code: 1, message: 'x' }, usage }));
    expect((await find(child))?.outcome).toMatchObject({ kind: 'error', usage });
    expect((await read(record)).allowance).toBeUndefined();
    expect((await spawn(fence, 'task:part#2', { allowance: {} })).allowance).toEqual({});
  });

  it('are found again by the next activation of their parent, and not made by one that was fenced off', async () => {
    const { record, fence } = await running();
    const child = await spawn(fence);
    const next = await begin({ ...record, activation: value(await under.store.yield(fence)) });
    expect(await under.store.spawn(fence, 'task:late#1', newTask(), MOST)).toEqual({ ok: false, reason: 'fenced' });
    expect(await under.store.spawn(fence, 'task:part#1', newTask(), MOST)).toEqual({ ok: false, reason: 'fenced' });
    expect((await spawn(next.fence)).taskId).toBe(child.taskId);
  });

  it('keep their parent alive by being made', async () => {
    const { record, fence } = await running();
    for (const key of ['a', 'a', 'b']) {
      await under.advance(LEASE - 1);
      await spawn(fence, key);
      expect(await under.store.rescue(record.taskId, 5)).toEqual({ kind: 'none' });
    }
  });

  it('stand in no list, count for no owner, and are limited by parent', async () => {
    const { record, fence } = await running();
    await spawn(fence);
    expect((await under.store.list('alice', 10)).tasks.map(({ taskId }) => taskId)).toEqual([record.taskId]);
    expect((await under.store.create(newTask(), { ...LIMITS, perOwner: 2 })).ok).toBe(true);
    expect(await under.store.spawn(fence, 'task:part#2', newTask(), 1)).toEqual({ ok: false, reason: 'quota' });
    expect(value(await under.store.spawn(fence, 'task:part#1', newTask(), 1)).root).toBe(record.taskId);
    const full = await under.store.create(newTask({ owner: 'bob' }), { ...LIMITS, total: 3 });
    expect(full).toEqual({ ok: false, reason: 'backlog' });
  });

  it('stand at most sixteen deep, so that a task which starts itself comes to an end', async () => {
    let { fence } = await running();
    for (let depth = 1; depth <= 16; depth++) {
      const child = await spawn(fence);
      expect(child.depth).toBe(depth);
      fence = (await begin(child)).fence;
    }
    expect(await under.store.spawn(fence, 'a', newTask(), MOST)).toEqual({ ok: false, reason: 'quota' });
  });

  it('live no longer than their parent', async () => {
    const { fence } = await running({ ttl: 100_000 });
    await under.advance(10_000);
    const child = await spawn(fence);
    expect(child.ttl).toBeGreaterThan(0);
    expect(child.ttl).toBeLessThanOrEqual(90_000);
    expect((await spawn(fence, 'short', { ttl: 5000 })).ttl).toBe(5000);
  });

  it('wake a parent that is idle, due at once, and let one that runs run', async () => {
    const { record, fence } = await running();
    const [first, second] = [await spawn(fence, 'a'), await spawn(fence, 'b')];
    const children = [first.taskId, second.taskId];
    await finish((await begin(first)).fence);
    expect((await read(record)).run).toBe('running');
    expect(value(await under.store.park(fence, { questions: [], children })).kind).toBe('replay');
    expect(value(await under.store.park(fence, { questions: [], children: [second.taskId] })).kind).toBe('parked');
    await finish((await begin(second)).fence);
    expect(await read(record)).toMatchObject({ run: 'queued', activation: 2 });
    expect(await under.store.due(10)).toContain(record.taskId);
    expect(await under.store.rescue(record.taskId, 5)).toEqual({ kind: 'enqueue', activation: 2, tool: 'research' });
  });

  it('wake their parent also where they failed, were given up or expired', async () => {
    const { record, fence } = await running();
    const child = await spawn(fence, 'a', { ttl: 10_000 });
    value(await under.store.park(fence, { questions: [], children: [child.taskId] }));
    await under.advance(10_001);
    await under.store.rescue(child.taskId, 5);
    expect((await find(child))?.status).toBe('failed');
    expect((await read(record)).run).toBe('queued');
  });

  it('do not let their parent park over a child that is not there', async () => {
    const { fence } = await running();
    expect(value(await under.store.park(fence, { questions: [], children: ['no-such-task'] })).kind).toBe('replay');
  });

  it('are kept after their end for as long as their parent lives', async () => {
    const { record, fence } = await running({ ttl: TTL });
    const child = await spawn(fence, 'a', { ttl: 5000 });
    const ended = await finish((await begin(child)).fence);
    await under.advance(TTL - 1000);
    await under.store.rescue(child.taskId, 5);
    expect((await find(child))?.outcome).toEqual(ended.outcome);
    await under.advance(1001);
    await under.store.rescue(record.taskId, 5);
    expect((await read(record)).status).toBe('failed');
    expect(await find(child)).toBeUndefined();
  });

  it.each(['finish', 'cancel', 'expiry'] as const)(
    'are removed with all below them by the %s of their parent',
    async (how) => {
      const { record, fence } = await running({ ttl: 100_000 });
      const [child, ended] = [await spawn(fence, 'a'), await spawn(fence, 'b')];
      const run = await begin(child);
      const grandchild = await spawn(run.fence);
      await finish((await begin(ended)).fence);
      const hints: Hint[] = [];
      const unsubscribe = under.store.subscribe((hint) => hints.push(hint));
      if (how === 'finish') await finish(fence);
      else if (how === 'cancel') value(await under.store.cancel('alice', record.taskId));
      else {
        await under.advance(100_001);
        await under.store.rescue(record.taskId, 5);
      }
      for (const one of [child, ended, grandchild]) expect(await find(one)).toBeUndefined();
      const written = await under.store.append(run.fence, 0, 'a', { fingerprint: 'f', outcome: {} });
      expect(written).toEqual({ ok: false, reason: 'not_found' });
      await until(() => hints.some(({ taskId, version }) => taskId === child.taskId && version > child.version));
      unsubscribe();
      // Nothing of them counts any more.
      expect((await under.store.create(newTask({ owner: 'bob' }), { ...LIMITS, total: 1 })).ok).toBe(true);
      await under.advance(TTL);
      expect(await under.store.due(10)).not.toContain(child.taskId);
    },
  );

  it('show their questions to whoever watches the root, and take the answers', async () => {
    const { record, fence } = await running();
    const child = await spawn(fence);
    const run = await begin(child);
    const grandchild = await begin(await spawn(run.fence));
    const before = (await read(record)).version;
    value(await under.store.ask(grandchild.fence, 'q', ASKED));
    expect((await read(record)).version).toBe(before + 1);
    const asking = await under.store.asking('alice', record.taskId);
    expect(asking.map(({ taskId, open }) => [taskId, Object.keys(open)])).toEqual([[grandchild.record.taskId, ['q']]]);
    expect(await under.store.asking('bob', record.taskId)).toEqual([]);
    value(await under.store.answer('alice', grandchild.record.taskId, { q: { n: 1 } }));
    expect((await read(record)).version).toBe(before + 2);
    expect(await under.store.asking('alice', record.taskId)).toEqual([]);
    value(await under.store.heartbeat(grandchild.fence));
    expect((await read(record)).version).toBe(before + 2);
  });

  it('show their progress in the root: the last message, and the sums of the numbers', async () => {
    const { record, fence } = await running();
    const [child, other] = [await begin(await spawn(fence, 'a')), await begin(await spawn(fence, 'b'))];
    const grandchild = await begin(await spawn(child.fence));
    const version = (await read(record)).version;
    const shown = async () => {
      const { statusMessage, below, progress } = await read(record);
      return { statusMessage, below, progress };
    };
    value(await under.store.heartbeat(fence, 'own', { progress: 1, total: 2 }));
    value(await under.store.heartbeat(grandchild.fence, 'deep', { progress: 2, total: 8 }));
    value(await under.store.heartbeat(other.fence, undefined, { progress: 0.5 }));
    const own = { progress: 1, total: 2 };
    const before = { statusMessage: 'deep', below: { progress: 2.5, total: 8, open: 1 }, progress: own };
    expect(await shown()).toEqual(before);
    value(await under.store.heartbeat(grandchild.fence, 'deep', { progress: 2, total: 8 }));
    expect(await shown()).toEqual(before);
    value(await under.store.heartbeat(other.fence, 'last', { progress: 2, total: 4 }));
    expect(await shown()).toEqual({ ...before, statusMessage: 'last', below: { progress: 4, total: 12, open: 0 } });
    expect((await read(record)).version).toBe(version + 4);
    expect((await read(child.record)).below).toBeUndefined();
  });

  it('count as done in the sums once they have ended or were removed, however', async () => {
    const { record, fence } = await running();
    const [child, other] = [await begin(await spawn(fence, 'a')), await begin(await spawn(fence, 'b'))];
    const grandchild = await begin(await spawn(child.fence));
    value(await under.store.heartbeat(child.fence, 'a', { progress: 1 }));
    value(await under.store.heartbeat(grandchild.fence, 'b', { progress: 2, total: 8 }));
    value(await under.store.heartbeat(other.fence, 'c', { progress: 1, total: 4 }));
    await finish(child.fence);
    expect((await read(record)).below).toEqual({ progress: 10, total: 13, open: 0 });
    value(await under.store.finish(other.fence, { kind: 'error', error: { code: 1, message: 'no' } }));
    const { below, version, statusMessage } = await read(record);
    expect([below, statusMessage]).toEqual([{ progress: 13, total: 13, open: 0 }, 'c']);
    const ended = await finish(fence);
    expect([ended.below, ended.version]).toEqual([below, version + 1]);
  });

  it('say through the root that they try again', async () => {
    const { record, fence } = await running();
    const child = await begin(await spawn(fence));
    value(await under.store.yield(child.fence, { delay: 10, statusMessage: 'again' }));
    expect((await read(record)).statusMessage).toBe('again');
  });

  it('are told of by the transition that removes them, those that had ended not', async () => {
    const { record, fence } = await running({ traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' });
    const [child, ended] = [await begin(await spawn(fence, 'a')), await begin(await spawn(fence, 'b'))];
    const trace = { traceparent: record.traceparent as string };
    const grandchild = await spawn(child.fence, 'c', { ...trace, tool: 'other' });
    expect(await finish(ended.fence)).not.toHaveProperty('removed');
    const cancelled = value(await under.store.cancel('alice', record.taskId));
    const { createdAt } = child.record;
    const root = record.taskId;
    expect(cancelled.removed).toEqual([
      {
        ...{ taskId: grandchild.taskId, tool: 'other', parent: { taskId: child.record.taskId, key: 'c' }, root },
        ...{ attempt: 1, epoch: 0, createdAt: grandchild.createdAt, ...trace },
      },
      {
        ...{ taskId: child.record.taskId, tool: 'research', parent: { taskId: root, key: 'a' }, root },
        ...{ attempt: 1, epoch: 1, createdAt },
      },
    ]);
    expect(await read(record)).not.toHaveProperty('removed');
  });

  it('are told of in the order in which they came to ask', async () => {
    const { record, fence } = await running();
    const runs = [];
    for (const key of ['a', 'b', 'c']) runs.push((await begin(await spawn(fence, key))).fence);
    const [a, b, c] = runs as [Fence, Fence, Fence];
    const asking = async () => (await under.store.asking('alice', record.taskId)).map(({ taskId }) => taskId);
    for (const one of [c, a, b]) value(await under.store.ask(one, 'q', ASKED));
    value(await under.store.ask(c, 'r', ASKED));
    expect(await asking()).toEqual([c.taskId, a.taskId, b.taskId]);
    value(await under.store.answer('alice', c.taskId, { q: {} }));
    expect(await asking()).toEqual([c.taskId, a.taskId, b.taskId]);
    value(await under.store.answer('alice', c.taskId, { r: {} }));
    value(await under.store.park(a, { questions: [] }));
    expect(await asking()).toEqual([b.taskId]);
    value(await under.store.ask(c, 's', ASKED));
    expect(await asking()).toEqual([b.taskId, c.taskId]);
    expect(await under.store.asking('alice', b.taskId)).toEqual([]);
    value(await under.store.cancel('alice', record.taskId));
    expect(await asking()).toEqual([]);
  });

  it('tell the root of questions that went with them', async () => {
    const { record, fence } = await running();
    const child = await begin(await spawn(fence));
    const grandchild = await begin(await spawn(child.fence));
    value(await under.store.ask(grandchild.fence, 'q', ASKED));
    const { version } = await read(record);
    await finish(child.fence);
    expect((await read(record)).version).toBe(version + 1);
    expect(await under.store.asking('alice', record.taskId)).toEqual([]);
  });

  it('take their open questions with them', async () => {
    const { record, fence } = await running();
    const run = await begin(await spawn(fence));
    value(await under.store.ask(run.fence, 'q', ASKED));
    const before = (await read(record)).version;
    await finish(run.fence);
    expect((await read(record)).version).toBe(before + 1);
    expect(await under.store.asking('alice', record.taskId)).toEqual([]);
  });

  it('never lose the wake-up when their end meets the park of their parent', async () => {
    const random = seededRandom();
    const other = await under.connect();
    const kinds = new Set<string>();
    const later = async (act: () => Promise<unknown>) => {
      for (let turns = Math.floor(random() * 4); turns > 0; turns--) await new Promise((go) => setImmediate(go));
      return act();
    };
    for (let round = 0; round < ROUNDS; round++) {
      const { record, fence } = await running();
      const child = await begin(await spawn(fence));
      const [parked] = await Promise.all([
        later(() => under.store.park(fence, { questions: [], children: [child.record.taskId] })),
        later(() => other.finish(child.fence, { kind: 'result', result: { content: [] } })),
      ]);
      const { kind } = value(parked as Awaited<ReturnType<typeof under.store.park>>);
      kinds.add(kind);
      expect((await read(record)).run).toBe(kind === 'parked' ? 'queued' : 'running');
      value(await under.store.cancel('alice', record.taskId));
    }
    expect([...kinds].sort()).toEqual(['parked', 'replay']);
  });

  it('are never left behind when they are made while their parent is cancelled', async () => {
    const random = seededRandom();
    const other = await under.connect();
    for (let round = 0; round < ROUNDS / 3; round++) {
      const { record, fence } = await running();
      const task = newTask();
      const turns = Math.floor(random() * 3);
      await Promise.all([
        (async () => {
          for (let turn = 0; turn < turns; turn++) await new Promise((go) => setImmediate(go));
          return other.cancel('alice', record.taskId);
        })(),
        under.store.spawn(fence, 'a', task, MOST),
      ]);
      expect(await under.store.get('alice', task.taskId)).toBeUndefined();
    }
    expect((await under.store.create(newTask(), { ...LIMITS, total: 1 })).ok).toBe(true);
  });
}
