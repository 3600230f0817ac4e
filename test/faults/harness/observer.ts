import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { connectRedis, type RedisConnections } from '../../../framework/tasks/redis/connections.js';
import { RedisTaskStore } from '../../../framework/tasks/redis/task-store.js';
import type { TaskRecord } from '../../../framework/tasks/task-record.js';
import { HANG } from './hang.js';

const KEY = '{perdura}:';
const HASTEN = /* lua */ `
local run, queuedAt, createdAt = unpack(redis.call('HMGET', KEYS[1], 'run', 'queuedAt', 'createdAt'))
if run == 'queued' and tonumber(queuedAt or createdAt) < tonumber(ARGV[2]) then redis.call('ZADD', KEYS[2], 'XX', 0, ARGV[1]) end
`;

/** Looks at the store and at Redis from outside of every process under test. */
export class Observer {
  private constructor(
    private readonly redis: Redis,
    private readonly connections: RedisConnections,
    private readonly store: RedisTaskStore,
    private readonly check: () => void,
  ) {}

  /** @param check throws where there is nothing to wait for any more */
  static async connect(url: string, check: () => void): Promise<Observer> {
    const redis = new Redis(url, { maxRetriesPerRequest: null });
    redis.on('error', () => undefined);
    const connections = await connectRedis(url, () => undefined);
    // Whoever looks on waits: a machine that is busy with faults is no fault.
    const patient = { ...connections, requests: connections.work };
    return new Observer(redis, connections, new RedisTaskStore({ connections: patient }), check);
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

  /** Waits while some task ends now and then; one that is gone will not end any more. `meanwhile` is done between looks. */
  async untilEnded(ids: readonly string[], meanwhile = (): Promise<void> => sleep(100)): Promise<void> {
    let pending = ids;
    for (let last = performance.now(); pending.length > 0;) {
      this.check();
      const runs = await this.#fields(pending, 'run');
      const left = pending.filter((_, index) => runs[index] !== 'done' && runs[index] !== null);
      if (left.length < pending.length) last = performance.now();
      pending = left;
      if (performance.now() - last > HANG) {
        const stuck = await this.records(pending.slice(0, 3));
        throw new Error(`${pending.length} of ${ids.length} tasks have not ended: ${JSON.stringify(stuck)}`);
      }
      // Asking for thousands of tasks all the time would be a fault of its own.
      if (pending.length > 0) await meanwhile();
    }
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

  /** Lets the leases of all tasks that run be over now: what died a moment ago need not be waited for. */
  async lapse(): Promise<void> {
    const ids = await this.redis.zrange(`${KEY}due`, '0', '-1');
    const runs = await this.#fields(ids, 'run');
    const running = ids.filter((_, index) => runs[index] === 'running');
    for (const id of running) await this.redis.zadd(`${KEY}due`, 'XX', '0', id);
  }

  /** Lets the grace of enqueued activations be over that nobody has begun for `ms`: those of one that was lost. */
  async hasten(ms: number): Promise<void> {
    const ids = await this.redis.zrange(`${KEY}due`, '0', '-1');
    const since = (await this.now()) - ms;
    const pipeline = this.redis.pipeline();
    // At once with the look, or it might take a task from whoever has begun it in between.
    for (const id of ids) pipeline.eval(HASTEN, 2, `${KEY}t:${id}`, `${KEY}due`, id, since);
    await pipeline.exec();
  }

  /** How long the journals of the tasks are. */
  async recorded(ids: readonly string[]): Promise<number[]> {
    const pipeline = this.redis.pipeline();
    for (const id of ids) pipeline.hlen(`${KEY}j:${id}`);
    return ((await pipeline.exec()) ?? []).map(([, length]) => Number(length));
  }

  /** How many tasks count as not ended, children included. */
  async live(): Promise<number> {
    return Number((await this.redis.hget(`${KEY}live`, 'all')) ?? 0);
  }

  /** Deletes what BullMQ keeps, all of it. */
  async dropQueues(): Promise<number> {
    const keys = await this.redis.keys(`${KEY.slice(0, -1)}:queue:*`);
    return keys.length === 0 ? 0 : this.redis.del(...keys);
  }

  /** The time of the store, in milliseconds. */
  async now(): Promise<number> {
    const [seconds, micros] = await this.redis.time();
    return 1000 * Number(seconds) + Math.floor(Number(micros) / 1000);
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

  /** Bounds the memory of Redis; 0 for no bound. */
  async boundMemory(bytes: number): Promise<void> {
    await this.redis.config('SET', 'maxmemory', bytes);
  }

  /** Makes Redis a replica of a server that is not there, or a primary again. */
  async demote(): Promise<void> {
    await this.redis.replicaof('127.0.0.1', 1);
  }

  async promote(): Promise<void> {
    await this.redis.replicaof('NO', 'ONE');
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
