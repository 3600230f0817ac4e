import type { Redis } from 'ioredis';
import { PerduraError } from '../../errors.js';
import { unavailable } from './calls.js';

/** The share of Redis' memory that new tasks leave to those that it has: to their queue, their journals and their results. */
const KEPT = 0.1;
/** How long what Redis said of its memory is believed, in milliseconds. */
const BELIEVED = 1_000;
/** The same where it had too little. */
const BELIEVED_SHORT = 50;
/** What a task takes beside its arguments, about. */
const TASK = 4 * 1024;
/** The part of what is left that one process takes without looking again: others take theirs. */
const PART = 1 / 8;

/**
 * Keeps some of Redis' memory for the tasks that it has accepted. Without it new ones would take whatever those that end have freed, and
 * nothing could run: what waits needs memory for being handed over.
 */
export class RedisHeadroom {
  #left = 0;
  #part = 0;
  #looked = -Infinity;
  #looking?: Promise<void>;

  constructor(private readonly client: Redis) {}

  /**
   * Takes room for a new task; nothing is returned where there is no need to look.
   * @throws PerduraError `STORE_FULL`, `STORE_UNAVAILABLE`
   */
  take(bytes: number): Promise<void> | undefined {
    const age = performance.now() - this.#looked;
    const isShort = this.#left < bytes + TASK;
    if (isShort ? age < BELIEVED_SHORT : age < BELIEVED && this.#part >= bytes + TASK) return this.#take(bytes + TASK);
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    return this.#looking.then(() => this.#take(bytes + TASK));
  }

  #take(bytes: number): undefined {
    if (this.#left < bytes) throw PerduraError.of('STORE_FULL');
    this.#left -= bytes;
    this.#part -= bytes;
  }

  async #look(): Promise<void> {
    const info = await this.client.info('memory').catch((error: unknown) => {
      // One that may not be asked has room. One that is away would keep whoever wants room waiting for a second call in vain.
      if ((error as Error).name !== 'ReplyError') throw unavailable(error);
      return '';
    });
    const read = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
    const most = read('maxmemory');
    const used = read('used_memory') - read('mem_not_counted_for_evict');
    this.#left = most > 0 ? (1 - KEPT) * most - used : Infinity;
    this.#part = PART * this.#left;
    this.#looked = performance.now();
  }
}
