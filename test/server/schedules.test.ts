import { QueueEvents } from 'bullmq';
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

describe('a task with a schedule', () => {
  let redis: RedisServer;
  const apps: App[] = [];

  beforeAll(async () => {
    redis = await RedisServer.start();
  });

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
    const events = new QueueEvents('schedules', { prefix: '{perdura}:queue', connection, lastEventId: '0-0' });
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

  it('is refused at boot where nothing would outlive the process', async () => {
    await expect(createApp({ name: 'one', version: '1.0.0', use: [Tick] })).rejects.toMatchObject({
      mistakes: [{ code: 'SCHEDULE_NEEDS_REDIS' }],
    });
  });
});
