import { inspect } from 'node:util';
import { createApp, type TaskEngineOptions } from 'perdura';
import { freePort, RedisServer } from '../fixtures/redis-server.js';

describe('createApp({ tasks: { redis } })', () => {
  let server: RedisServer;
  const environment = process.env['NODE_ENV'];
  beforeAll(async () => {
    // As Redis comes out of the box.
    server = await RedisServer.start('--appendonly', 'no', '--maxmemory-policy', 'allkeys-lru');
  });
  afterEach(() => {
    process.env['NODE_ENV'] = environment;
  });
  afterAll(() => server.stop());

  const reports: unknown[] = [];
  const start = (tasks: TaskEngineOptions) =>
    createApp({ name: 'boot', version: '1.0.0', use: [], tasks, report: (error) => void reports.push(error) });
  const codesOf = async (app: Promise<unknown>): Promise<readonly string[]> => {
    const { name, mistakes } = (await app.catch((error: unknown) => error)) as {
      readonly name: string;
      readonly mistakes: readonly { readonly code: string }[];
    };
    expect(name).toBe('BootError');
    return mistakes.map(({ code }) => code);
  };

  it('does not start where nothing listens, and says so', async () => {
    const redis = `redis://127.0.0.1:${await freePort()}`;
    expect(await codesOf(start({ redis }))).toEqual(['STORE_UNAVAILABLE']);
  });

  it('does not start in production on a Redis that loses what it acknowledged, unless that is meant', async () => {
    process.env['NODE_ENV'] = 'production';
    const error = (await start({ redis: server.url }).catch((thrown: unknown) => thrown)) as Error;
    expect(await codesOf(Promise.reject(error))).toEqual(['REDIS_UNSAFE']);
    expect(error.message).toContain('maxmemory-policy');
    expect(error.message).toContain('appendonly');
    await (await start({ redis: { url: server.url, allowUnsafe: true } })).close();
  });

  it('warns of it elsewhere, and takes what ioredis takes', async () => {
    reports.length = 0;
    const app = await start({ redis: { host: '127.0.0.1', port: server.port, prefix: 'other' } });
    expect(await app.ready()).toBe(true);
    await app.close();
    expect(await app.ready()).toBe(false);
    const warning = reports.find((report) => String(report).includes('maxmemory-policy'));
    // One sentence: where in the framework it was noticed would help nobody.
    expect(inspect(warning)).not.toContain('\n');
  });

  it('refuses a prefix that cannot stand in a key', async () => {
    expect(await codesOf(start({ redis: { url: server.url, prefix: '{all}' } }))).toEqual(['STORE_PREFIX_INVALID']);
  });

  it('is what leaving tasks to other processes needs', async () => {
    expect(await codesOf(start({ work: 'elsewhere' }))).toEqual(['WORK_ELSEWHERE']);
  });

  it('names the packages to install where they are missing', async () => {
    await jest.isolateModulesAsync(async () => {
      jest.doMock('bullmq', () => {
        throw Object.assign(new Error("Cannot find module 'bullmq'"), { code: 'MODULE_NOT_FOUND' });
      });
      const isolated = await import('perdura');
      const app = isolated.createApp({ name: 'boot', version: '1.0.0', use: [], tasks: { redis: server.url } });
      expect(await codesOf(app)).toEqual(['REDIS_PACKAGES_MISSING']);
    });
    jest.dontMock('bullmq');
  });
});
