import type { Redis } from 'ioredis';
import { RedisCalls } from '../../tasks/redis/calls.js';
import type { Switches } from '../shared-catalog.js';

const SCRIPTS = {
  disabled: `return redis.call('SMEMBERS', KEYS[1] .. 'disabled')`,
  disable: `redis.call('SADD', KEYS[1] .. 'disabled', ARGV[1])`,
  enable: `redis.call('SREM', KEYS[1] .. 'disabled', ARGV[1])`,
};

/** Switches in Redis. Calls throw `STORE_UNAVAILABLE` where it is away. */
export class RedisSwitches implements Switches {
  readonly #calls: RedisCalls<keyof typeof SCRIPTS>;

  constructor(client: Redis, prefix: string) {
    this.#calls = new RedisCalls(client, `{${prefix}}:`, 'switches', SCRIPTS);
  }

  async disabled(): Promise<readonly string[]> {
    return (await this.#calls.run('disabled')) as string[];
  }

  async set(key: string, isDisabled: boolean): Promise<void> {
    await this.#calls.run(isDisabled ? 'disable' : 'enable', key);
  }
}
