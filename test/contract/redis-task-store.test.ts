import { MemoryTaskStore } from '../../framework/tasks/memory/task-store.js';
import type { Json } from '../../framework/spec.js';
import type { TaskOutcome, TaskRecord, TaskRun } from '../../framework/tasks/task-record.js';
import type { SurveyQuery } from '../../framework/tasks/survey.js';
import type { Fence, Hint, TaskStore } from '../../framework/tasks/task-store.js';
import { connectRedis } from '../../framework/tasks/redis/connections.js';
import { RedisTaskStore } from '../../framework/tasks/redis/task-store.js';
import { RedisServer } from '../fixtures/redis-server.js';
import { seededRandom } from '../fixtures/seeded-random.js';
import { until } from '../fixtures/until.js';
import { closeRedisStores, openRedisStore, START } from './redis-under-test.js';
import { LIMITS, newTask, ASKED, QUESTION, value } from './store-under-test.js';
import { taskStoreContract } from './task-store.contract.js';

let server: RedisServer;
beforeAll(async () => void (server = await RedisServer.start()));
afterEach(closeRedisStores);
afterAll(() => server.stop());

taskStoreContract('RedisTaskStore', () => openRedisStore(server));

describe('calls that leave together', () => {
  it('are answered each on its own, where one of them fails', async () => {
    const { store, keys, close } = await openRedisStore(server);
    const { taskId } = value(await store.create(newTask(), LIMITS));
    const [record] = (await keys()).filter((key) => key.endsWith(`:t:${taskId}`));
    const admin = await connectRedis(server.url, () => undefined);
    await admin.requests.set(record?.replace(taskId, 'broken') ?? '', 'no hash');
    const answers = await Promise.allSettled(
      [taskId, 'broken', taskId].map((id) => store.get('alice', id).then((found) => found?.taskId)),
    );
    expect(answers).toMatchObject([
      { value: taskId },
      { reason: { message: expect.stringMatching(/^WRONGTYPE/) } },
      { value: taskId },
    ]);
    await admin.close();
    await close();
  });

  it('may be more than one message takes', async () => {
    const { store, close } = await openRedisStore(server);
    const limits = { ...LIMITS, perOwner: 1e3, total: 1e3 };
    const tasks = Array.from({ length: 100 }, (_, index) => newTask({ taskId: `t${index}`, args: 'x'.repeat(20_000) }));
    const made = await Promise.all(tasks.map((task) => store.create(task, limits)));
    expect(made.map((each) => value(each).taskId)).toEqual(tasks.map(({ taskId }) => taskId));
    await close();
  });
});

describe('RedisTaskStore beside MemoryTaskStore', () => {
  const STEPS = 500;
  const LEASE = 1000;
  const OWNERS = ['alice', 'bob {of} Ö:1'] as const;
  const OUTCOMES = [
    { kind: 'result', result: { content: [{ type: 'text', text: 'ünicode "quoted" \u2028' }] } },
    { kind: 'result', result: { content: [{ type: 'text', text: 'no' }], isError: true } },
    { kind: 'error', error: { code: -32603, message: '', data: [] } },
  ] as const;

  type Call = (store: TaskStore) => Promise<unknown>;
  interface Drawn {
    readonly name: string;
    readonly call: Call;
    readonly isLarge: boolean;
  }
  interface Here {
    readonly record: TaskRecord | undefined;
    readonly length: number;
    /** The key of a large entry, where one was appended. */
    readonly aside: string;
    readonly step: number;
    readonly now: number;
  }

  /** A call that mostly fits where the task stands. All that is random is drawn before it is made. */
  function randomCall(random: () => number, { record, length, aside, step, now }: Here): Drawn {
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
    const near = (number = 1): number => number + pick([0, 0, 0, 0, 0, 0, 0, -1, 1]);
    const taskId = record?.taskId ?? 'none';
    const owner = random() < 0.05 ? pick(OWNERS) : (record?.owner ?? pick(OWNERS));
    const fence: Fence = { taskId, epoch: near(record?.epoch), lease: LEASE };
    const key = pick(['plan#0', 'elicit/Go on?#1', '__proto__', '日本']);
    const amount = Math.floor(random() * 4);
    const progress = pick([undefined, { progress: amount }, { progress: amount, total: 3 }]);
    const task = newTask({
      taskId: `t${step}`,
      owner: pick(OWNERS),
      args: pick<Json>([{}, { words: 'ä'.repeat(100 * amount) }]),
      ttl: pick([5_000, 60_000]),
      ...pick([{}, {}, { idempotencyKey: 'k' }]),
      ...pick([{}, { resultTtl: 30_000 }, { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }]),
    });
    const message = pick([undefined, `at ${amount}`]);
    const limits = { perOwner: 4, keptPerOwner: 6, total: 7, totalBytes: 600 };
    const query = pick<SurveyQuery>([
      {},
      { limit: 1 + amount },
      { owner },
      { statuses: ['input_required'] },
      { limit: 1, after: now - amount * 1000 },
      { taskId },
    ]);
    const activation = near(record?.activation);
    const place = near(length);
    const large = random() < 0.5 ? 'x'.repeat(70_000) : '';
    const entry = { fingerprint: 'f', outcome: { value: { step, empty: [], none: {}, big: 2 ** 53 - 1, large } } };
    const waits = pick([
      { questions: [key] },
      { questions: [], children: [`c${step - 30}`] },
      { questions: [], wake: now + 500 },
      { questions: [] },
    ]);
    const retry = pick([undefined, { delay: 500 }, { delay: 0, statusMessage: 'again' }]);
    const calls: Readonly<Record<string, Call>> = {
      create: (store) => store.create(task, limits),
      begin: (store) => store.begin(taskId, activation, LEASE),
      append: (store) => store.append(fence, place, `step#${step}`, entry),
      recall: (store) => store.recall(fence, aside),
      heartbeat: (store) => store.heartbeat(fence, message, progress),
      ask: (store) => store.ask(fence, key, { ...ASKED, ...(amount > 0 && { deadline: now + 400 * amount }) }),
      answer: (store) => store.answer(owner, taskId, { [key]: { step }, unknown: null }),
      park: (store) => store.park(fence, waits),
      yield: (store) => store.yield(fence, retry),
      finish: (store) => store.finish(fence, OUTCOMES[amount % 3] as TaskOutcome),
      cancel: (store) => store.cancel(owner, taskId),
      get: (store) => store.get(owner, taskId),
      list: (store) => store.list(owner, 1 + amount, amount === 0 ? undefined : now - amount * 1000),
      survey: (store) => store.survey(query),
      // What is due at the same time is due in any order.
      due: async (store) => [...(await store.due(1000))].sort(),
      rescue: (store) => store.rescue(taskId, 1),
      spawn: (store) =>
        store.spawn(fence, `child#${amount}`, { ...task, taskId: `c${step}`, owner: record?.owner ?? owner }, 3),
      asking: (store) => store.asking(owner, taskId),
    };
    const likely: Readonly<Record<TaskRun | 'none', readonly string[]>> = {
      none: ['create'],
      queued: ['begin', 'begin', 'begin', 'begin', 'rescue', 'yield'],
      running: [
        'append',
        'append',
        'append',
        'recall',
        'recall',
        'recall',
        'recall',
        'heartbeat',
        'ask',
        'ask',
        'answer',
        'park',
        'yield',
        'rescue',
        'rescue',
        'spawn',
        'finish',
      ],
      idle: ['answer', 'answer', 'rescue', 'append'],
      done: ['get', 'rescue', 'finish', 'answer'],
    };
    const anywhere = ['create', 'asking', 'get', 'list', 'survey', 'due', 'cancel', 'rescue'];
    const names = random() < 0.3 ? anywhere : likely[record?.run ?? 'none'];
    const name = pick(names);
    return { name, call: calls[name] as Call, isLarge: large !== '' };
  }

  const done = new Set<string>();
  const comparable = (answer: unknown): unknown =>
    JSON.parse(JSON.stringify(answer ?? null, (_, part: unknown) => (part instanceof Map ? [...part] : part)));

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('answers each of 500 random calls as it does (history %i)', async (history) => {
    const random = seededRandom(Number(process.env['SEED'] ?? Date.now() % 2 ** 31) + history);
    const under = await openRedisStore(server);
    let now = START;
    const memory = new MemoryTaskStore({ now: () => now });
    const hints: readonly [Hint[], Hint[]] = [[], []];
    memory.subscribe((hint) => hints[0].push(hint));
    under.store.subscribe((hint) => hints[1].push(hint));
    const lengths = new Map<string, number>();
    const asides = new Map<string, string>();
    let children: readonly string[] = [];
    for (let step = 0; step < STEPS; step++) {
      const owner = OWNERS[step % 2] as string;
      const { tasks } = await memory.list(owner, 5);
      const child = children[Math.floor(random() * children.length * 1.5)];
      const record = (await memory.get(owner, child ?? '')) ?? tasks[Math.floor(random() * tasks.length)];
      const length = lengths.get(record?.taskId ?? '') ?? 0;
      const { name, call, isLarge } = randomCall(random, {
        record,
        length,
        aside: asides.get(record?.taskId ?? '') ?? 'none',
        step,
        now,
      });
      const expected = await call(memory);
      const [answer, wanted] = [await call(under.store), expected].map(comparable);
      expect({ step, name, answer }).toEqual({ step, name, answer: wanted });
      if ((expected as { ok?: boolean } | undefined)?.ok !== false) done.add(name);
      if (name === 'spawn') children = [`c${step}`, ...children].slice(0, 4);
      if (name === 'append' && (expected as { ok: boolean }).ok) lengths.set(record?.taskId ?? '', length + 1);
      if (name === 'append' && isLarge && (expected as { ok: boolean }).ok)
        asides.set(record?.taskId ?? '', `step#${step}`);
      const pause = random() < 0.1 ? 1500 : 20;
      now += pause;
      await under.advance(pause);
    }
    await until(() => hints[1].length >= hints[0].length);
    expect(hints[1]).toEqual(hints[0]);
  });

  it('agreed on more than refusals: each of the 18 calls went through', () => {
    expect(done.size).toBe(18);
  });
});

describe('RedisTaskStore in Redis', () => {
  it("uses Redis' own clock", async () => {
    const connections = await connectRedis(server.url, () => undefined);
    const store = new RedisTaskStore({ connections, prefix: 'clock' });
    const [seconds] = await connections.requests.time();
    const { createdAt } = value(await store.create(newTask(), LIMITS));
    expect(createdAt / 1000 - Number(seconds)).toBeLessThan(2);
    expect(createdAt / 1000).toBeGreaterThanOrEqual(Number(seconds));
    await store.close();
  });

  it('keeps user text out of keys, and looks up no id that it cannot have made', async () => {
    const under = await openRedisStore(server);
    const owner = 'user {1}:\r\n*';
    const { taskId } = value(await under.store.create(newTask({ owner, idempotencyKey: 'a:{b}' }), LIMITS));
    const keys = await under.keys();
    expect(keys).toHaveLength(6);
    for (const key of keys) expect(key).toMatch(/^\{test-[\d-]+\}:(t:task-\d+|n:working|[ok]:[\w-]{43}|due|live)$/);
    for (const id of ['', '../due', `${taskId}:`, `{x}${taskId}`, 'x'.repeat(1e6), 'é']) {
      expect(await under.store.get(owner, id)).toBeUndefined();
      expect(await under.store.cancel(owner, id)).toEqual({ ok: false, reason: 'not_found' });
    }
  });

  it('lists large tasks on more pages, each of which is soon put together', async () => {
    const { store } = await openRedisStore(server);
    const made: string[] = [];
    for (let index = 0; index < 4; index++)
      made.unshift(value(await store.create(newTask({ args: 'x'.repeat(700_000) }), LIMITS)).taskId);
    const pages: string[][] = [];
    for (let after: number | undefined, more = true; more; more = after !== undefined) {
      const { tasks, next } = await store.list('alice', 10, after);
      pages.push(tasks.map(({ taskId }) => taskId));
      after = next;
    }
    expect(pages).toEqual([made.slice(0, 2), made.slice(2)]);
  });

  it('surveys what an older version made once its status changes, and drops what one has removed', async () => {
    const under = await openRedisStore(server);
    const { taskId } = value(await under.store.create(newTask(), LIMITS));
    const gone = value(await under.store.create(newTask(), LIMITS));
    const keys = await under.keys();
    const admin = await connectRedis(server.url, () => undefined);
    const keyOf = (end: string): string => keys.find((key) => key.endsWith(end)) as string;
    await admin.requests.del(keyOf(`t:${gone.taskId}`));
    expect((await under.store.survey({})).counts.working).toBe(1);
    await admin.requests.del(keyOf('n:working'));
    expect((await under.store.survey({})).tasks).toEqual([]);
    value(await under.store.cancel('alice', taskId));
    const { tasks, counts } = await under.store.survey({});
    expect(tasks).toMatchObject([{ taskId, status: 'cancelled' }]);
    expect(counts).toMatchObject({ working: 0, cancelled: 1 });
    await admin.close();
  });

  it('takes nothing for a hint that is none', async () => {
    const under = await openRedisStore(server);
    const hints: Hint[] = [];
    under.store.subscribe((hint) => hints.push(hint));
    const { taskId } = value(await under.store.create(newTask(), LIMITS));
    const admin = await connectRedis(server.url, () => undefined);
    const [key = ''] = await under.keys();
    const channel = key.replace(/:.*/s, ':hints');
    for (const text of ['', 'hello', '1', 'one task', '1 task and more', '{}'])
      await admin.requests.publish(channel, text);
    value(await under.store.cancel('alice', taskId));
    await until(() => hints.length >= 2);
    expect(hints).toEqual([1, 2].map((version) => ({ taskId, version })));
    await admin.close();
  });

  it('leaves nothing behind of tasks that are over', async () => {
    const under = await openRedisStore(server);
    for (const owner of ['alice', 'bob']) {
      const { taskId } = value(await under.store.create(newTask({ owner, idempotencyKey: 'k' }), LIMITS));
      const { record } = value(await under.store.begin(taskId, 1, 1000));
      const fence = { taskId, epoch: record.epoch, lease: 1000 };
      value(await under.store.append(fence, 0, 'a', { fingerprint: 'f', outcome: {} }));
      value(await under.store.append(fence, 1, 'b', { fingerprint: 'f', outcome: { value: 'x'.repeat(70_000) } }));
      value(await under.store.ask(fence, 'q', ASKED));
      value(await under.store.cancel(owner, taskId));
    }
    expect((await under.keys()).filter((key) => /:[jqv]:/.test(key))).toEqual([]);
    await under.advance(3_600_001);
    for (const taskId of await under.store.due(10)) await under.store.rescue(taskId, 5);
    expect(await under.keys()).toEqual([expect.stringMatching(/:live$/)]);
  });

  it('refuses a value that is too large, naming it, its size and the limit', async () => {
    const connections = await connectRedis(server.url, () => undefined);
    const store = new RedisTaskStore({ connections, prefix: 'sizes', valueBytes: 1000 });
    const { taskId } = value(await store.create(newTask(), LIMITS));
    const { record } = value(await store.begin(taskId, 1, 1000));
    const request = { ...QUESTION, params: { ...QUESTION.params, message: 'x'.repeat(1000) } } as typeof QUESTION;
    const ask = store.ask({ taskId, epoch: record.epoch, lease: 1000 }, 'fetch#0', { request, fingerprint: 'f' });
    await expect(ask).rejects.toMatchObject({
      code: 'STORE_VALUE_TOO_LARGE',
      message: expect.stringMatching(/"fetch#0" takes 1\d\d\d bytes.* limit is 1000/),
    });
    await store.close();
  });

  it.each(['', 'a b', '{a}', 'x'.repeat(65)])('refuses %j as a prefix', async (prefix) => {
    const connections = await connectRedis(server.url, () => undefined);
    expect(() => new RedisTaskStore({ connections, prefix })).toThrow(
      expect.objectContaining({ code: 'STORE_PREFIX_INVALID' }),
    );
    await connections.close();
  });
});
