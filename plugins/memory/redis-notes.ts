import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { PerduraError, type RedisSettings } from 'perdura';
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
redis.call('HSET', KEYS[1], path, text)
redis.call('HSET', KEYS[2], path, size .. ' ' .. at)
local answer = size .. ' ' .. at .. ' ' .. (before and 0 or 1)
redis.call('SET', KEYS[3], answer, 'PX', ARGV[7])
return answer
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
  readonly #address: Omit<RedisSettings, 'prefix'>;
  readonly #prefix: string;
  #connection: Promise<Redis> | undefined;

  constructor(redis: string | RedisSettings) {
    const { prefix = 'perdura', ...address } = typeof redis === 'string' ? { url: redis } : redis;
    this.#prefix = prefix;
    this.#address = address;
  }

  list(owner: string): Promise<readonly NoteInfo[]> {
    return this.#ask(async (redis) => {
      const infos = await redis.hgetall(this.#keys(owner)[1]);
      return Object.entries(infos)
        .map(([path, info]) => noteOf(path, info))
        .sort(byPath);
    });
  }

  read(owner: string, path: string): Promise<string | undefined> {
    return this.#ask(async (redis) => (await redis.hget(this.#keys(owner)[0], path)) ?? undefined);
  }

  write(owner: string, { key, path, text, append }: NoteWrite, limits: NoteLimits): Promise<Written> {
    const { noteBytes, notes, totalBytes } = limits;
    return this.#ask(async (redis) => {
      const args = [path, text, append ? 1 : 0, noteBytes, notes, totalBytes, KEYS_KEPT];
      const answer = (await redis.eval(WRITE, 3, ...this.#keys(owner, key), ...args)) as string;
      if (answer in limits) return { over: answer as keyof NoteLimits };
      return { note: noteOf(path, answer), isNew: answer.endsWith(' 1') };
    });
  }

  remove(owner: string, path: string, key: string): Promise<boolean> {
    return this.#ask(
      async (redis) => (await redis.eval(REMOVE, 3, ...this.#keys(owner, key), path, KEYS_KEPT)) === '1',
    );
  }

  close(): void {
    void this.#connection?.then((redis) => redis.disconnect());
    this.#connection = undefined;
  }

  /** An owner's keys are in one slot, and made of hashes: nobody's name can reach into another's. */
  #keys(owner: string, key = ''): [string, string, string] {
    const own = `${this.#prefix}:{memory:${hash(owner)}}`;
    return [`${own}:text`, `${own}:info`, `${own}:done:${hash(key)}`];
  }

  async #ask<T>(act: (redis: Redis) => Promise<T>): Promise<T> {
    try {
      return await act(await (this.#connection ??= connect(this.#address)));
    } catch (error) {
      const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
      throw PerduraError.from(error, 'STORE_UNAVAILABLE', String(code ?? message));
    }
  }
}

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url');

function noteOf(path: string, info: string): NoteInfo {
  const [size, updatedAt] = info.split(' ');
  return { path, size: Number(size), updatedAt: Number(updatedAt) };
}

async function connect(address: Omit<RedisSettings, 'prefix'>): Promise<Redis> {
  const { Redis } = await import('ioredis');
  const { url, allowUnsafe: _, ...options } = address as { readonly url?: string; readonly allowUnsafe?: boolean };
  // An agent is rather told that its memory is not there than kept waiting for Redis.
  const own = { ...options, maxRetriesPerRequest: 1, disconnectTimeout: 100 };
  const client = url === undefined ? new Redis(own) : new Redis(url, own);
  // Each command says so too.
  client.on('error', () => {});
  return client;
}
