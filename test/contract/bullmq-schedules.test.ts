import { Queue } from 'bullmq';
import { BullmqSchedules } from '../../framework/tasks/bullmq/schedules.js';
import type { ScheduledTask } from '../../framework/tasks/fire-task.js';
import { connectRedis } from '../../framework/tasks/redis/connections.js';
import { RedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

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
    (await open('changed')).schedules.start([], async () => undefined);
    await until(async () => (await queue.getJobSchedulers()).length === 0);
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
