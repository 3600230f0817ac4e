import type { Redis } from 'ioredis';
import { PerduraError, type RedisSettings } from 'perdura';

/** A connection to Redis of a plugin's own: opened by its first use, closed with the app. */
export class RedisConnection {
  /** What the plugin's keys begin with. */
  readonly prefix: string;
  readonly #address: Omit<RedisSettings, 'prefix'>;
  #open: Promise<Redis> | undefined;

  constructor(redis: string | RedisSettings) {
    const { prefix = 'perdura', ...address } = typeof redis === 'string' ? { url: redis } : redis;
    this.prefix = prefix;
    this.#address = address;
  }

  /** @throws PerduraError `STORE_UNAVAILABLE` */
  async use<T>(act: (redis: Redis) => Promise<T>): Promise<T> {
    try {
      return await act(await (this.#open ??= connect(this.#address)));
    } catch (error) {
      const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
      throw PerduraError.from(error, 'STORE_UNAVAILABLE', String(code ?? message));
    }
  }

  /** Fails what is under way. Another use would open it again. */
  close(): void {
    // One that could not be opened has failed whoever wanted to use it.
    void this.#open?.then(
      (redis) => redis.disconnect(),
      () => undefined,
    );
    this.#open = undefined;
  }
}

async function connect(address: Omit<RedisSettings, 'prefix'>): Promise<Redis> {
  const { Redis } = await import('ioredis');
  const { url, allowUnsafe: _, ...options } = address as { readonly url?: string; readonly allowUnsafe?: boolean };
  // An agent is rather told that something is not there than kept waiting for Redis.
  const own = { ...options, maxRetriesPerRequest: 1, disconnectTimeout: 100 };
  const client = url === undefined ? new Redis(own) : new Redis(url, own);
  // Each command says so too.
  client.on('error', () => {});
  return client;
}
