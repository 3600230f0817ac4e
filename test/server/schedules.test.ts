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

  it('is started by one of the processes that work, once for each firing, for a service', async () => {
    for (const name of ['one', 'two']) {
      apps.push(
        await createApp({
          name,
          version: '1.0.0',
          use: [Tick],
          tasks: { redis: redis.url, work: 'here' },
          report: () => undefined,
        }),
      );
    }
    const finished = async () => {
      const { tasks } = await apps[0]!.tasks.list(OWNER, 10);
      return tasks.filter(({ status }) => status === 'completed');
    };
    await until(async () => (await finished()).length >= 3);
    const tasks = await finished();
    // Every firing is at a second of its own: two tasks of one firing would share it.
    const seconds = tasks.map(({ createdAt }) => Math.round(createdAt / 1000));
    expect(new Set(seconds).size).toBe(tasks.length);
    expect(new Set(ran).size).toBe(ran.length);
  });

  it('is refused at boot where nothing would outlive the process', async () => {
    await expect(createApp({ name: 'one', version: '1.0.0', use: [Tick] })).rejects.toMatchObject({
      mistakes: [{ code: 'SCHEDULE_NEEDS_REDIS' }],
    });
  });
});
