import { createHash } from 'node:crypto';
import type { RedisSettings } from 'perdura';
import { RedisConnection } from '../redis-connection.js';
import { byPath } from './embedded-notes.js';
import {
  KEYS_KEPT,
  type NoteInfo,
  type NoteLimits,
  type NoteStore,
  type NoteWrite,
  type Written,
} from './note-store.js';

// KEYS: texts, infos ("size time"), what was done under the key. The time is the server's: those of the processes differ.
const WRITE = `
local done = redis.call('GET', KEYS[3])
if done then return done end
local path, text = ARGV[1], ARGV[2]
local before = redis.call('HGET', KEYS[1], path)
if before and ARGV[3] == '1' then text = before .. text end
local was, size, count = before and #before or 0, #text, 0
local total = size - was
for _, info in ipairs(redis.call('HVALS', KEYS[2])) do
  total = total + tonumber(string.match(info, '^%d+'))
  count = count + 1
end
if size > was and size > tonumber(ARGV[4]) then return 'noteBytes' end
if not before and count >= tonumber(ARGV[5]) then return 'notes' end
if size > was and total > tonumber(ARGV[6]) then return 'totalBytes' end
local clock = redis.call('TIME')
local at = string.format('%.0f', clock[1] * 1000 + math.floor(clock[2] / 1000))
local info = size .. ' ' .. at
redis.call('HSET', KEYS[1], path, text)
redis.call('HSET', KEYS[2], path, info)
redis.call('SET', KEYS[3], info, 'PX', ARGV[7])
return info
`;

const REMOVE = `
local done = redis.call('GET', KEYS[3])
if done then return done end
redis.call('HDEL', KEYS[1], ARGV[1])
local answer = tostring(redis.call('HDEL', KEYS[2], ARGV[1]))
redis.call('SET', KEYS[3], answer, 'PX', ARGV[2])
return answer
`;

/** Notes in Redis, for every process of an app. Connects when it is first used. */
export class RedisNotes implements NoteStore {
  readonly #connection: RedisConnection;

  constructor(redis: string | RedisSettings) {
    this.#connection = new RedisConnection(redis);
  }

  list(owner: string): Promise<readonly NoteInfo[]> {
    return this.#connection.use(async (redis) => {
      const infos = await redis.hgetall(this.#keys(owner)[1]);
      return Object.entries(infos)
        .map(([path, info]) => noteOf(path, info))
        .sort(byPath);
    });
  }

  read(owner: string, path: string): Promise<string | undefined> {
    return this.#connection.use(async (redis) => (await redis.hget(this.#keys(owner)[0], path)) ?? undefined);
  }

  write(owner: string, { key, path, text, append }: NoteWrite, limits: NoteLimits): Promise<Written> {
    const { noteBytes, notes, totalBytes } = limits;
    return this.#connection.use(async (redis) => {
      const args = [path, text, append ? 1 : 0, noteBytes, notes, totalBytes, KEYS_KEPT];
      const answer = (await redis.eval(WRITE, 3, ...this.#keys(owner, key), ...args)) as string;
      if (answer in limits) return { over: answer as keyof NoteLimits };
      return { note: noteOf(path, answer) };
    });
  }

  remove(owner: string, path: string, key: string): Promise<boolean> {
    return this.#connection.use(
      async (redis) => (await redis.eval(REMOVE, 3, ...this.#keys(owner, key), path, KEYS_KEPT)) === '1',
    );
  }

  close(): void {
    this.#connection.close();
  }

  /** An owner's keys are in one slot, and made of hashes: nobody's name can reach into another's. */
  #keys(owner: string, key = ''): [string, string, string] {
    const own = `${this.#connection.prefix}:{memory:${hash(owner)}}`;
    return [`${own}:text`, `${own}:info`, `${own}:done:${hash(key)}`];
  }
}

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url');

function noteOf(path: string, info: string): NoteInfo {
  const [size, updatedAt] = info.split(' ');
  return { path, size: Number(size), updatedAt: Number(updatedAt) };
}
