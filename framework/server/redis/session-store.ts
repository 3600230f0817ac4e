import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { SessionState } from '../../protocol/protocol.js';
import type { LoggingLevel } from '../../spec.js';
import { RedisCalls } from '../../tasks/redis/calls.js';
import {
  CANDIDATES,
  type Excess,
  type SessionBounds,
  type SessionRecord,
  type SessionStore,
} from '../sessions/session-store.js';

/** What an id may be: anything else, which only a client can have made up, is not found. */
const SESSION_ID = /^[\w-]{1,64}$/;

// `used` is in microseconds, so that sessions of one millisecond have an order too. Indexes are cleared of what has expired
// whenever something is added: the hash itself goes by its own time to live.
const SCRIPTS = {
  add: `
local key, id, digest, owner, state, ttl, per_owner, max, candidates =
  KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local all, owned = key .. 'sessions', key .. 'sessions:' .. digest
redis.call('HSET', key .. 'session:' .. id, 'owner', owner, 'state', state, 'digest', digest)
redis.call('PEXPIRE', key .. 'session:' .. id, ttl)
local function excess(index, limit)
  redis.call('ZREMRANGEBYSCORE', index, '-inf', now - ttl * 1000)
  redis.call('ZADD', index, now, id)
  redis.call('PEXPIRE', index, ttl)
  local count = redis.call('ZCARD', index) - limit
  if count <= 0 then return { 0, {} } end
  return { count, redis.call('ZRANGE', index, 0, count + candidates - 1) }
end
if per_owner == 0 then return { excess(all, max) } end
return { excess(owned, per_owner), excess(all, max) }`,
  find: `
local key, id, owner, ttl = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
local session = key .. 'session:' .. id
local kept = redis.call('HMGET', session, 'owner', 'state', 'level', 'digest')
if kept[1] ~= owner then return false end
local time = redis.call('TIME')
redis.call('PEXPIRE', session, ttl)
for _, index in ipairs({ key .. 'sessions', key .. 'sessions:' .. kept[4] }) do
  redis.call('ZADD', index, 'XX', time[1] * 1000000 + time[2], id)
  redis.call('PEXPIRE', index, ttl)
end
return { kept[2], kept[3] }`,
  level: `
local session = KEYS[1] .. 'session:' .. ARGV[1]
if redis.call('EXISTS', session) == 1 then redis.call('HSET', session, 'level', ARGV[2]) end`,
  subscribe: `
local session = KEYS[1] .. 'session:' .. ARGV[1]
if redis.call('EXISTS', session) == 0 then return end
local subscriptions = cjson.decode(redis.call('HGET', session, 'subscriptions') or '{}')
subscriptions[ARGV[2]] = ARGV[3] == '1' or nil
if next(subscriptions) then redis.call('HSET', session, 'subscriptions', cjson.encode(subscriptions))
else redis.call('HDEL', session, 'subscriptions') end`,
  subscriptions: `return redis.call('HGET', KEYS[1] .. 'session:' .. ARGV[1], 'subscriptions')`,
  end: `
local key, id = KEYS[1], ARGV[1]
local digest = redis.call('HGET', key .. 'session:' .. id, 'digest')
redis.call('DEL', key .. 'session:' .. id)
redis.call('ZREM', key .. 'sessions', id)
if digest then redis.call('ZREM', key .. 'sessions:' .. digest, id) end`,
};

/**
 * Sessions in Redis, for any number of processes: each use is one script on Redis' own clock.
 * Calls throw `STORE_UNAVAILABLE` where Redis is away.
 */
export class RedisSessionStore implements SessionStore {
  readonly #calls: RedisCalls<keyof typeof SCRIPTS>;

  constructor(client: Redis, prefix: string) {
    this.#calls = new RedisCalls(client, `{${prefix}}:`, 'session', SCRIPTS);
  }

  async add(
    { id, owner, state }: SessionRecord,
    { idleTtl, perOwner, max }: SessionBounds,
  ): Promise<readonly Excess[]> {
    const limits = [idleTtl, perOwner ?? 0, max, CANDIDATES];
    const reply = await this.#calls.run('add', id, digest(owner), owner, JSON.stringify(state), ...limits);
    return (reply as [number, string[]][]).map(([count, oldest]) => ({ count, oldest }));
  }

  async find(id: string, owner: string, idleTtl: number): Promise<SessionRecord | undefined> {
    if (!SESSION_ID.test(id)) return undefined;
    const reply = (await this.#calls.run('find', id, owner, idleTtl)) as [string, LoggingLevel | null] | null;
    if (!reply) return undefined;
    const [state, logLevel] = reply;
    return { id, owner, state: { ...(JSON.parse(state) as SessionState), ...(logLevel !== null && { logLevel }) } };
  }

  async setLogLevel(id: string, level: LoggingLevel): Promise<void> {
    await this.#calls.run('level', id, level);
  }

  async subscribe(id: string, uri: string, isSubscribed: boolean): Promise<void> {
    await this.#calls.run('subscribe', id, uri, isSubscribed ? 1 : 0);
  }

  async subscriptions(id: string): Promise<readonly string[]> {
    const kept = (await this.#calls.run('subscriptions', id)) as string | null;
    return kept === null ? [] : Object.keys(JSON.parse(kept) as object);
  }

  async end(id: string): Promise<void> {
    await this.#calls.run('end', id);
  }
}

/** No user text in keys: it could hold a colon or a brace, and be of any length. */
const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');
