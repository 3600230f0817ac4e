import { serveHttp } from 'perdura/http';
import { startWorker } from 'perdura/worker';
import { checkedConnect } from '../checked-connect.js';
import { freePort, RedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';
import { Browser } from './browser.js';
import { vaultApp } from './vault-app.js';

describe.each(['2025-11-25', '2026-07-28'] as const)('a page that a task opens on %s, with Redis', (revision) => {
  let redis: RedisServer;
  beforeAll(async () => void (redis = await RedisServer.start()));
  afterAll(() => redis.stop());

  it('is served by one process, and waited for by others that come and go', async () => {
    const port = await freePort();
    const open = () => vaultApp({ publicUrl: `http://127.0.0.1:${port}` }, { tasks: { redis: redis.url } });
    const web = await open();
    const server = await serveHttp(web, { port });
    const first = await startWorker(await open(), { signals: false });
    const urls: string[] = [];
    const client = await checkedConnect(web, {
      revision,
      visit: ({ url }) => (urls.push(url), { action: 'accept' }),
    });
    const result = client.runTask('connect');
    await until(() => urls.length === 1);
    await first.close();
    const browser = new Browser();
    const { location = '' } = await browser.enter(urls[0] as string);
    await browser.open(`http://127.0.0.1:${port}/elicit/callback${new URL(location).search}&code=Ada`);
    const second = await startWorker(await open(), { signals: false });
    expect((await result)['content']).toMatchObject([{ text: 'calendar of Ada by 43, 0' }]);
    expect(urls).toHaveLength(1);
    await second.close();
    await server.close();
  });
});
