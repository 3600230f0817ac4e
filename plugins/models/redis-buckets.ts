import type { Redis } from 'ioredis';
import { PerduraError, type Plugin, type RedisSettings } from 'perdura';
import type { Buckets, Draw, Drawn } from './buckets.js';

// A bucket that has had the time to fill up is as one that never was, so it may expire. The time is the server's: those of the
// processes differ.
const DRAW = `
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local longest, wait, levels = tonumber(ARGV[1]), 0, {}
local function settings(i)
  return tonumber(ARGV[i * 3 - 1]), tonumber(ARGV[i * 3]), tonumber(ARGV[i * 3 + 1])
end
for i, key in ipairs(KEYS) do
  local capacity, span, amount = settings(i)
  local last = redis.call('HMGET', key, 'level', 'at')
  local level = capacity
  if last[1] then
    level = math.min(capacity, last[1] + math.max(0, now - last[2]) * capacity / span)
  end
  levels[i] = level - amount
  wait = math.max(wait, math.ceil(-levels[i] * span / capacity))
end
if wait > longest then return {0, wait} end
for i, key in ipairs(KEYS) do
  local capacity, span = settings(i)
  redis.call('HSET', key, 'level', levels[i], 'at', now)
  redis.call('PEXPIRE', key, math.ceil(math.max(0, capacity - levels[i]) * span / capacity) + 1000)
end
return {1, wait}
`;

/**
 * Buckets in Redis, so that all processes share their limits. List it in `createApp({ use })` too: it connects when it is first
 * used, and closes its connection with the app. Takes what `createApp({ tasks: { redis } })` does.
 */
export function redisBuckets(redis: string | RedisSettings): Buckets & Plugin {
  const { prefix = 'perdura', ...address } = typeof redis === 'string' ? { url: redis } : redis;
  let connection: Promise<Redis> | undefined;
  return {
    name: 'redis-buckets',
    setup(host) {
      host.onClose(async () => {
        (await connection)?.disconnect();
        connection = undefined;
      });
    },
    async draw(draws: readonly Draw[], maxWait: number): Promise<Drawn> {
      // One hash tag: a script may touch keys of one slot alone.
      const keys = draws.map(({ name }) => `${prefix}:{model-limits}:${name}`);
      const settings = draws.flatMap(({ capacity, span, amount }) => [capacity, span, amount]);
      try {
        const client = await (connection ??= connect(address));
        const [taken, wait] = (await client.eval(DRAW, keys.length, ...keys, maxWait, ...settings)) as [number, number];
        return { taken: taken === 1, wait };
      } catch (error) {
        const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
        throw PerduraError.from(error, 'STORE_UNAVAILABLE', String(code ?? message));
      }
    },
  };
}

async function connect(address: Omit<RedisSettings, 'prefix'>): Promise<Redis> {
  const { Redis } = await import('ioredis');
  const { url, allowUnsafe: _, ...options } = address as { readonly url?: string; readonly allowUnsafe?: boolean };
  // An agent is rather told that its model is not there than kept waiting for Redis.
  const own = { ...options, maxRetriesPerRequest: 1, disconnectTimeout: 100 };
  const client = url === undefined ? new Redis(own) : new Redis(url, own);
  // Each command says so too.
  client.on('error', () => {});
  return client;
}
