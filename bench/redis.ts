import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

/** A Redis of the benchmark's own, set up as production should be. */
export interface BenchRedis {
  readonly url: string;
  /** What all data takes, in bytes. */
  usedMemory(): Promise<number>;
  /** How many commands it has run, those in scripts included. */
  commands(): Promise<number>;
  /** Forgets everything. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts `redis-server` on a free port of this machine, with its append-only file in a temporary folder. */
export async function startRedis(): Promise<BenchRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'perdura-bench-'));
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
  const safe = ['--appendonly', 'yes', '--maxmemory-policy', 'noeviction', '--save', ''];
  const server = spawn('redis-server', [...own, ...safe], { stdio: 'ignore' });
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.once('exit', () => {
    server.kill('SIGKILL');
    remove();
  });
  server.once('error', () => {
    console.error('There is no redis-server in PATH: install it (Debian: apt-get install redis-server).');
    process.exit(1);
  });
  const url = `redis://127.0.0.1:${port}`;
  const client = new Redis(url, { retryStrategy: () => 50, maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  const figure = async (section: string, name: string): Promise<number> =>
    Number(new RegExp(`^${name}:(\\d+)`, 'mu').exec(await client.info(section))?.[1]);
  await client.ping();
  return {
    url,
    usedMemory: () => figure('memory', 'used_memory'),
    commands: () => figure('stats', 'total_commands_processed'),
    clear: async () => void (await client.flushall()),
    async stop() {
      client.disconnect();
      const gone = once(server, 'exit');
      server.kill('SIGKILL');
      await gone;
      remove();
    },
  };
}
