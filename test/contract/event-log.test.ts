import { KEPT_FOR } from '../../framework/server/streams/event-log.js';
import { MemoryEventLog } from '../../framework/server/streams/memory-event-log.js';
import { RedisEventLog } from '../../framework/server/redis/event-log.js';
import { connectRedis, type RedisConnections } from '../../framework/tasks/redis/connections.js';
import { RedisServer } from '../fixtures/redis-server.js';
import { eventLogContract } from './event-log.contract.js';

const ORIGIN = { writer: 'a', requestId: 1 };

describe('MemoryEventLog', () => {
  eventLogContract(async () => ({ log: new MemoryEventLog(), close: async () => undefined }));

  it('forgets a stream some time after its last use, and one that belongs to no request after its last reader', () => {
    let now = 0;
    const log = new MemoryEventLog({ now: () => now });
    log.append('used', ORIGIN, 'one');
    log.listen('standing', 'a');
    for (let turn = 0; turn < 3; turn++) {
      now += KEPT_FOR * 0.6;
      log.append('used', ORIGIN, 'more');
      log.append('standing', {}, 'more');
    }
    expect(log.read('used', 0)?.last).toBe(4);
    expect(log.read('standing', 0)).toBeUndefined();
  });

  it('is bounded altogether: those not used for longest make room', () => {
    const log = new MemoryEventLog();
    for (let stream = 0; stream < 80; stream++) log.append(`s.${stream}`, ORIGIN, 'x'.repeat(2 ** 20));
    expect(log.read('s.0', 0)).toBeUndefined();
    expect(log.read('s.79', 0)?.last).toBe(1);
  });

  it('counts what streams and events take that say nothing', () => {
    const log = new MemoryEventLog();
    for (let stream = 0; stream < 300_000; stream++) log.follow(`s.${stream}`, ORIGIN);
    expect(log.read('s.0', 0)).toBeUndefined();
    expect(log.read('s.299999', 0)?.last).toBe(0);
  });
});

describe('RedisEventLog', () => {
  let server: RedisServer;
  let connections: RedisConnections;
  let logs = 0;
  beforeAll(async () => {
    server = await RedisServer.start();
    connections = await connectRedis(server.url, () => undefined);
  });
  afterAll(async () => {
    await connections.close();
    await server.stop();
  });

  eventLogContract(async () => ({
    log: new RedisEventLog(connections.requests, `test-${++logs}`),
    close: async () => undefined,
  }));

  it('leaves nothing in Redis that does not go by itself', async () => {
    const prefix = `test-${++logs}`;
    const log = new RedisEventLog(connections.requests, prefix);
    await log.append('s.1', ORIGIN, 'one');
    await log.listen('s.g', 'a');
    await log.append('s.g', {}, 'one');
    await log.read('s.g', 0);
    const keys = await connections.requests.keys(`{${prefix}}:*`);
    expect(keys).toHaveLength(4);
    for (const key of keys) expect(await connections.requests.pttl(key)).toBeGreaterThan(0);
  });
});
