import { MemorySessionStore } from '../../framework/server/sessions/memory-session-store.js';
import { RedisSessionStore } from '../../framework/server/redis/session-store.js';
import { connectRedis } from '../../framework/tasks/redis/connections.js';
import { RedisServer } from '../fixtures/redis-server.js';
import { sessionStoreContract } from './session-store.contract.js';

describe('MemorySessionStore', () => {
  sessionStoreContract(async () => {
    let now = Date.UTC(2026, 0, 1);
    return {
      store: new MemorySessionStore({ now: () => now }),
      pass: async (milliseconds) => void (now += milliseconds),
      close: async () => undefined,
    };
  });
});

describe('RedisSessionStore', () => {
  let server: RedisServer;
  let stores = 0;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.stop());

  sessionStoreContract(async () => {
    const connections = await connectRedis(server.url, () => undefined);
    return {
      store: new RedisSessionStore(connections.requests, `test-${++stores}`),
      // Redis' own time, which nobody can turn: its keys expire by it.
      pass: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      close: () => connections.close(),
    };
  });
});
