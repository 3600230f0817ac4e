import { connectRedis, type RedisConnections } from '../../framework/tasks/redis/connections.js';
import { RedisTaskStore } from '../../framework/tasks/redis/task-store.js';
import type { RedisServer } from '../fixtures/redis-server.js';
import type { StoreUnderTest } from './store-under-test.js';

export const START = Date.UTC(2026, 0, 1);

export interface RedisStoreUnderTest extends StoreUnderTest {
  readonly store: RedisTaskStore;
  connect(): Promise<RedisTaskStore>;
  /** Every key of the store but its clock. */
  keys(): Promise<string[]>;
}

let stores = 0;
const toClose = new Set<() => Promise<void>>();

/** Closes what a test that failed has left open: its connections would keep the process alive. */
export async function closeRedisStores(): Promise<void> {
  for (const close of toClose) await close();
}

/**
 * Stores on one Redis whose scripts read the time from a key. They are rewritten on their way to Redis, so that the
 * store itself has no other clock than Redis'.
 */
export async function openRedisStore(
  server: RedisServer,
  change: (connections: RedisConnections) => void = () => undefined,
): Promise<RedisStoreUnderTest> {
  const prefix = `test-${process.pid}-${++stores}`;
  const clock = `{${prefix}}:clock`;
  const opened: RedisTaskStore[] = [];
  const admin = await connectRedis(server.url, () => undefined);
  await admin.requests.set(clock, START);
  const connect = async (): Promise<RedisTaskStore> => {
    const connections = await connectRedis(server.url, (error) => process.stderr.write(`${String(error)}\n`));
    readTimeFrom(clock, connections);
    change(connections);
    const store = new RedisTaskStore({ connections, prefix, version: [7, 0] });
    opened.push(store);
    await store.open();
    return store;
  };
  const close = async (): Promise<void> => {
    toClose.delete(close);
    await Promise.all([admin.close(), ...opened.map((one) => one.close())]);
  };
  toClose.add(close);
  return {
    store: await connect(),
    connect,
    advance: async (milliseconds) => void (await admin.requests.incrby(clock, milliseconds)),
    keys: async () => (await admin.requests.keys(`{${prefix}}:*`)).filter((key) => key !== clock),
    close,
  };
}

function readTimeFrom(clock: string, connections: RedisConnections): void {
  for (const client of [connections.requests, connections.work]) {
    const define = client.defineCommand.bind(client);
    client.defineCommand = (name, { lua, ...rest }) => {
      const shifted = lua.replace("redis.call('TIME')", `{ 0, redis.call('GET', '${clock}') * 1000 }`);
      if (shifted === lua) throw new Error(`${name} does not read the time where it was thought to`);
      define(name, { lua: shifted, ...rest });
    };
  }
}
