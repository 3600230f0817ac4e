import { BootError, PerduraError } from '../../errors.js';
import { MemoryTaskQueue } from '../../tasks/memory/task-queue.js';
import { MemoryTaskStore } from '../../tasks/memory/task-store.js';
import type { TaskEngineOptions } from '../app-options.js';
import type { Backend } from '../backend.js';

/**
 * The embedded default, everything in this process' memory; or everything in Redis, whose client and queue are loaded here and not
 * before: a server without them starts faster.
 *
 * @throws BootError `REDIS_PACKAGES_MISSING`, `STORE_UNAVAILABLE`, `REDIS_UNSAFE` or `STORE_PREFIX_INVALID`
 */
export async function openBackend(
  { redis }: TaskEngineOptions = {},
  report: (error: unknown) => void,
): Promise<Backend> {
  if (!redis) {
    return { store: new MemoryTaskStore(), queue: new MemoryTaskQueue(), ready: () => Promise.resolve(true) };
  }
  try {
    const { openRedis } = await import('../redis/backend.js').catch(missing);
    return await openRedis(redis, report);
  } catch (error) {
    // A refusal of the store's has a code and a fix like every mistake of the app.
    throw (error as Error).name === 'PerduraError' ? new BootError([error as PerduraError]) : error;
  }
}

function missing(error: unknown): never {
  const { code, message } = error as { readonly code?: unknown; readonly message?: string };
  const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  throw isMissing ? PerduraError.of('REDIS_PACKAGES_MISSING', String(message).split('\n')[0] as string) : error;
}
