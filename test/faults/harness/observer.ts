import { Redis } from 'ioredis';
import { connectRedis, type RedisConnections } from '../../../framework/tasks/redis-connections.js';
import { RedisTaskStore } from '../../../framework/tasks/redis-task-store.js';
import type { TaskRecord } from '../../../framework/tasks/task-record.js';
import { until } from '../../fixtures/until.js';

const KEY = '{perdura}:';

/** Looks at the store and at Redis from outside of every process under test. */
export class Observer {
  private constructor(
    private readonly redis: Redis,
    private readonly connections: RedisConnections,
    private readonly store: RedisTaskStore,
  ) {}

  static async connect(url: string): Promise<Observer> {
    const redis = new Redis(url, { maxRetriesPerRequest: null });
    redis.on('error', () => undefined);
    const connections = await connectRedis(url, () => undefined);
    // Whoever looks on waits: a machine that is busy with faults is no fault.
    const patient = { ...connections, requests: connections.work };
    return new Observer(redis, connections, new RedisTaskStore({ connections: patient }));
  }

  async records(ids: readonly string[]): Promise<(TaskRecord | undefined)[]> {
    const found: (TaskRecord | undefined)[] = [];
    for (let from = 0; from < ids.length; from += 200) {
      found.push(...(await Promise.all(ids.slice(from, from + 200).map((id) => this.store.get('alice', id)))));
    }
    return found;
  }

  /** How many of the tasks have ended; those that are gone are not among them. */
  async ended(ids: readonly string[]): Promise<number> {
    const runs = await this.#fields(ids, 'run');
    return runs.filter((run) => run === 'done').length;
  }

  async untilEnded(ids: readonly string[], limit: number): Promise<void> {
    let pending = ids;
    await until(async () => {
      const runs = await this.#fields(pending, 'run');
      pending = pending.filter((_, index) => runs[index] !== 'done');
      // Asking for thousands of tasks all the time would be a fault of its own.
      if (pending.length > 0) await new Promise((resolve) => setTimeout(resolve, 100));
      return pending.length === 0;
    }, limit).catch(async (error: unknown) => {
      const stuck = await this.records(pending.slice(0, 3));
      throw new Error(`${pending.length} of ${ids.length} tasks have not ended: ${JSON.stringify(stuck)}`, {
        cause: error,
      });
    });
  }

  /** Tasks that have not ended and that no watchdog would ever look at. */
  async undue(ids: readonly string[]): Promise<number> {
    const runs = await this.#fields(ids, 'run');
    const pipeline = this.redis.pipeline();
    for (const id of ids) pipeline.zscore(`${KEY}due`, id);
    const due = (await pipeline.exec()) ?? [];
    return runs.filter((run, index) => run !== 'done' && run !== null && due[index]?.[1] === null).length;
  }

  /** How many of the tasks only wait. */
  async parked(ids: readonly string[]): Promise<number> {
    const runs = await this.#fields(ids, 'run');
    return runs.filter((run) => run === 'idle').length;
  }

  /** Jobs that BullMQ keeps, in whatever state. */
  async jobs(tool: string): Promise<number> {
    const queue = `${KEY.slice(0, -1)}:queue:${tool}`;
    const [wait, active, prioritized, delayed, failed] = await Promise.all([
      this.redis.llen(`${queue}:wait`),
      this.redis.llen(`${queue}:active`),
      this.redis.zcard(`${queue}:prioritized`),
      this.redis.zcard(`${queue}:delayed`),
      this.redis.zcard(`${queue}:failed`),
    ]);
    return wait + active + prioritized + delayed + failed;
  }

  /** How many keys Redis holds. */
  size(): Promise<number> {
    return this.redis.dbsize();
  }

  /** How many records of tasks Redis holds. */
  async taskKeys(): Promise<number> {
    return (await this.redis.keys(`${KEY}t:*`)).length;
  }

  async flush(): Promise<void> {
    await this.redis.flushall();
  }

  async close(): Promise<void> {
    this.redis.disconnect();
    await this.connections.close();
  }

  async #fields(ids: readonly string[], field: string): Promise<(string | null)[]> {
    const pipeline = this.redis.pipeline();
    for (const id of ids) pipeline.hget(`${KEY}t:${id}`, field);
    return ((await pipeline.exec()) ?? []).map(([, value]) => value as string | null);
  }
}
