import { Redis } from 'ioredis';
import type { Plugin } from 'perdura';
import { Reports, type ReportStore } from './reports.js';

/** As long as the task that wrote it is kept, in seconds. */
const KEPT = 3_600;

/** Reports of a server of several processes: a worker writes them, any web process reads them. */
class RedisReports implements ReportStore {
  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
  ) {}

  async set(id: string, markdown: string): Promise<void> {
    await this.redis.set(`{${this.prefix}}:report:${id}`, markdown, 'EX', KEPT);
  }

  async get(id: string): Promise<string | undefined> {
    return (await this.redis.get(`{${this.prefix}}:report:${id}`)) ?? undefined;
  }
}

/** Keeps reports in Redis, over a connection that lives as long as the app. */
export function reportsInRedis(url: string, prefix: string): Plugin {
  return {
    name: 'reports-in-redis',
    setup(host) {
      const redis = new Redis(url);
      // It comes back by itself; a command that had to wait for too long says so.
      redis.on('error', () => undefined);
      host.provide({ provide: Reports, useValue: new Reports(new RedisReports(redis, prefix)) });
      host.onClose(() => redis.disconnect());
    },
  };
}
