import type { Plugin, RedisSettings } from 'perdura';
import { RedisConnection } from '../redis-connection.js';
import type { Buckets, Draw, Drawn } from './buckets.js';

// A bucket that has had the time to fill up is as one that never was, so it may expire. The time is the server's: those of the
// processes differ. A draw whose reply was lost is made twice: then there is less for a while, or what one turn gave back is there twice.
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
  const connection = new RedisConnection(redis);
  return {
    name: 'redis-buckets',
    setup(host) {
      host.onClose(() => connection.close());
    },
    async draw(draws: readonly Draw[], maxWait: number): Promise<Drawn> {
      // One hash tag: a script may touch keys of one slot alone.
      const keys = draws.map(({ name }) => `${connection.prefix}:{model-limits}:${name}`);
      const settings = draws.flatMap(({ capacity, span, amount }) => [capacity, span, amount]);
      const drawn = await connection.use((client) => client.eval(DRAW, keys.length, ...keys, maxWait, ...settings));
      const [taken, wait] = drawn as [number, number];
      return { taken: taken === 1, wait };
    },
  };
}
