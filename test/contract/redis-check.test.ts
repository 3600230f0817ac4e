import { checkRedis } from '../../framework/tasks/redis/check.js';
import { connectRedis } from '../../framework/tasks/redis/connections.js';
import { seldom } from '../../framework/tasks/seldom.js';
import { RedisServer } from '../fixtures/redis-server.js';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(...settings: readonly string[]) {
  const server = await RedisServer.start(...settings);
  closers.push(() => server.stop());
  return server;
}

async function connect(url: string) {
  const connections = await connectRedis(url, () => undefined);
  closers.push(() => connections.close());
  return connections.requests;
}

describe('the check of a Redis at the start', () => {
  it('accepts one that keeps what it acknowledges, and tells its version', async () => {
    const warnings: string[] = [];
    const client = await connect((await start()).url);
    const report = await checkRedis(client, { isProduction: true, warn: (message) => warnings.push(message) });
    expect(report.version?.[0]).toBeGreaterThanOrEqual(6);
    expect(warnings).toEqual([]);
  });

  it('refuses an unsafe one in production with every problem, unless that is accepted', async () => {
    const client = await connect((await start('--appendonly', 'no', '--maxmemory-policy', 'allkeys-lru')).url);
    const warnings: string[] = [];
    const warn = (message: string): unknown => warnings.push(message);
    await expect(checkRedis(client, { isProduction: true, warn })).rejects.toMatchObject({
      code: 'REDIS_UNSAFE',
      message: expect.stringMatching(/maxmemory-policy is allkeys-lru.*noeviction.*appendonly is off.*appendonly yes/),
    });
    expect(warnings).toEqual([]);
    await checkRedis(client, { isProduction: true, allowUnsafe: true, warn });
    await checkRedis(client, { isProduction: false, warn });
    expect(warnings).toHaveLength(2);
    expect(warnings[1]).toMatch(/may lose tasks: maxmemory-policy is allkeys-lru.*appendonly is off/);
  });

  it('refuses a replica and a node of a cluster', async () => {
    const primary = await start();
    const replica = await connect((await start('--replicaof', '127.0.0.1', String(primary.port))).url);
    const node = await connect((await start('--cluster-enabled', 'yes')).url);
    const options = { isProduction: true, warn: () => undefined };
    await expect(checkRedis(replica, options)).rejects.toThrow('it is a replica');
    await expect(checkRedis(node, options)).rejects.toThrow('it is a node of a cluster');
  });

  it('says what it could not find out where the user may not ask', async () => {
    const server = await start();
    const root = await connect(server.url);
    await root.call('ACL', 'SETUSER', 'app', 'on', '>secret', '~{perdura}:*', '&{perdura}:*', '+@all', '-@dangerous');
    const client = await connect(`redis://app:secret@127.0.0.1:${server.port}`);
    const warnings: string[] = [];
    const report = await checkRedis(client, { isProduction: true, warn: (message) => warnings.push(message) });
    expect(report.version).toBeUndefined();
    expect(warnings).toEqual([expect.stringMatching(/unknown: this user may not call INFO \(ACL: add \+info\)/)]);
  });
});

describe('a process that is busy when it connects', () => {
  it('tries again, since it was late itself', async () => {
    const server = await start();
    const connecting = connectRedis(server.url, () => undefined);
    // The connection is under way by now, and nobody looks at it until its time is over.
    for (let turn = 0; turn < 10; turn++) await new Promise<void>((resolve) => process.nextTick(resolve));
    for (const end = performance.now() + 1200; performance.now() < end;);
    const connections = await connecting;
    expect(await connections.requests.ping()).toBe('PONG');
    await connections.close();
  });
});

describe('reports of one trouble', () => {
  it('come once in an interval', () => {
    const seen: unknown[] = [];
    const report = seldom((error) => seen.push(error), 60_000);
    for (let i = 0; i < 5; i++) report(i);
    expect(seen).toEqual([0]);
  });
});
