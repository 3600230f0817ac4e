import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { BullmqTaskQueue } from '../../framework/tasks/bullmq/task-queue.js';
import { connectRedis, type RedisConnections } from '../../framework/tasks/redis/connections.js';
import type { Job, TaskQueue } from '../../framework/tasks/task-queue.js';
import { RedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';
import { taskQueueContract } from './task-queue.contract.js';

let redis: RedisServer;
let inspect: Redis;
beforeAll(async () => {
  redis = await RedisServer.start();
  inspect = new Redis(redis.url);
});
afterAll(async () => {
  inspect.disconnect();
  await redis.stop();
});

/** BullMQ takes five to ten seconds to find out that a process has died, in which the other tests run. */
let orphan: Awaited<ReturnType<typeof orphaned>>;
beforeAll(async () => void (orphan = await orphaned()));
afterAll(() => orphan.end());

let queues = 0;
const reports: unknown[] = [];
beforeEach(() => reports.splice(0));

interface Opened {
  readonly queue: BullmqTaskQueue;
  readonly connections: RedisConnections;
  close(): Promise<void>;
}

async function open(prefix: string): Promise<Opened> {
  const report = (error: unknown): void => void reports.push(error);
  const connections = await connectRedis(redis.url, report);
  const queue = new BullmqTaskQueue({ connections, prefix, report });
  return {
    queue,
    connections,
    async close() {
      await queue.close();
      await connections.close();
    },
  };
}

/** A job that a process took and did not live to run, and a process that works beside it. Its Redis is its own, since others end. */
async function orphaned() {
  const own = await RedisServer.start();
  const requests = new Redis(own.url, { maxRetriesPerRequest: null });
  const connections = await connectRedis(own.url, () => undefined);
  const queue = new BullmqTaskQueue({ connections, report: () => undefined });
  const taker = new Worker('research', null, { connection: requests, prefix: '{perdura}:queue', lockDuration: 100 });
  await queue.enqueue({ taskId: 'a', activation: 1, tool: 'research' });
  expect(await taker.getNextJob('its-token', { block: false })).toBeDefined();
  await taker.close(true);
  const seen: string[] = [];
  queue.work(async ({ taskId }) => void seen.push(taskId), { concurrency: 10, perTool: new Map([['research', 10]]) });
  return {
    seen,
    kept: () => jobsIn(requests, 'perdura'),
    async end() {
      await queue.close();
      await connections.close();
      requests.disconnect();
      await own.stop();
    },
  };
}

/** What BullMQ keeps apart from its own bookkeeping: jobs, and lists and sets of jobs. */
async function jobsIn(client: Redis, prefix: string): Promise<string[]> {
  const keys = await client.keys(`{${prefix}}:queue:*`);
  return keys.filter((key) => !/:(id|meta|pc|events|marker|stalled-check)$/.test(key)).sort();
}

taskQueueContract('BullmqTaskQueue', () => open(`q${queues++}`));

describe('BullmqTaskQueue', () => {
  const limits = { concurrency: 10, perTool: new Map([['research', 10]]) };
  const job = (taskId: string, activation = 1): Job => ({ taskId, activation, tool: 'research' });
  let prefix: string;
  let queue: BullmqTaskQueue;
  let opened: Opened[];
  const another = async (): Promise<BullmqTaskQueue> => {
    const other = await open(prefix);
    opened.push(other);
    return other.queue;
  };
  beforeEach(async () => {
    prefix = `q${queues++}`;
    opened = [];
    queue = await another();
  });
  afterEach(async () => void (await Promise.all(opened.map((one) => one.close()))));

  const kept = (): Promise<string[]> => jobsIn(inspect, prefix);

  describe('where somebody has laid hands on its jobs', () => {
    const byHand = (): Queue => {
      const { options } = inspect;
      return new Queue('research', {
        prefix: `{${prefix}}:queue`,
        connection: { host: options.host, port: options.port },
      });
    };

    it('takes a job in again that was failed', async () => {
      const bullmq = byHand();
      await queue.enqueue(job('a'));
      const hand = new Worker('research', null, { ...bullmq.opts, connection: bullmq.opts.connection });
      const taken = await hand.getNextJob('hand');
      await taken?.moveToFailed(new Error('by hand'), 'hand');
      await hand.close();
      expect(await bullmq.getFailedCount()).toBe(1);
      await bullmq.close();
      const run: string[] = [];
      queue.work(async ({ taskId }) => void run.push(taskId), limits);
      // As the watchdog does, which finds that nobody has begun the activation.
      await queue.enqueueAgain(job('a'));
      await until(() => run.includes('a'));
    });

    it('takes a job in again whose list is gone', async () => {
      await queue.enqueue(job('a'));
      await inspect.del(`{${prefix}}:queue:research:prioritized`);
      const run: string[] = [];
      queue.work(async ({ taskId }) => void run.push(taskId), limits);
      await queue.enqueueAgain(job('a'));
      await until(() => run.includes('a'));
    });

    it('leaves a job where it is that waits', async () => {
      for (const id of ['a', 'b']) await queue.enqueue(job(id));
      await queue.enqueueAgain(job('a'));
      const run: string[] = [];
      queue.work(async ({ taskId }) => void run.push(taskId), limits);
      await until(() => run.length === 2);
      expect(run).toEqual(['a', 'b']);
    });

    it('goes on after its queue was obliterated, with workers that wait', async () => {
      const run: string[] = [];
      queue.work(async ({ taskId }) => void run.push(taskId), limits);
      await queue.enqueue(job('a'));
      await until(() => run.includes('a'));
      const bullmq = byHand();
      await bullmq.obliterate({ force: true });
      await bullmq.close();
      await queue.enqueue(job('b'));
      await until(() => run.includes('b'));
    });
  });

  it('keeps nothing of a job that a worker has, however long it runs', async () => {
    let running = 0;
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    for (const id of ['a', 'b', 'c']) await queue.enqueue(job(id));
    expect(await kept()).toHaveLength(4);
    queue.work(() => (running++, ended), limits);
    await until(async () => running === 3 && (await kept()).length === 0);
    end();
  });

  const waiting = (): Promise<number> => inspect.zcard(`{${prefix}}:queue:research:prioritized`);
  const many = Array.from({ length: 100 }, (_, index) => `t${index}`);

  it('takes what comes at once as fewer jobs of BullMQ, and starts them in their order', async () => {
    await Promise.all(many.map((id) => queue.enqueue(job(id))));
    expect(await waiting()).toBeLessThan(50);
    const seen: string[] = [];
    const one = { concurrency: 1, perTool: new Map([['research', 1]]) };
    queue.work(async ({ taskId }) => void seen.push(taskId), one);
    await until(async () => seen.length === many.length && (await kept()).length === 0);
    expect(seen).toEqual(many);
  });

  it('leaves to other processes what it has no slot for, though it came at once', async () => {
    await Promise.all(many.map((id) => queue.enqueue(job(id))));
    const other = await another();
    const one = { concurrency: 1, perTool: new Map([['research', 1]]) };
    const starts: string[] = [];
    const ends = new Map<TaskQueue, () => void>();
    const work = (worker: TaskQueue): void =>
      worker.work(({ taskId }) => {
        starts.push(taskId);
        return new Promise((resolve) => ends.set(worker, resolve));
      }, one);
    // The first runs for as long as all others need.
    work(queue);
    await until(() => starts.length === 1);
    work(other);
    try {
      while (starts.length < many.length) {
        await until(() => ends.has(other));
        const end = ends.get(other);
        ends.delete(other);
        end?.();
      }
    } finally {
      for (const end of ends.values()) end();
    }
    expect([...starts].sort()).toEqual([...many].sort());
  });

  it('loses no job when a run rejects, and runs on', async () => {
    const seen: string[] = [];
    queue.work(async ({ taskId }) => {
      seen.push(taskId);
      throw new Error('boom');
    }, limits);
    for (const id of ['a', 'b']) await queue.enqueue(job(id));
    await until(() => seen.length === 2);
    await until(async () => reports.length === 2 && (await kept()).length === 0);
  });

  it('enqueues what a run hands over while the queue closes, for another worker', async () => {
    let isRunning = false;
    let handOver = (): void => undefined;
    const asked = new Promise<void>((resolve) => (handOver = resolve));
    queue.work(async ({ taskId }) => {
      isRunning = true;
      await asked;
      await queue.enqueue(job(taskId, 2));
    }, limits);
    await queue.enqueue(job('a'));
    await until(() => isRunning);
    const closed = queue.close();
    handOver();
    await closed;

    const seen: Job[] = [];
    const other = await another();
    other.work(async (next) => void seen.push(next), limits);
    await until(() => seen.length === 1);
    expect(seen).toEqual([job('a', 2)]);
  });

  it('shares the jobs of a tool between processes without holding any back', async () => {
    const other = await another();
    const one = { concurrency: 1, perTool: new Map([['research', 10], ['other', 10]]) }; // prettier-ignore
    const running: string[] = [];
    const hold = (name: string) => (next: Job) => {
      running.push(`${name} ${next.tool}`);
      return new Promise<void>((resolve) => ends.push(resolve));
    };
    const ends: (() => void)[] = [];
    queue.work(hold('first'), one);
    await queue.enqueue(job('a'));
    await until(() => running.length === 1);
    // The first process is full: neither tool's next job may wait for it.
    await queue.enqueue({ ...job('b'), tool: 'other' });
    other.work(hold('second'), one);
    await until(() => running.length === 2);
    expect(running).toEqual(['first research', 'second other']);
    const closing = [queue.close(), other.close()];
    for (const end of ends) end();
    await Promise.all(closing);
  });

  it('runs every job once, whatever the slots, with several workers on several tools', async () => {
    const tools = ['a', 'b', 'c', 'd'];
    const perTool = new Map(tools.map((tool, index) => [tool, index + 1]));
    const seen: string[] = [];
    const most = new Map<string, number>();
    const workers = [];
    for (const [which, concurrency] of [3, 4].entries()) {
      const worker = await another();
      const now = new Map<string, number>();
      const count = (key: string, by: number): void => {
        now.set(key, (now.get(key) ?? 0) + by);
        most.set(`${which}${key}`, Math.max(most.get(`${which}${key}`) ?? 0, now.get(key) ?? 0));
      };
      worker.work(
        async ({ taskId, tool }) => {
          count('all', 1);
          count(tool, 1);
          seen.push(taskId);
          for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
          count(tool, -1);
          count('all', -1);
        },
        { concurrency, perTool },
      );
      workers.push(worker);
    }
    const ids = Array.from({ length: 400 }, (_, index) => `t${index}`);
    await Promise.all(
      ids.map((taskId, index) => queue.enqueue({ taskId, activation: 1, tool: tools[index % 4] as string })),
    );
    await until(() => seen.length >= 400);
    await Promise.all(workers.map((worker) => worker.close()));
    expect([...seen].sort()).toEqual([...ids].sort());
    expect(most.get('0all') ?? 0).toBeLessThanOrEqual(3);
    expect(most.get('1all') ?? 0).toBeLessThanOrEqual(4);
    for (const which of [0, 1]) {
      tools.forEach((tool, index) => expect(most.get(`${which}${tool}`) ?? 0).toBeLessThanOrEqual(index + 1));
    }
    expect(await kept()).toEqual([]);
  });

  it('tells of a Redis that is away as of one trouble, however many tasks it works', async () => {
    const tools = ['a', 'b', 'c', 'd'];
    let runs = 0;
    queue.work(async () => void runs++, { concurrency: 4, perTool: new Map(tools.map((tool) => [tool, 1])) });
    for (const tool of tools) await queue.enqueue({ ...job('t'), tool });
    await until(async () => runs === tools.length && (await kept()).length === 0);
    let tries = 0;
    opened[0]?.connections.requests.on('reconnecting', () => (tries += 1));
    const from = performance.now();
    await redis.kill();
    await until(() => tries > 8);
    await redis.restart();
    expect(reports.length).toBeGreaterThan(0);
    // One every ten seconds of the connections, and one of all queues together.
    expect(reports.length).toBeLessThanOrEqual(2 * Math.ceil((performance.now() - from) / 10_000));
  });

  it('refuses to enqueue while Redis is away, and works again when it is back', async () => {
    const seen: string[] = [];
    queue.work(async ({ taskId }) => void seen.push(taskId), limits);
    await queue.enqueue(job('a'));
    await until(() => seen.length === 1);
    await redis.kill();
    await expect(queue.enqueue(job('b'))).rejects.toThrow();
    await redis.restart();
    await until(() => queue.enqueue(job('c')).then(() => true, () => false)); // prettier-ignore
    await until(() => seen.includes('c'));
  });

  it('hands out again what a process took and did not live to run', async () => {
    await until(async () => orphan.seen.length > 0 && (await orphan.kept()).length === 0);
    expect(orphan.seen).toEqual(['a']);
  });
});
