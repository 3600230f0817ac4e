import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Redis } from 'ioredis';
import { startChild } from './child.js';

/** A Redis for one run. */
export interface RunRedis {
  readonly url: string;
  readonly prefix: string;
  /** Leaves nothing of the run behind. */
  stop(): Promise<void>;
}

/** Starts a Redis of the run's own, which writes every change to a file in the folder before the second is over. */
export async function startRedis(folder: string): Promise<RunRedis> {
  const port = await freePort();
  const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
  const safe = ['--appendonly', 'yes', '--maxmemory-policy', 'noeviction', '--save', ''];
  const command = { command: 'redis-server', args: [...own, ...safe], cwd: folder };
  const server = startChild(
    command,
    () => undefined,
    (line) => line.includes('Ready to accept connections'),
  );
  await server.ready.catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new Error(
      'There is no redis-server in PATH: install it with "apt-get install redis-server", or name a Redis with --redis URL.',
    );
  });
  return { url: `redis://127.0.0.1:${port}`, prefix: 'research', stop: () => server.stop() };
}

/** Uses a Redis that runs already, under a name of the run's own. */
export async function joinRedis(url: string): Promise<RunRedis> {
  const prefix = `research-${randomBytes(6).toString('hex')}`;
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 1, retryStrategy: () => null });
  redis.on('error', () => undefined);
  await redis.connect().catch((error: Error) => {
    throw new Error(`The Redis at ${new URL(url).host} cannot be reached: ${error.message}.`, { cause: error });
  });
  const stop = async (): Promise<void> => {
    for await (const keys of redis.scanStream({ match: `{${prefix}}:*`, count: 1_000 })) {
      if ((keys as string[]).length > 0) await redis.unlink(...(keys as string[]));
    }
    await redis.quit();
  };
  return { url, prefix, stop };
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
