import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Json } from '../../spec.js';
import type { PageRecord, PageState, PageStore } from '../pages/page-store.js';
import { RedisCalls } from '../../tasks/redis/calls.js';

const SCRIPTS = {
  open: `
local page = KEYS[1] .. 'page:' .. ARGV[1]
redis.call('HSET', page, 'record', ARGV[2])
redis.call('PEXPIRE', page, ARGV[3])`,
  find: `return redis.call('HMGET', KEYS[1] .. 'page:' .. ARGV[1], 'record', 'browser', 'done')`,
  claim: `
local page = KEYS[1] .. 'page:' .. ARGV[1]
if redis.call('EXISTS', page) == 0 then return 0 end
redis.call('HSETNX', page, 'browser', ARGV[2])
return redis.call('HGET', page, 'browser') == ARGV[2] and 1 or 0`,
  finish: `
local page = KEYS[1] .. 'page:' .. ARGV[1]
if redis.call('EXISTS', page) == 0 then return 0 end
return redis.call('HSETNX', page, 'done', ARGV[2])`,
  remove: `redis.call('DEL', KEYS[1] .. 'page:' .. ARGV[1])`,
};

/** Pages in Redis: opened by one process, served by another, waited for by a third. Ids are kept as digests. */
export class RedisPageStore implements PageStore {
  readonly #calls: RedisCalls<keyof typeof SCRIPTS>;

  constructor(client: Redis, prefix: string) {
    this.#calls = new RedisCalls(client, `{${prefix}}:`, 'page', SCRIPTS);
  }

  async open(id: string, record: PageRecord, life: number): Promise<void> {
    await this.#calls.run('open', digest(id), JSON.stringify(record), Math.max(1, Math.round(life)));
  }

  async find(id: string): Promise<PageState | undefined> {
    const [record, browser, done] = (await this.#calls.run('find', digest(id))) as (string | null)[];
    if (record === null || record === undefined) return undefined;
    return {
      record: JSON.parse(record) as PageRecord,
      ...(typeof browser === 'string' && { browser }),
      ...(typeof done === 'string' && { done }),
    };
  }

  async claim(id: string, browser: string): Promise<boolean> {
    return (await this.#calls.run('claim', digest(id), browser)) === 1;
  }

  async finish(id: string, value: Json): Promise<boolean> {
    return (await this.#calls.run('finish', digest(id), JSON.stringify(value))) === 1;
  }

  async remove(id: string): Promise<void> {
    await this.#calls.run('remove', digest(id));
  }
}

/** Whoever reads keys of Redis learns no address of a page. */
const digest = (id: string): string => createHash('sha256').update(id).digest('base64url');
