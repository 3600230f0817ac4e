import { MemoryPageStore } from '../../framework/server/pages/memory-page-store.js';
import type { PageRecord, PageStore } from '../../framework/server/pages/page-store.js';
import { RedisPageStore } from '../../framework/server/redis/page-store.js';
import { connectRedis, type RedisConnections } from '../../framework/tasks/redis/connections.js';
import { RedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

const LIFE = 60_000;
const RECORD: PageRecord = {
  page: 'Connect',
  principal: { owner: 'ann', scopes: ['read'] },
  message: 'Connect?',
  client: 'test',
  verifier: 'v',
};

describe.each(['memory', 'Redis'] as const)('a page store in %s', (place) => {
  let server: RedisServer | undefined;
  let connections: RedisConnections | undefined;
  let store: PageStore;
  let stores = 0;
  beforeAll(async () => {
    if (place === 'memory') return;
    server = await RedisServer.start();
    connections = await connectRedis(server.url, () => undefined);
  });
  beforeEach(() => {
    store = connections ? new RedisPageStore(connections.requests, `test-${++stores}`) : new MemoryPageStore();
  });
  afterAll(async () => {
    await connections?.close();
    await server?.stop();
  });

  it('finds a page as it was opened, and none that never was', async () => {
    await store.open('a', RECORD, LIFE);
    expect((await store.find('a'))?.record).toEqual(RECORD);
    expect(await store.find('b')).toBeUndefined();
    expect(await store.claim('b', 'x')).toBe(false);
    expect(await store.finish('b', 1)).toBe(false);
  });

  it('belongs to the browser that claims it first, of many at a time', async () => {
    await store.open('a', RECORD, LIFE);
    const claims = await Promise.all(['x', 'y', 'z'].map(async (browser) => store.claim('a', browser)));
    expect(claims.filter(Boolean)).toHaveLength(1);
    const winner = (await store.find('a'))?.browser as string;
    expect(await store.claim('a', winner)).toBe(true);
  });

  it('is done once, of many at a time, with whatever JSON carries', async () => {
    await store.open('a', RECORD, LIFE);
    const ends = await Promise.all([1, 2, 3].map(async () => store.finish('a', { list: [], nothing: null })));
    expect(ends.filter(Boolean)).toHaveLength(1);
    expect(JSON.parse((await store.find('a'))?.done as string)).toEqual({ list: [], nothing: null });
  });

  it('forgets what is removed, and what is too old', async () => {
    await store.open('a', RECORD, LIFE);
    await store.remove('a');
    expect(await store.find('a')).toBeUndefined();
    await store.open('b', RECORD, 1);
    await until(async () => (await store.find('b')) === undefined);
    expect(await store.claim('b', 'x')).toBe(false);
  });
});
