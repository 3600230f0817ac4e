import { Queue, QueueEvents } from 'bullmq';
import { type App, createApp, Task, type TaskContext } from 'perdura';
import { RedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

const OWNER = 'service:clock';
const ran: string[] = [];

@Task({
  name: 'tick',
  description: 'Runs by itself.',
  schedule: { every: '1s', owner: 'clock', input: {} },
})
class Tick {
  call(_: unknown, { taskId }: TaskContext): string {
    ran.push(taskId);
    return 'tock';
  }
}

/** Its name is as good as any. */
@Task({ name: 'schedules', description: 'Runs by itself.', schedule: { every: '1s', owner: 'planner' } })
class Planner {
  call(): string {
    return 'planned';
  }
}

/** At a time that Berlin does not have in one night of the year, and twice in another. */
@Task({
  name: 'nightly',
  description: 'Runs by itself at night.',
  schedule: { cron: '30 2 * * *', timeZone: 'Europe/Berlin', owner: 'clock' },
})
class Nightly {
  call(): string {
    return 'done';
  }
}

describe('a task with a schedule', () => {
  let redis: RedisServer;
  const apps: App[] = [];

  beforeAll(async () => {
    redis = await RedisServer.start();
  });

  afterEach(() => jest.restoreAllMocks());

  afterAll(async () => {
    await Promise.all(apps.map((app) => app.close()));
    await redis.stop();
  });

  const open = (name: string, work: 'here' | 'elsewhere'): Promise<App> =>
    createApp({ name, version: '1.0.0', use: [Tick], tasks: { redis: redis.url, work }, report: () => undefined });

  /** The ids of the firings that were taken since the beginning. */
  async function firings(atLeast: number): Promise<ReadonlySet<string>> {
    const taken = new Set<string>();
    const connection = { url: redis.url };
    const events = new QueueEvents('@schedules', { prefix: '{perdura}:queue', connection, lastEventId: '0-0' });
    events.on('completed', ({ jobId }) => taken.add(jobId));
    try {
      await until(() => taken.size >= atLeast);
      return taken;
    } finally {
      await events.close();
    }
  }

  it('is started by one of the processes that work, once for each firing, for a service', async () => {
    const working = [await open('one', 'here'), await open('two', 'here')];
    const watching = await open('three', 'elsewhere');
    apps.push(watching);
    await until(() => ran.length >= 3);
    // From here on nothing fires, so that what was made can be counted.
    await Promise.all(working.map((app) => app.close()));
    const { tasks } = await watching.tasks.list(OWNER, 100);
    expect(tasks.length).toBeGreaterThanOrEqual(3);
    expect((await firings(tasks.length)).size).toBe(tasks.length);
    expect(new Set(ran).size).toBe(ran.length);
  });

  it.each([
    ['in summer', '2027-07-01T12:00Z', '2027-07-02T00:30Z'],
    ['in winter', '2027-01-10T12:00Z', '2027-01-11T01:30Z'],
    ['once, later, where clocks leap over its time', '2027-03-27T12:00Z', '2027-03-28T01:30Z'],
    ['as ever in the night after that', '2027-03-28T01:30Z', '2027-03-29T00:30Z'],
    ['where clocks come to its time for the first of two times', '2027-10-30T12:00Z', '2027-10-31T00:30Z'],
    ['and not for the second', '2027-10-31T00:30Z', '2027-11-01T01:30Z'],
  ])('goes by the clocks of its time zone: %s', async (_, now, next) => {
    const prefix = `zone-${now.replace(/\W/g, '-')}`;
    jest.spyOn(Date, 'now').mockReturnValue(Date.parse(now));
    const tasks = { redis: { url: redis.url, prefix }, work: 'here' } as const;
    apps.push(await createApp({ name: 'zone', version: '1.0.0', use: [Nightly], tasks }));
    const queue = new Queue('@schedules', { prefix: `{${prefix}}:queue`, connection: { url: redis.url } });
    const firings = async (): Promise<readonly (number | undefined)[]> =>
      (await queue.getJobSchedulers()).map((scheduler) => scheduler.next);
    await until(async () => (await firings()).length > 0);
    expect(await firings()).toEqual([Date.parse(next)]);
    await queue.close();
  });

  it('may have any name', async () => {
    const tasks = { redis: { url: redis.url, prefix: 'named' }, work: 'here' } as const;
    const app = await createApp({ name: 'named', version: '1.0.0', use: [Planner], tasks });
    const made = async () => (await app.tasks.list('service:planner', 10)).tasks;
    await until(async () => (await made()).some(({ status }) => status === 'completed'));
    await app.close();
  });

  it('is refused at boot where nothing would outlive the process', async () => {
    await expect(createApp({ name: 'one', version: '1.0.0', use: [Tick] })).rejects.toMatchObject({
      mistakes: [{ code: 'SCHEDULE_NEEDS_REDIS' }],
    });
  });
});
