import type { Redis } from 'ioredis';
import type { Hint } from '../task-store.js';

/** How often a silent connection is tried: without a word, one that died unnoticed would never be missed. */
const PING_INTERVAL = 10_000;

interface Listener {
  readonly take: (hint: Hint) => void;
  readonly missed: (() => void) | undefined;
}

/** The subscription to changes that other processes make. What is missed while it is down is made known as a whole. */
export class RedisHints {
  readonly #listeners = new Set<Listener>();
  readonly #ping: NodeJS.Timeout;
  #isSubscribed = false;

  constructor(
    private readonly client: Redis,
    private readonly channel: string,
  ) {
    client.on('message', (from: string, message: string) => {
      if (from === channel) for (const hint of message.split('\n')) this.#tell(hint);
    });
    client.on('ready', () => void this.#subscribe().catch(() => undefined));
    client.on('close', () => (this.#isSubscribed = false));
    this.#ping = setInterval(() => {
      if (client.status === 'ready') client.ping().catch(() => undefined);
    }, PING_INTERVAL).unref();
  }

  /** Resolves when changes made from now on are heard of. */
  async open(): Promise<void> {
    await this.client.connect();
    await this.#subscribe();
  }

  subscribe(take: (hint: Hint) => void, missed?: () => void): () => void {
    const listener = { take, missed };
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    clearInterval(this.#ping);
    this.#listeners.clear();
  }

  async #subscribe(): Promise<void> {
    await this.client.subscribe(this.channel);
    if (this.#isSubscribed) return;
    this.#isSubscribed = true;
    for (const { missed } of [...this.#listeners]) missed?.();
  }

  // "<version> <task>". What else anybody may publish there is none of ours.
  #tell(text: string): void {
    const [, version, taskId] = /^(\d+) (\S+)$/.exec(text) ?? [];
    if (version === undefined || taskId === undefined) return;
    const hint = { taskId, version: Number(version) };
    for (const { take } of [...this.#listeners]) take(hint);
  }
}
