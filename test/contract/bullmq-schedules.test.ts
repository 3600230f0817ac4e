import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { KnownSchedules } from '../../framework/tasks/redis/known-schedules.js';
import { BullmqSchedules } from '../../framework/tasks/bullmq/schedules.js';
import type { ScheduledTask } from '../../framework/tasks/fire-task.js';
import { connectRedis } from '../../framework/tasks/redis/connections.js';
import { RedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

type Fire = Parameters<BullmqSchedules['start']>[1];

const EACH_SECOND: ScheduledTask = {
  tool: 'tick',
  schedule: { cron: '* * * * * *', timeZone: 'UTC', owner: 'clock', input: {} },
};

describe('BullmqSchedules', () => {
  let redis: RedisServer;
  const closers: (() => Promise<unknown>)[] = [];
  beforeAll(async () => void (redis = await RedisServer.start()));
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  });
  afterAll(() => redis.stop());

  async function open(prefix: string) {
    const reports: unknown[] = [];
    const report = (error: unknown): void => void reports.push(error);
    const connections = await connectRedis(redis.url, report);
    closers.push(() => connections.close());
    const schedules = new BullmqSchedules({ connections, prefix, report });
    closers.push(() => schedules.close());
    return { schedules, reports };
  }

  /** BullMQ's own view of them. */
  function inspect(prefix: string): Queue {
    const queue = new Queue('@schedules', { prefix: `{${prefix}}:queue`, connection: { url: redis.url } });
    closers.push(() => queue.close());
    return queue;
  }

  it('fires once, late, what came due while nobody worked', async () => {
    const queue = inspect('late');
    const nextOf = async (): Promise<number | undefined> => (await queue.getJobSchedulers())[0]?.next;
    const { schedules } = await open('late');
    schedules.start([EACH_SECOND], async () => undefined);
    await until(nextOf);
    await schedules.close();
    const due = (await nextOf()) as number;
    await until(() => Date.now() > due);
    // A process that starts before anybody takes it must leave it where it is.
    await queue.pause();
    const starting = (await open('late')).schedules;
    starting.start([EACH_SECOND], async () => undefined);
    await starting.close();
    expect(await nextOf()).toBe(due);
    await queue.resume();

    const fired: string[] = [];
    (await open('late')).schedules.start([EACH_SECOND], async (_, firing) => fired.push(firing));
    await until(() => fired.length > 1);
    expect(fired[0]).toBe(`repeat:tick:${due}`);
    expect(new Set(fired).size).toBe(fired.length);
  });

  it('makes a schedule what a deploy has changed it to', async () => {
    const queue = inspect('changed');
    const { schedules } = await open('changed');
    schedules.start([EACH_SECOND], async () => undefined);
    await until(async () => (await queue.getJobSchedulers()).length > 0);
    await schedules.close();
    const hourly: ScheduledTask = { ...EACH_SECOND, schedule: { every: 3_600_000, owner: 'clock', input: {} } };
    (await open('changed')).schedules.start([hourly], async () => undefined);
    await until(async () => (await queue.getJobSchedulers())[0]?.every === 3_600_000);
  });

  describe('while processes of two versions work', () => {
    const hourly = (tool: string): ScheduledTask => ({
      tool,
      schedule: { every: 3_600_000, owner: 'clock', input: {} },
    });
    const daily: ScheduledTask = {
      tool: 'tick',
      schedule: { cron: '0 6 * * *', timeZone: 'UTC', owner: 'clock', input: {} },
    };
    const never = async (): Promise<void> => undefined;

    /** Processes that told of these schedules have not done so for that long. */
    async function silence(prefix: string, minutes: number, of = /./): Promise<void> {
      const client = new Redis(redis.url);
      const key = `{${prefix}}:schedules`;
      for (const [field, told] of Object.entries(await client.hgetall(key))) {
        const [since = '', last] = told.split(' ');
        if (of.test(field)) await client.hset(key, field, `${since} ${Number(last) - minutes * 60_000}`);
      }
      client.disconnect();
    }
    const kept = async (queue: Queue): Promise<string[]> =>
      (await queue.getJobSchedulers()).map(({ key, every, pattern }) => `${key} ${every ?? pattern}`).sort();
    async function started(prefix: string, tasks: readonly ScheduledTask[], fire: Fire = never) {
      const { schedules } = await open(prefix);
      schedules.start(tasks, fire);
      await schedules.look();
      return schedules;
    }

    it('leaves the schedules of a newer version to it where an older process starts last', async () => {
      const queue = inspect('rolling');
      await started('rolling', [hourly('tick')]);
      await started('rolling', [daily, hourly('new')]);
      const last = await started('rolling', [hourly('tick')]);
      await last.look(true);
      expect(await kept(queue)).toEqual(['new 3600000', 'tick 0 6 * * *']);
    });

    it('removes a schedule, with its firings, when no process has known it for ten minutes', async () => {
      const queue = inspect('dropped');
      await (await started('dropped', [hourly('gone')])).close();
      await queue.add('gone', {}, { jobId: 'repeat:gone:1' });
      const newer = await started('dropped', []);
      await silence('dropped', 9);
      await newer.look(true);
      expect(await kept(queue)).toEqual(['gone 3600000']);
      await silence('dropped', 2);
      await newer.look(true);
      expect(await kept(queue)).toEqual([]);
      expect(await queue.getJob('repeat:gone:1')).toBeUndefined();
    });

    it('goes back to the time of the older version when the newer one has gone', async () => {
      const queue = inspect('back');
      const older = await started('back', [hourly('tick')]);
      await (await started('back', [daily])).close();
      await older.look(true);
      expect(await kept(queue)).toEqual(['tick 0 6 * * *']);
      await silence('back', 11, /0 6/);
      await older.look(true);
      expect(await kept(queue)).toEqual(['tick 3600000']);
    });

    it('keeps what came due while none worked, for whichever version comes first', async () => {
      const queue = inspect('night');
      await (await started('night', [hourly('tick'), hourly('new')])).close();
      await silence('night', 600);
      await started('night', [hourly('tick')]);
      await (await started('night', [hourly('new')])).look(true);
      expect(await kept(queue)).toEqual(['new 3600000', 'tick 3600000']);
    });

    it('puts schedules that Redis has lost in again', async () => {
      const queue = inspect('lost');
      const schedules = await started('lost', [hourly('tick')]);
      await queue.removeJobScheduler('tick');
      await schedules.look(true);
      expect(await kept(queue)).toEqual(['tick 3600000']);
    });

    it('leaves a firing to a process that has the code for it', async () => {
      const queue = inspect('strange');
      const fired: string[] = [];
      await started('strange', [hourly('tick')], async (tool) => fired.push(`older: ${tool}`));
      const newer = await open('strange');
      // It has told of its schedule, and takes nothing yet.
      await new KnownSchedules(redisClient(), '{strange}:').tell([{ tool: 'new', when: { every: 3_600_000 } }]);
      await queue.add('new', {}, { jobId: 'repeat:new:1' });
      await until(async () => (await queue.getDelayed()).some(({ name }) => name === 'new'));
      newer.schedules.start([hourly('new')], async (tool) => fired.push(`newer: ${tool}`));
      // Until one that has the code takes it, it is offered again and again.
      await until(async () => {
        const [waiting] = await queue.getDelayed(0, 0);
        if (waiting?.name === 'new' && waiting.id === 'repeat:new:1') await waiting.promote().catch(() => undefined);
        return fired.includes('newer: new');
      });
      expect(fired).not.toContain('older: new');
    });

    it('drops a firing that nobody has the code for any more', async () => {
      const queue = inspect('nobody');
      const fired: string[] = [];
      await started('nobody', [hourly('tick')], async (tool) => fired.push(tool));
      await queue.add('gone', {}, { jobId: 'repeat:gone:1', removeOnComplete: true });
      await until(async () => (await queue.getJob('repeat:gone:1')) === undefined);
      expect(fired).not.toContain('gone');
    });

    function redisClient(): Redis {
      const client = new Redis(redis.url);
      closers.push(async () => client.disconnect());
      return client;
    }
  });

  it('keeps the others where one cannot be put in, and tells of that one', async () => {
    const queue = inspect('taken');
    // A job has the id that the first firing would have.
    await queue.add(
      'tick',
      {},
      { jobId: `repeat:tick:${Date.UTC(new Date().getUTCFullYear() + 1, 0, 1)}`, delay: 3_600_000 },
    );
    const yearly: ScheduledTask = {
      tool: 'tick',
      schedule: { cron: '0 0 1 1 *', timeZone: 'UTC', owner: 'clock', input: {} },
    };
    const other: ScheduledTask = { tool: 'other', schedule: { every: 3_600_000, owner: 'clock', input: {} } };
    const { schedules, reports } = await open('taken');
    schedules.start([yearly, other], async () => undefined);
    await until(async () => (await queue.getJobSchedulers()).some(({ key }) => key === 'other'));
    expect(reports).toMatchObject([{ message: expect.stringMatching(/already exists/) }]);
  });

  it('tells of a firing that has failed for the last time', async () => {
    const queue = inspect('failing');
    // As they are kept, but for the number of tries.
    const when = { pattern: '* * * * * *', tz: 'UTC' };
    await queue.upsertJobScheduler('tick', when, { name: 'tick', opts: { attempts: 1, removeOnFail: true } });
    const { schedules, reports } = await open('failing');
    schedules.start([EACH_SECOND], () => Promise.reject(new Error('too many tasks')));
    await until(() => reports.length > 0);
    expect(reports[0]).toMatchObject({ message: 'too many tasks' });
  });
});
