import { PerduraError } from '../errors.js';
import { MemoryTaskQueue } from '../tasks/memory/task-queue.js';
import { MemoryTaskStore } from '../tasks/memory/task-store.js';
import type { RedisSettings } from './app-options.js';
import type { Backend } from './backend.js';

/** The embedded default: everything in this process' memory. */
export function memoryBackend(): Backend {
  return { store: new MemoryTaskStore(), queue: new MemoryTaskQueue(), ready: () => Promise.resolve(true) };
}

/**
 * Everything in Redis. Its client and the queue are loaded here and not before: a server without them starts faster.
 *
 * @throws PerduraError `REDIS_PACKAGES_MISSING`, `STORE_UNAVAILABLE`, `REDIS_UNSAFE` or `STORE_PREFIX_INVALID`
 */
export async function redisBackend(
  settings: string | RedisSettings,
  report: (error: unknown) => void,
): Promise<Backend> {
  const { openRedis } = await import('./redis/backend.js').catch((error: unknown) => {
    const { code, message } = error as { readonly code?: unknown; readonly message?: string };
    const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
    throw isMissing ? PerduraError.of('REDIS_PACKAGES_MISSING', String(message).split('\n')[0] as string) : error;
  });
  return openRedis(settings, report);
}
