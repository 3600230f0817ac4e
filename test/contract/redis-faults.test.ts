import { BullmqTaskQueue } from '../../framework/tasks/bullmq/task-queue.js';
import { connectRedis, type RedisConnections } from '../../framework/tasks/redis/connections.js';
import { RedisHeadroom } from '../../framework/tasks/redis/headroom.js';
import { RedisTaskStore } from '../../framework/tasks/redis/task-store.js';
import type { TaskOutcome } from '../../framework/tasks/task-record.js';
import type { Fence, Transition } from '../../framework/tasks/task-store.js';
import { Task } from '../../framework/decorators/task.js';
import type { TaskContext } from '../../framework/runtime/context.js';
import { LOSES_NOTHING, RedisServer } from '../fixtures/redis-server.js';
import { seededRandom } from '../fixtures/seeded-random.js';
import { TcpProxy } from '../fixtures/tcp-proxy.js';
import { until } from '../fixtures/until.js';
import { Engine } from '../unit/tasks/engine.js';
import { endures } from './reference-task.js';
import { closeRedisStores, openRedisStore } from './redis-under-test.js';
import { LIMITS, newTask, ASKED, value } from './store-under-test.js';

const LEASE = 30_000;
const UNAVAILABLE = { code: 'STORE_UNAVAILABLE', retryAfter: 2 };
const RESULT: TaskOutcome = { kind: 'result', result: { content: [] } };
const large = { fingerprint: 'f', outcome: { value: 'x'.repeat(70_000) } };
const entry = (value: number) => ({ fingerprint: 'f', outcome: { value } });

let server: RedisServer;
const closers: (() => Promise<void>)[] = [];
beforeEach(async () => void (server = await RedisServer.start(...LOSES_NOTHING)));
afterEach(async () => {
  await closeRedisStores();
  for (const close of closers.splice(0)) await close();
  await server.stop();
});

/** A store on Redis' own time, and what its connections reported. */
async function openStore(url = server.url) {
  const reports: unknown[] = [];
  const connections = await connectRedis(url, (error) => reports.push(error));
  const store = new RedisTaskStore({ connections, version: [7, 0] });
  closers.push(() => store.close());
  await store.open();
  return { store, reports };
}

async function admin() {
  const connections = await connectRedis(server.url, () => undefined);
  closers.push(() => connections.close());
  return connections.requests;
}

async function running(store: RedisTaskStore): Promise<Fence> {
  const { taskId } = value(await store.create(newTask(), LIMITS));
  const { record } = value(await store.begin(taskId, 1, LEASE));
  return { taskId, epoch: record.epoch, lease: LEASE };
}

describe('one call that fails', () => {
  /** Lets the n-th script fail, before Redis sees it or after Redis has run it; tells whether there was an n-th. */
  function failing(n: number, when: 'before' | 'after') {
    let calls = 0;
    const seen = new WeakSet<object>();
    const change = ({ requests, work }: RedisConnections): void => {
      for (const client of [requests, work]) {
        const send = client.sendCommand.bind(client);
        client.sendCommand = (command, stream) => {
          // A command that waited for the connection comes by a second time.
          const isNew = (command.name === 'evalsha' || command.name === 'eval') && !seen.has(command);
          seen.add(command);
          if (!isNew || ++calls !== n) return send(command, stream);
          const lost = new Error('Connection is closed.');
          if (when === 'before') return Promise.reject(lost);
          return Promise.resolve(send(command, stream)).then(() => Promise.reject(lost));
        };
      }
    };
    return { change, hasFailed: () => calls >= n };
  }

  it.each(['before', 'after'] as const)(
    'costs a task nothing that was recorded, whichever it is, where it fails %s its effect',
    async (when) => {
      let isClean = false;
      for (let n = 1; !isClean; n++) {
        const fault = failing(n, when);
        const under = await openRedisStore(server, fault.change);
        await endures(under, `call ${n} failed ${when} its effect`);
        await under.close();
        isClean = !fault.hasFailed();
        if (isClean) expect(n).toBeGreaterThan(20);
      }
    },
    60_000,
  );
});

describe('a reply that is lost', () => {
  type Call = (store: RedisTaskStore, fence: Fence) => Promise<Transition<unknown>>;
  const calls: Readonly<Record<string, Call>> = {
    begin: (store, { taskId }) => store.begin(taskId, 2, LEASE),
    append: (store, fence) => store.append(fence, 0, 'a', entry(1)),
    'append, large,': (store, fence) => store.append(fence, 0, 'a', large),
    heartbeat: (store, fence) => store.heartbeat(fence, 'half'),
    ask: (store, fence) => store.ask(fence, 'q', ASKED),
    yield: (store, fence) => store.yield(fence, { delay: 0 }),
  };

  it.each(Object.keys(calls))('makes a worker send %s again, which counts once and succeeds', async (name) => {
    const proxy = await TcpProxy.to(server.port);
    const { store } = await openStore(proxy.url);
    closers.push(() => proxy.close());
    const direct = await openStore();
    const fence = await running(store);
    if (name === 'begin') value(await store.yield(fence));
    const read = async () => ({ ...(await direct.store.get('alice', fence.taskId)), due: 0 });
    const before = JSON.stringify(await read());

    proxy.swallow();
    const call = (calls[name] as Call)(store, fence);
    await until(async () => JSON.stringify(await read()) !== before);
    const once = await read();
    proxy.cut();
    proxy.mend();
    expect((await call).ok).toBe(true);
    expect(await read()).toEqual(once);
  });
});

describe('races', () => {
  it('lets either a cancel or a finish through, 1,000 times on two connections', async () => {
    const random = seededRandom();
    const [{ store: worker }, { store: web }] = [await openStore(), await openStore()];
    const winners = { result: 0, cancelled: 0 };
    const race = async (): Promise<void> => {
      const fence = await running(worker);
      const finish = async () => (await worker.finish(fence, RESULT)).ok;
      const cancel = async () => (await web.cancel('alice', fence.taskId)).ok;
      const isCancelFirst = random() < 0.5;
      const first = isCancelFirst ? cancel() : finish();
      for (let turns = Math.floor(random() * 3); turns > 0; turns--) await new Promise((next) => setImmediate(next));
      const oks = await Promise.all([first, isCancelFirst ? finish() : cancel()]);
      const [cancelled, finished] = isCancelFirst ? oks : oks.toReversed();
      expect(finished).not.toBe(cancelled);
      const reads = await Promise.all([worker, web].map((store) => store.get('alice', fence.taskId)));
      expect(reads[0]).toEqual(reads[1]);
      const kind = finished ? 'result' : 'cancelled';
      expect(reads[0]?.outcome?.kind).toBe(kind);
      winners[kind] += 1;
    };
    const inTurn = async (): Promise<void> => {
      for (let round = 0; round < 125; round++) await race();
    };
    await Promise.all(Array.from({ length: 8 }, inTurn));
    expect(Math.min(winners.result, winners.cancelled)).toBeGreaterThan(0);
  });
});

describe('Redis is killed', () => {
  it('and every task that was acknowledged is there when it is back', async () => {
    const { store, reports } = await openStore();
    const limits = { perOwner: 1e6, keptPerOwner: 1e6, total: 1e6, totalBytes: 1e12 };
    const acknowledged: string[] = [];
    const refusals: unknown[] = [];
    let isOver = false;
    const submit = async (owner: string): Promise<void> => {
      while (!isOver) {
        const made = await store.create(newTask({ owner }), limits).catch((error: unknown) => {
          refusals.push(error);
          return new Promise<void>((resolve) => setTimeout(resolve, 20));
        });
        if (made) acknowledged.push(value(made).taskId);
      }
    };
    const owners = Array.from({ length: 20 }, (_, i) => `owner ${i}`);
    const submitters = owners.map(submit);
    await until(() => acknowledged.length > 1000);
    await server.kill();
    await until(() => refusals.length > 20);
    await server.restart();
    const before = acknowledged.length;
    await until(() => acknowledged.length > before + 100);
    isOver = true;
    await Promise.all(submitters);

    const kept = new Set<string>();
    for (const owner of owners)
      for (let after: number | undefined, more = true; more; more = after !== undefined) {
        const { tasks, next } = await store.list(owner, 1e6, after);
        for (const { taskId } of tasks) kept.add(taskId);
        after = next;
      }
    expect(acknowledged.filter((taskId) => !kept.has(taskId))).toEqual([]);
    for (const refusal of refusals) expect(refusal).toMatchObject(UNAVAILABLE);
    expect(reports.length).toBeGreaterThan(0);
    expect(reports.length).toBeLessThanOrEqual(3);
  });

  it('and a worker goes on with its next call, and hears that it missed hints', async () => {
    const { store } = await openStore();
    const fence = await running(store);
    value(await store.append(fence, 0, 'a', entry(1)));
    let missed = 0;
    store.subscribe(
      () => undefined,
      () => (missed += 1),
    );
    await server.kill();
    const appended = store.append(fence, 1, 'b', entry(2));
    await server.restart();
    value(await appended);
    await until(() => missed === 1);
    const activation = value(await store.yield(fence));
    const begun = value(await store.begin(fence.taskId, activation, LEASE));
    expect([...begun.journal.keys()]).toEqual(['a', 'b']);
  });

  it('and a start without it fails with a sentence', async () => {
    await server.kill();
    await expect(connectRedis(server.url, () => undefined)).rejects.toMatchObject(UNAVAILABLE);
  });
});

describe('Redis goes away for good', () => {
  @Task({ name: 'long', description: 'Runs for as long as it is let.' })
  class Long {
    call(_: object, ctx: TaskContext): Promise<string> {
      return ctx.step('run', () => {
        isRunning = true;
        return new Promise<string>(() => undefined);
      });
    }
  }
  let isRunning = false;

  it('and what works for it can be closed all the same', async () => {
    const connections = await connectRedis(server.url, () => undefined);
    const store = new RedisTaskStore({ connections, version: [7, 0] });
    await store.open();
    const queue = new BullmqTaskQueue({ connections, report: () => undefined });
    const engine = new Engine([Long], { store, queue, drain: 10, handover: 100 });
    await engine.start('long');
    await until(() => isRunning);
    await server.kill();
    await until(() => connections.work.status === 'reconnecting');
    await engine.tasks.close();
    await until(() => connections.work.status === 'end');
    // What waited for Redis was told, so nothing is left that would keep the process alive.
    await queue.close();
  });
});

describe('Redis hangs', () => {
  it('and submits fail before it answers, workers wait, and both go on afterwards', async () => {
    const { store, reports } = await openStore();
    const fence = await running(store);
    server.freeze();
    const appended = store.append(fence, 0, 'a', entry(1));
    for (let i = 0; i < 4; i++) await expect(store.create(newTask(), LIMITS)).rejects.toMatchObject(UNAVAILABLE);
    server.thaw();
    value(await appended);
    await until(async () => (await store.create(newTask(), LIMITS).catch(() => undefined))?.ok);
    expect(reports.length).toBeLessThanOrEqual(3);
  });

  it('and who looks how much room there is hears of it, and makes no second call in vain', async () => {
    const redis = await admin();
    const room = new RedisHeadroom(redis);
    await redis.acl('SETUSER', 'default', '-info');
    // One that may not look takes what it wants.
    await room.take(1e9);
    redis.disconnect();
    await expect(new RedisHeadroom(redis).take(1)).rejects.toMatchObject(UNAVAILABLE);
  });
});

describe('Redis goes back in time', () => {
  it('and a worker that knows more is told of the gap, so that the journal never has a hole', async () => {
    const { store } = await openStore();
    const fence = await running(store);
    value(await store.append(fence, 0, 'a', entry(1)));
    const older = await server.snapshot();
    for (const [place, key] of ['b', 'c'].entries()) value(await store.append(fence, place + 1, key, entry(place)));
    await server.kill();
    await older.restore();
    await server.restart();
    expect(await store.append(fence, 3, 'd', entry(4))).toEqual({ ok: false, reason: 'gap' });
    const activation = value(await store.yield(fence));
    const { journal } = value(await store.begin(fence.taskId, activation, LEASE));
    expect([...journal]).toEqual([['a', entry(1)]]);
  });

  it('and a worker of a run that Redis forgot cannot write into the next one of the same number', async () => {
    const { store } = await openStore();
    const { taskId } = value(await store.create(newTask(), LIMITS));
    const older = await server.snapshot();
    const { record } = value(await store.begin(taskId, 1, LEASE));
    const fence = { taskId, epoch: record.epoch, lease: LEASE };
    value(await store.append(fence, 0, 'a', entry(1)));
    await server.kill();
    await older.restore();
    await server.restart();
    expect(await store.append(fence, 1, 'b', entry(2))).toEqual({ ok: false, reason: 'fenced' });
    expect(value(await store.begin(taskId, 1, LEASE)).record.epoch).toBe(fence.epoch);
    expect(await store.append(fence, 1, 'b', entry(2))).toEqual({ ok: false, reason: 'gap' });
  });
});

describe('Redis is emptied', () => {
  it('and every call answers that the task is not found', async () => {
    const { store } = await openStore();
    const fence = await running(store);
    const { taskId } = fence;
    await (await admin()).flushall();
    expect(await store.get('alice', taskId)).toBeUndefined();
    expect((await store.list('alice', 10)).tasks).toEqual([]);
    const calls: readonly Promise<Transition<unknown>>[] = [
      store.begin(taskId, 1, LEASE),
      store.append(fence, 0, 'a', entry(1)),
      store.heartbeat(fence),
      store.ask(fence, 'q', ASKED),
      store.park(fence, { questions: [] }),
      store.yield(fence),
      store.finish(fence, RESULT),
      store.cancel('alice', taskId),
      store.answer('alice', taskId, { q: 1 }),
    ];
    for (const answer of await Promise.all(calls)) expect(answer).toEqual({ ok: false, reason: 'not_found' });
    expect(await store.due(10)).toEqual([]);
    expect(await store.rescue(taskId, 5)).toEqual({ kind: 'none' });
    expect((await store.create(newTask(), LIMITS)).ok).toBe(true);
  });
});

describe('Redis takes no writes, as an old primary after a failover', () => {
  it('and a call fails that looks for the new one over a new connection, while one of a worker waits for it', async () => {
    const { store } = await openStore();
    const fence = await running(store);
    const redis = await admin();
    const connections = async (): Promise<string[]> => {
      const lines = ((await redis.client('LIST')) as string).split('\n');
      return lines.flatMap((line) => /^id=(\d+) .* name=perdura:requests /.exec(line)?.[1] ?? []);
    };
    const before = await connections();
    await redis.replicaof('127.0.0.1', '1');
    await expect(store.create(newTask(), LIMITS)).rejects.toMatchObject(UNAVAILABLE);
    await until(async () => (await connections()).some((id) => !before.includes(id)));
    const appending = store.append(fence, 0, 'a', entry(1));
    await expect(store.create(newTask(), LIMITS)).rejects.toMatchObject(UNAVAILABLE);
    await redis.replicaof('NO', 'ONE');
    value(await appending);
    await until(async () => (await store.create(newTask(), LIMITS).catch(() => undefined))?.ok === true);
    expect(value(await store.finish(fence, RESULT)).status).toBe('completed');
  });
});

describe('Redis is full', () => {
  it('and refuses new tasks while those that it has go on to their end', async () => {
    const { store } = await openStore();
    const fence = await running(store);
    const redis = await admin();
    await redis.config('SET', 'maxmemory', '1');
    // By Redis itself, or by whoever has looked how much it has left.
    const refusal = { code: expect.stringMatching(/^STORE_(FULL|UNAVAILABLE)$/), retryAfter: expect.any(Number) };
    await expect(store.create(newTask(), LIMITS)).rejects.toMatchObject(refusal);
    value(await store.append(fence, 0, 'a', entry(1)));
    expect(value(await store.finish(fence, RESULT)).status).toBe('completed');
    await redis.config('SET', 'maxmemory', '0');
    await until(async () => (await store.create(newTask(), LIMITS).catch(() => undefined))?.ok);
  });

  @Task({ name: 'research', description: 'Ends at once.' })
  class Research {
    call(): string {
      return 'found';
    }
  }

  it('and has kept room enough that the tasks which wait are run, after which it takes new ones', async () => {
    const open = async (): Promise<Engine> => {
      const connections = await connectRedis(server.url, () => undefined);
      const store = new RedisTaskStore({ connections, version: [7, 0] });
      await store.open();
      const queue = new BullmqTaskQueue({ connections, report: () => undefined });
      const limits = { perOwner: 1e6, keptPerOwner: 1e6, total: 1e6 };
      const engine = new Engine([Research], { store, queue, limits });
      closers.push(() => engine.tasks.close());
      return engine;
    };
    const args = { text: 'x'.repeat(40 * 1024) };
    // From here on Redis has all scripts.
    const first = await open();
    await first.ended(await first.start('research', args));
    await first.tasks.close();
    const redis = await admin();
    const used = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
    await redis.config('SET', 'maxmemory', used + 10 * 2 ** 20);

    const engine = await open();
    const made: string[] = [];
    let isOver = false;
    let refusals = 0;
    // Clients that never leave off take whatever room there is.
    const filling = Array.from({ length: 5 }, async () => {
      while (!isOver) {
        await engine.start('research', args, { work: false }).then(
          (taskId) => made.push(taskId),
          ({ code }: { code: string }) => {
            if (code === 'STORE_FULL') refusals += 1;
            return new Promise((resolve) => setTimeout(resolve, 10));
          },
        );
      }
    });
    await until(() => refusals > 20);
    const waiting = made.slice(0, 20);
    engine.tasks.work();
    try {
      for (const taskId of waiting) await engine.ended(taskId);
    } finally {
      isOver = true;
      await Promise.all(filling);
    }
    await until(async () => engine.start('research', args).catch(() => undefined));
  });
});
